import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { isAlive, recordOf, stopRecorded, writeRecord, type PidRecord } from './pid-record.ts';

let folder = '';
let sleeper: PidRecord;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pid-record-'));
  const record = recordOf(spawn('sleep', ['60']).pid ?? 0);
  if (record === undefined) throw new Error('sleep did not start');
  sleeper = record;
});

afterEach(() => {
  if (isAlive(sleeper)) process.kill(sleeper.pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

test('what a crashed run left behind is stopped', async () => {
  const file = path.join(folder, 'server.pid');
  writeRecord(file, sleeper);
  await stopRecorded(folder);
  expect(isAlive(sleeper)).toBe(false);
  expect(existsSync(file)).toBe(false);
});

test('a frozen one too', async () => {
  process.kill(sleeper.pid, 'SIGSTOP');
  writeRecord(path.join(folder, 'server.pid'), sleeper);
  await stopRecorded(folder);
  expect(isAlive(sleeper)).toBe(false);
});

test('another process that got the same number is left alone', async () => {
  writeRecord(path.join(folder, 'server.pid'), { ...sleeper, startedAt: '1' });
  await stopRecorded(folder);
  expect(isAlive(sleeper)).toBe(true);
});

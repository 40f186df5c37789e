import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { composeTickets } from './compose-tickets.ts';
import { type Config, readConfig } from './config.ts';
import { kitForTests } from './kit/kit-for-tests.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'correlation-'));
const file = path.join(folder, 'correlation-rules.yaml');
const RULES = readFileSync(new URL('../mappings/correlation-rules.yaml', import.meta.url), 'utf8');
const config: Config = readConfig(
  {
    ...{ DATABASE_URL: 'mysql://u:p@127.0.0.1/hub', REDIS_URL: 'redis://127.0.0.1', SECRET_KEY: 'x'.repeat(32) },
    CORRELATION_RULES: file,
  },
  [],
);
afterAll(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

test('correlation rules are read again while the hub runs; a fault changes nothing, and names its line', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  writeFileSync(file, RULES);
  const { log, logged } = kitForTests('test');
  const { settings, rules } = composeTickets(config, log);
  const times = (): number => settings.rules().flapping.times;
  let changes = 0;
  const write = (text: string): void => {
    writeFileSync(file, text);
    utimesSync(file, new Date(), new Date(Date.now() + 1000 * (changes += 1)));
    vi.setSystemTime(Date.now() + 1000);
  };
  expect([times(), rules.state().found]).toEqual([6, expect.stringMatching(/^\d+ causes, read /)]);
  write(RULES.replace('times: 6', 'times: 9'));
  expect([times(), rules.state().ok]).toEqual([9, true]);
  write(RULES.replace('times: 6', 'times: often'));
  expect(times()).toBe(9);
  const line = RULES.split('\n').findIndex((text) => text.startsWith('flapping:')) + 1;
  const said = `not used: correlation-rules.yaml:${line}: flapping.times`;
  expect(rules.state()).toMatchObject({ ok: false, found: expect.stringContaining(said) });
  expect(logged.at(-1)).toContain(`:${line}: flapping.times`);
  expect(() => composeTickets(config, log)).toThrow(`correlation-rules.yaml:${line}: `);
});

import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import http from 'node:http';
import { expect } from 'vitest';
import { call, type Called } from '#test/kit/call.ts';
import { testHub, type TestHub, type TestHubOptions } from '#test/kit/test-hub.ts';

export interface Sending {
  path?: string;
  key?: string | undefined;
  headers?: Record<string, string>;
}

export interface Door {
  on: TestHub;
  /** POST of the bytes as they are. */
  send(body: string | Buffer, sending?: Sending): Promise<Called>;
  ask(path: string): Promise<Called>;
  /** How many rows each table has, and which files are where uploads wait and in the object store. */
  traces(): Promise<Traces>;
  close(): Promise<void>;
}

export interface Traces {
  rows: Record<string, number>;
  uploads: string[];
  objects: string[];
}

export const MIB = 1024 ** 2;

export async function openDoor(options: TestHubOptions = {}): Promise<Door> {
  const on = await testHub({ machines: 0, parts: ['web'], without: ['NETBOX', 'JIRA', 'AWX'], ...options });
  const { UPLOAD_PATH = '', DIRECTORY_PATH = '' } = on.stage.env;
  return {
    on,
    send: (body, { path = '/v1/ingest/logbundle', headers, ...more } = {}) =>
      call(on.url + path, {
        key: on.apiKey,
        method: 'POST',
        body,
        headers: { 'content-type': 'application/octet-stream', ...headers },
        ...more,
      }),
    ask: (path) => call(on.url + path, { key: on.apiKey }),
    async traces() {
      const tables: { name: string }[] = await on.database
        .db('information_schema.tables')
        .whereRaw('table_schema = database()')
        .select({ name: 'table_name' });
      const rows: Record<string, number> = {};
      for (const { name } of tables) {
        const [found] = await on.database.db(name).count({ count: '*' });
        rows[name] = Number(found?.['count']);
      }
      return { rows, uploads: await filesIn(UPLOAD_PATH), objects: await filesIn(DIRECTORY_PATH) };
    },
    close: () => on.close(),
  };
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return []; // nothing was written, or a test put a file there
      throw error;
    },
  );
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

export const sha256Of = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A document of the hub's own format: one server with one drive. */
export function reportOf(serial: string, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    schema: 'reanimator.report/v1',
    source: 'agent',
    collected_at: '2026-05-03T12:00:00Z',
    host: { manufacturer: 'Supermicro', product_serial: serial, host_name: `h-${serial.toLowerCase()}` },
    scope: ['drive'],
    components: [driveOf(`DRV${serial}`)],
    ...more,
  });
}

export function driveOf(serial: string): Record<string, unknown> {
  return { kind: 'drive', slot: '1', manufacturer: 'Micron', model: 'MTFDKCC3T8TGP', serial, firmware: 'E2MU200' };
}

/** What a foreign tool writes of one drive. */
export function smartctlOf(serial: string): string {
  return [
    'smartctl 7.4 2023-08-01 r5530 [x86_64-linux-6.8.0] (local build)',
    'Copyright (C) 2002-23, Bruce Allen, Christian Franke, www.smartmontools.org',
    '',
    '=== START OF INFORMATION SECTION ===',
    'Device Model:     ST16000NM001G-2KK103',
    `Serial Number:    ${serial}`,
    'LU WWN Device Id: 5 000c50 0c1a2b3c4',
    'Firmware Version: SN03',
    'User Capacity:    16,000,900,661,248 bytes [16.0 TB]',
    'Rotation Rate:    7200 rpm',
    'Device is:        Not in smartctl database 7.3/5528',
    'SMART support is: Enabled',
    '',
    '=== START OF READ SMART DATA SECTION ===',
    'SMART overall-health self-assessment test result: PASSED',
    '',
  ].join('\n');
}

/** RFC 9457. @returns the faults of fields */
export function expectProblem(answer: Called, status: number, kind: string): { field: string; message: string }[] {
  expect([answer.status, answer.headers.get('content-type'), answer.json['type']], answer.text.slice(0, 500)).toEqual([
    status,
    'application/problem+json; charset=utf-8',
    `urn:reanimator:problem:${kind}`,
  ]);
  expect(answer.json['detail']).toBeTypeOf('string');
  expect(answer.text).not.toMatch(/\n\s+at |node_modules|\.ts:\d/);
  return (answer.json['errors'] ?? []) as { field: string; message: string }[];
}

export interface Slow {
  status: number;
  text: string;
  /** How the connection ended for the sender: 'whole' when all of it was sent and answered. */
  ended: string;
}

/** Sends piece by piece and goes on sending after the answer, as programs do that do not look. `cutAfter`: hangs up after so many pieces. */
export function sendSlowly(
  url: string,
  options: {
    method?: string;
    headers: Record<string, string>;
    pieces: number;
    piece: Buffer;
    cutAfter?: number;
    agent?: http.Agent;
  },
): Promise<Slow> {
  return new Promise((resolve) => {
    const { method = 'POST', headers, agent } = options;
    const request = http.request(url, { method, headers, ...(agent === undefined ? {} : { agent }) });
    const slow: Slow = { status: 0, text: '', ended: 'no answer' };
    let left = options.pieces;
    const end = (how: string): void => {
      slow.ended = slow.ended === 'no answer' ? how : slow.ended;
      resolve(slow);
    };
    request.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    request.on('response', (answer) => {
      slow.status = answer.statusCode ?? 0;
      answer.on('data', (chunk) => (slow.text += String(chunk)));
      answer.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
      answer.on('end', () => end('whole'));
    });
    const next = (): void => {
      if (request.destroyed) return;
      if (options.cutAfter !== undefined && options.pieces - left >= options.cutAfter) {
        request.destroy();
        return end('cut');
      }
      if (left === 0) return void request.end();
      left -= 1;
      request.write(options.piece, () => setImmediate(next));
    };
    next();
  });
}

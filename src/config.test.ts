import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, envName, readConfig, settingRows } from './config.ts';
import { type AdapterDefinition, defineAdapter } from './ports/adapter.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'reanimator-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

const boxAdapter = defineAdapter({
  id: 'box',
  title: 'Box',
  testedWith: [],
  capabilities: [],
  hasWebhook: false,
  Settings: z.object({
    url: z.url().meta({ description: 'Where it is' }),
    apiToken: z.string().min(8).meta({ description: 'Its token', secret: true }),
    timeoutMs: z.number().int().positive().default(1000).meta({ description: 'How long' }),
    verify: z.boolean().default(true).meta({ description: 'Whether' }),
    serial: z.string().optional().meta({ description: 'Digits that are text' }),
  }),
  connect: () => ({ provides: {}, probe: async () => [] }),
}) as unknown as AdapterDefinition;

const enough = {
  DATABASE_URL: 'mysql://u:p@127.0.0.1/hub',
  REDIS_URL: 'redis://127.0.0.1',
  SECRET_KEY: 'x'.repeat(32),
};
const read = (env: Record<string, string | undefined>) => readConfig(env, [boxAdapter]);

function faultsOf(env: Record<string, string | undefined>): string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

test('what is needed is enough; the rest has defaults', () => {
  expect(read(enough)).toMatchObject({
    HTTP_PORT: 8080,
    CHECK_ANSWERS: false,
    LOG_LEVEL: 'info',
    adapters: [],
    notConfigured: ['box'],
  });
  expect(read({ ...enough, PUBLIC_URL: 'https://hub.example/reanimator//' }).PUBLIC_URL).toBe(
    'https://hub.example/reanimator',
  );
});

describe('faults', () => {
  test('are told all at once, each with its name', () => {
    const faults = faultsOf({
      SECRET_KEY: 'short',
      HTTP_PORT: '70000',
      LOG_LEVEL: 'loud',
      BOX_TIMEOUT_MS: 'soon',
      REDIS_URL_FILE: '/does/not/exist',
    });
    for (const name of [
      'DATABASE_URL is missing',
      'REDIS_URL_FILE: cannot read',
      'SECRET_KEY: at least 32',
      'HTTP_PORT: ',
      'LOG_LEVEL: ',
      'BOX_URL is missing',
      'BOX_API_TOKEN is missing',
      'BOX_TIMEOUT_MS: ',
    ]) {
      expect(
        faults.filter((fault) => fault.startsWith(name)),
        name,
      ).toHaveLength(1);
    }
  });

  test('never repeat a secret', () => {
    const faults = faultsOf({ ...enough, SECRET_KEY: 'swordfish', BOX_URL: 'http://box', BOX_API_TOKEN: 'hunter2' });
    expect(faults).toHaveLength(2);
    expect(faults.join()).not.toMatch(/swordfish|hunter2/);
  });

  test('an adapter with one setting must have all that it needs', () => {
    expect(faultsOf({ ...enough, BOX_URL: 'http://box' })).toEqual([
      'BOX_API_TOKEN is missing (or BOX_API_TOKEN_FILE)',
    ]);
    expect(faultsOf({ ...enough, BOX_URL: '' })).toEqual([]);
  });
});

describe('a file', () => {
  test('gives the value, without its last line break', () => {
    const config = read({
      ...enough,
      SECRET_KEY: undefined,
      SECRET_KEY_FILE: fileWith('key', `${'k'.repeat(40)}\n`),
      BOX_URL: 'http://box',
      BOX_API_TOKEN_FILE: fileWith('token', 'two words \r\n'),
    });
    expect(config.SECRET_KEY).toBe('k'.repeat(40));
    expect(config.adapters[0]?.settings).toMatchObject({ apiToken: 'two words ' });
  });

  test('and the value itself are one too many', () => {
    expect(faultsOf({ ...enough, SECRET_KEY_FILE: fileWith('key2', 'k'.repeat(40)) })).toEqual([
      'SECRET_KEY and SECRET_KEY_FILE are both set: keep one',
    ]);
    expect(
      faultsOf({
        ...enough,
        BOX_URL: 'http://box',
        BOX_API_TOKEN: 'x'.repeat(9),
        BOX_API_TOKEN_FILE: fileWith('t', 'y'.repeat(9)),
      }),
    ).toEqual(['BOX_API_TOKEN and BOX_API_TOKEN_FILE are both set: keep one']);
  });
});

test('text becomes what the adapter wants, and only that', () => {
  const { adapters } = read({
    ...enough,
    BOX_URL: 'http://box',
    BOX_API_TOKEN: '12345678',
    BOX_TIMEOUT_MS: '50',
    BOX_VERIFY: 'false',
    BOX_SERIAL: '007',
  });
  expect(adapters[0]?.settings).toEqual({
    url: 'http://box',
    apiToken: '12345678',
    timeoutMs: 50,
    verify: false,
    serial: '007',
  });
});

test.each([
  ['netbox', 'webhookSecret', 'NETBOX_WEBHOOK_SECRET'],
  ['jira', 'url', 'JIRA_URL'],
  ['redfish', 'firmwareTimeoutMs', 'REDFISH_FIRMWARE_TIMEOUT_MS'],
])('the setting %s %s is %s', (adapter, field, name) => expect(envName(adapter, field)).toBe(name));

test('the table has every setting, its default, and whether it is a secret', () => {
  const rows = new Map(settingRows([boxAdapter]).map((row) => [row.name, row]));
  expect(rows.get('SECRET_KEY')).toMatchObject({ needed: 'needed', secret: true });
  expect(rows.get('BOX_API_TOKEN')).toEqual({
    name: 'BOX_API_TOKEN',
    needed: 'needed',
    secret: true,
    description: 'Its token',
  });
  expect(rows.get('BOX_TIMEOUT_MS')).toMatchObject({ needed: '`1000`', secret: false });
  expect(rows.get('BMC_PORT')).toMatchObject({ needed: 'optional' });
  for (const row of rows.values()) expect(row.description, row.name).not.toBe('');
});

test('what may still be reported is not forgotten', () => {
  const fault = (env: Record<string, string>): string[] => {
    try {
      read({ ...enough, ...env });
      return [];
    } catch (error) {
      return (error as ConfigError).faults;
    }
  };
  expect(fault({ TELEMETRY_KEEP_DAYS: '30' })).toEqual([]);
  expect(fault({ TELEMETRY_KEEP_DAYS: '0', TELEMETRY_AGE_MS: String(300 * 86_400_000) })).toEqual([]);
  expect(fault({ TELEMETRY_KEEP_DAYS: '7' })).toEqual([
    'TELEMETRY_KEEP_DAYS: symptoms are kept for 7 days (TELEMETRY_KEEP_DAYS) and taken when they are 30 days old (TELEMETRY_AGE_MS): keep them at least as long as that',
  ]);
  expect(fault({ TELEMETRY_AGE_MS: String(100 * 86_400_000) })).toEqual([
    expect.stringMatching(/^TELEMETRY_AGE_MS: .*90 days .*100 days old/),
  ]);
  expect(fault({ TELEMETRY_KEEP_DAYS: '0.5' })).toEqual(['TELEMETRY_KEEP_DAYS: 0, or at least 1']);
  expect(fault({ MONITORING_KEEP_DAYS: 'x' })).toEqual([expect.stringContaining('MONITORING_KEEP_DAYS')]);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adapters } from '#adapters/index.ts';
import { envName, fieldsOf, readConfig, settingRows } from '#src/config.ts';
import { createHttp } from '#src/kit/http.ts';
import type { Kit } from '#src/kit/kit.ts';
import { sharedInProcess } from '#src/kit/shared-in-process.ts';
import type { AdapterDefinition, Connection, Delivery } from '#src/ports/adapter.ts';
import { silent } from '#test/kit/test-database.ts';

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1';
const SECRET = 'swordfish-0123456789-0123456789-0123456789';

/** By name, so that an adapter whose settings change says so here. */
function settingsOf(definition: AdapterDefinition): unknown {
  const given: Record<string, unknown> = {};
  for (const [field, schema] of fieldsOf(definition.Settings)) {
    if (schema.safeParse(undefined).success && !/secret/i.test(field)) continue;
    given[field] = /url/i.test(field) ? NOWHERE : SECRET;
  }
  if (definition.id === 'jira') Object.assign(given, { email: 'hub@example.com', apiToken: SECRET });
  if (definition.id === 'alertmanager') Object.assign(given, { url: NOWHERE, webhookToken: SECRET });
  return definition.Settings.parse(given);
}

const kitFor = (definition: AdapterDefinition): Kit => ({
  system: definition.id,
  log: silent,
  now: () => new Date('2026-11-21T06:00:00Z'),
  http: (options) => createHttp(definition.id, { ...options, timeoutMs: 1000 }),
  lockouts: { check: async () => {}, report: async () => {} },
  shared: sharedInProcess(),
});

async function connected<T>(
  definition: AdapterDefinition,
  act: (connection: Connection) => Promise<T> | T,
): Promise<T> {
  const connection = definition.connect(settingsOf(definition), kitFor(definition));
  try {
    return await act(connection);
  } finally {
    await connection.close?.();
  }
}

/** Anything that may come in at a door, some of it JSON of a shape that is near to what is meant. */
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .record(
      {
        event: fc.jsonValue(),
        mac: fc.jsonValue(),
        data: fc.jsonValue(),
        model: fc.jsonValue(),
        issue: fc.jsonValue(),
        webhookEvent: fc.jsonValue(),
        id: fc.jsonValue(),
        status: fc.jsonValue(),
        __proto__: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((value) => Buffer.from(JSON.stringify(value))),
);
const headers = fc.dictionary(
  fc.constantFrom(
    'authorization',
    'x-hook-signature',
    'x-hub-signature',
    'x-hub-signature-256',
    'x-reanimator-signature',
    'content-type',
    'x-netbox-event',
  ),
  fc.oneof(
    fc.string(),
    fc.constantFrom(
      'sha256=',
      'Bearer ',
      't=1,v1=',
      `sha256=${'0'.repeat(64)}`,
      `t=1795240800,v1=${'0'.repeat(64)}`,
      '0'.repeat(128),
    ),
  ),
);

describe.each(adapters.map((definition) => [definition.id, definition] as const))('%s', (id, definition) => {
  test('is described: title, versions, settings with a sentence each, secrets marked', () => {
    expect(id).toMatch(/^[a-z][a-z0-9]*$/);
    expect(definition.title.length).toBeGreaterThan(1);
    expect(definition.testedWith.length).toBeGreaterThan(0);
    const rows = settingRows([definition]).filter((row) => row.name.startsWith(envName(id, '')));
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row.description, row.name).not.toBe('');
      expect(row.secret, `${row.name} is ${row.secret ? '' : 'not '}marked as a secret`).toBe(
        /(PASSWORD|TOKEN|SECRET)$/.test(row.name),
      );
    }
  });

  test('never repeats a secret of its settings when they are wrong', () => {
    const env: Record<string, string> = {
      DATABASE_URL: 'mysql://u@h/d',
      REDIS_URL: 'redis://h',
      SECRET_KEY: 'x'.repeat(32),
    };
    for (const [field] of fieldsOf(definition.Settings)) env[envName(id, field)] = `${SECRET}\n`;
    try {
      readConfig(env, [definition]);
    } catch (error) {
      expect((error as Error).message).not.toContain(SECRET);
    }
  });

  test('connects without a call, and provides what it says', async () => {
    await connected(definition, ({ provides, webhook }) => {
      expect(Object.keys(provides).toSorted()).toEqual([...definition.capabilities].toSorted());
      expect(webhook !== undefined).toBe(definition.hasWebhook);
    });
  });

  test('asked how the other side is while nobody is there: says so, with a remedy, and does not throw', async () => {
    const checks = await connected(definition, ({ probe }) => probe(AbortSignal.timeout(30_000)));
    for (const check of checks) {
      expect(check.found, check.name).not.toBe('');
      expect(check.found, check.name).not.toContain(SECRET);
      if (!check.ok) expect(check.remedy, check.name).toBeTruthy();
    }
    const speaks = fieldsOf(definition.Settings).some(([field]) => field === 'url');
    if (speaks) expect(checks.find((check) => check.name === 'reachable')).toMatchObject({ ok: false });
  });

  test.runIf(definition.hasWebhook)(
    'its door lets nothing in that is not signed, and takes no harm from it',
    async () => {
      await connected(definition, ({ webhook }) => {
        fc.assert(
          fc.property(bodies, headers, (body, given) => {
            const delivery: Delivery = { body, headers: given, receivedAt: new Date('2026-11-21T06:00:00Z') };
            const verdict = webhook?.verify(delivery);
            expect(verdict?.ok).toBe(false);
            if (verdict && !verdict.ok) expect(verdict.reason).not.toContain(SECRET);
          }),
        );
      });
    },
  );

  test.runIf(definition.hasWebhook)(
    'its translation takes anything, never throws, and says the same of the same',
    async () => {
      await connected(definition, ({ webhook }) => {
        fc.assert(
          fc.property(bodies, headers, (body, given) => {
            const delivery: Delivery = { body, headers: given, receivedAt: new Date('2026-11-21T06:00:00Z') };
            const first = webhook?.translate(delivery);
            expect(['observed', 'ignored', 'unsupported']).toContain(first?.result);
            expect(webhook?.translate(delivery)).toEqual(first);
            if (first?.result !== 'observed') expect(first?.reason).toBeTruthy();
          }),
          { numRuns: 300 },
        );
      });
    },
  );
});

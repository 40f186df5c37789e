import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { alertmanagerAdapter } from './index.ts';
import { alertMappingSchema } from './mapping.ts';

const OWN = readFileSync(new URL('../../mappings/alertmanager.yaml', import.meta.url), 'utf8');
const folder = mkdtempSync(path.join(tmpdir(), 'alertmanager-'));
afterAll(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

test('the schema for editors is what the code reads: `reanimator mappings schema alertmanager` prints it', () => {
  const kept = new URL('../../mappings/schema/alertmanager.schema.json', import.meta.url);
  const published = JSON.parse(readFileSync(kept, 'utf8')) as object;
  expect(published).toEqual(JSON.parse(JSON.stringify(alertMappingSchema())));
  const fits = new Ajv({ strict: false }).compile(published);
  expect([fits(parse(OWN)), fits(parse(OWN.replace('symptomLabel:', 'symptomLable:')))]).toEqual([true, false]);
});

test('a mapping that changes holds for the next alert; a faulty one changes nothing, and the probe names its line', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const file = path.join(folder, 'alertmanager.yaml');
  let changes = 0;
  const write = (text: string): void => {
    writeFileSync(file, text);
    utimesSync(file, new Date(), new Date(Date.now() + 1000 * (changes += 1)));
    vi.setSystemTime(Date.now() + 1000);
  };
  write(OWN);
  const settings = alertmanagerAdapter.Settings.parse({ webhookToken: 'token-of-this-test', mapping: file });
  const { webhook, probe } = alertmanagerAdapter.connect(settings, kitForTests('alertmanager'));
  const means = (): unknown => {
    const labels = { alertname: 'ShopBurns', serial: 'ABC1234' };
    const alert = {
      status: 'firing',
      labels,
      annotations: {},
      startsAt: '2026-11-21T11:00:00Z',
      fingerprint: '5fb1240fe0a970b9',
    };
    const body = JSON.stringify({ version: '4', groupKey: '{}', receiver: 'hub', alerts: [alert] });
    const translated = webhook?.translate({ headers: {}, body: Buffer.from(body), receivedAt: new Date() });
    return (translated as { observations: { meaning: unknown }[] }).observations[0]?.meaning;
  };
  const checks = (): ReturnType<typeof probe> => probe(new AbortController().signal);
  expect(means()).toMatchObject({ outcome: 'unmapped' });
  const entry = '  - { alert: ShopBurns, symptom: OVERHEAT }\n';
  write(OWN.replace('alerts:\n', `alerts:\n${entry}`));
  expect(means()).toMatchObject({ outcome: 'symptom', symptom: 'OVERHEAT' });
  expect((await checks()).at(-1)).toMatchObject({
    ok: true,
    found: expect.stringMatching(/^mapping: \d+ entries, read /),
  });
  write(OWN.replace('alerts:\n', `alerts:\n${entry.replace('OVERHEAT', 'too hot')}`));
  expect(means()).toMatchObject({ symptom: 'OVERHEAT' });
  const line = OWN.split('\n').indexOf('alerts:') + 2;
  expect((await checks()).at(-1)).toMatchObject({
    ...{ ok: false, found: expect.stringContaining(`alertmanager.yaml:${line}: alerts.0.symptom`) },
    remedy: expect.any(String),
  });
});

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { judgeSnapshot, type SeenServer } from './judge-snapshot.ts';
import { HealthRules } from './poll-rules.ts';
import { TelemetryEvent } from './symptom.ts';

const rules = HealthRules.parse(
  parse(readFileSync(new URL('../../mappings/health-rules.yaml', import.meta.url), 'utf8')),
);
const part = (more: Partial<SeenServer['parts'][number]>): SeenServer['parts'][number] => ({
  ...{ kind: 'drive', slot: 'Bay 1', serial: 'S1', health: null, readings: {} },
  ...more,
});
const AT = '2026-06-01T12:00:00.000Z';
function found(seen: Partial<SeenServer>, raised: string[] = []): string[] {
  const events = judgeSnapshot(
    rules,
    { assetId: 'a', at: AT, source: 'agent', parts: [], log: [], ...seen },
    new Set(raised),
  );
  for (const event of events) expect(TelemetryEvent.safeParse(event).error).toBeUndefined();
  return events.map(({ type, component, value }) =>
    [type, component, value].filter((one) => one !== undefined).join(' '),
  );
}

test('what is critical is told, by kind; what is not known or only a warning is not', () => {
  const kinds = (['drive', 'dimm', 'psu', 'fan', 'gpu', 'nic'] as const).map((kind) =>
    part({ kind, health: 'Critical' }),
  );
  expect(found({ parts: kinds })).toEqual(
    ['DRIVE_FAIL', 'MEMORY_FAIL', 'PSU_FAIL', 'FAN_FAIL', 'GPU_FAIL', 'HARDWARE_CRITICAL'].map(
      (type) => `${type} Bay 1`,
    ),
  );
  expect(found({ parts: [part({ health: 'Critical' })], source: 'tools' })).toEqual(['SMART_FAIL Bay 1']);
  expect(found({ parts: [part({ health: 'Warning' }), part({}), part({ health: 'OK' })] })).toEqual([]);
  expect(found({ parts: [part({ slot: null, serial: null, health: 'Critical' })] })).toEqual([]);
});

test('counters are told from a value on, and also below it while something is raised of the part', () => {
  const worn = part({ readings: { percentUsed: 80, reallocatedSectors: 3, pendingSectors: 0 } });
  expect(found({ parts: [worn] })).toEqual(['DRIVE_WEAR Bay 1 80', 'DRIVE_REALLOCATED Bay 1 3']);
  expect(found({ parts: [part({ readings: { percentUsed: 2 } })] })).toEqual([]);
  expect(found({ parts: [part({ health: 'OK', readings: { percentUsed: 2 } })] }, ['Bay 1'])).toEqual([
    'DRIVE_OK Bay 1',
    'DRIVE_WEAR Bay 1 2',
  ]);
});

test('critical entries of logs are what the BMC would have told; those of tests are failed tests', () => {
  const entry = { at: '2026-05-31T10:00:00', severity: 'Critical', source: 'SEL' };
  const log = [
    { ...entry, message: 'Memory #0x02 | Uncorrectable ECC | Asserted' },
    { ...entry, severity: 'Warning', message: 'Memory #0x02 | Correctable ECC' },
    { ...entry, at: 'yesterday', message: 'memtest ended COMPLETE FAIL', source: 'test memtest' },
  ];
  expect(found({ log })).toEqual(['ECC_UNCORRECTABLE', 'VETTING_FAILED']);
  const events = judgeSnapshot(rules, { assetId: 'a', at: AT, source: 'tools', parts: [], log }, new Set());
  expect(events.map(({ occurred_at: at }) => at)).toEqual(['2026-05-31T10:00:00.000Z', AT]);
});

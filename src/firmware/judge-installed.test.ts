import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { byComponent, judgeInstalled } from './judge-installed.ts';
import { FirmwarePolicyFile } from './policy.ts';

const file = new URL('../../mappings/firmware-policy.yaml', import.meta.url);
const shipped = FirmwarePolicyFile.parse(parse(readFileSync(file, 'utf8')));
const image = { uri: 'http://images.example/a.bin', sha256: '0'.repeat(64), size_bytes: 1 };
const bios = { ...{ vendor: '*', model: '*', component: '*', needs: [], image }, kind: 'bios', version: '1.16.0' };
const policy = {
  ...shipped,
  images: [bios],
  baselines: [{ vendor: 'Dell*', model: '*', versions: { bios: '1.16.0', bmc: '7.10', nic: '33.1' } }],
};
const row = (id: string, version: string | null) => ({ id, name: id, version, updateable: null });
const rows = [row('BIOS.Setup.1-1', '1.15.2'), row('iDRAC.Embedded.1-1', '7.10'), row('PSU.Slot.1', '00.1B')];

test('as wanted, other than that, and not wanted by anybody', () => {
  const judged = judgeInstalled(policy, { vendor: 'Dell Inc.', model: 'PowerEdge R750', rows });
  expect(judged.components.map(({ kind, wanted, verdict }) => [kind, wanted, verdict])).toEqual([
    ['bios', '1.16.0', 'differs'],
    ['bmc', '7.10', 'as-wanted'],
    ['psu', null, 'not-in-policy'],
  ]);
  expect(judged.plan).toEqual([{ component: 'BIOS.Setup.1-1', name: 'BIOS.Setup.1-1', from: '1.15.2', to: '1.16.0' }]);
  expect(judged.why).toBeNull();
});

test('no version is unknown, neither right nor wrong; and a plan that cannot be says why', () => {
  const judged = judgeInstalled(policy, { vendor: 'Dell Inc.', model: 'any', rows: [row('NIC.Slot.2-1', null)] });
  expect(judged.components[0]?.verdict).toBe('unknown');
  expect(judged).toMatchObject({ plan: [], why: expect.stringMatching(/no way from an unknown version to 33.1/) });
});

test('without a baseline nothing is judged', () => {
  const judged = judgeInstalled(policy, { vendor: 'Supermicro', model: 'X13', rows });
  expect(new Set(judged.components.map(({ verdict }) => verdict))).toEqual(new Set(['not-in-policy']));
  expect(judged.why).toMatch(/has no baseline for Supermicro X13/);
});

test('a row by the component that an update names, installed before current, none twice', () => {
  const kept = [
    'Current-1-7.00__iDRAC.Embedded.1-1',
    'Installed-1-7.10__iDRAC.Embedded.1-1',
    'Current-110390-1.0.0',
    'BMC',
  ];
  const found = byComponent(kept.map((id) => row(id, id.includes('7.00') ? '7.00' : '7.10')));
  expect(found.map(({ id, version }) => [id, version])).toEqual([
    ['iDRAC.Embedded.1-1', '7.10'],
    ['BMC', '7.10'],
  ]);
});

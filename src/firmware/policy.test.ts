import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import type { Image } from './model.ts';
import { planUpdate } from './plan-update.ts';
import { type FirmwarePolicy, FirmwarePolicyFile } from './policy.ts';

const text = readFileSync(new URL('../../mappings/firmware-policy.yaml', import.meta.url), 'utf8');
const shipped = FirmwarePolicyFile.parse(parse(text));
const image: Image = { uri: 'http://images.example/a.bin', sha256: '0'.repeat(64), size_bytes: 1 };
const step = (kind: string, version: string, more: object = {}) => ({
  ...{ kind, version, vendor: '*', model: '*', component: '*', needs: [], image },
  ...more,
});
const row = (id: string, version: string | null, updateable: boolean | null = null) => ({
  id,
  name: id,
  version,
  updateable,
});
const policyOf = (more: Partial<FirmwarePolicy>): FirmwarePolicy => ({ ...shipped, ...more });
const server = (...rows: ReturnType<typeof row>[]) => ({ vendor: 'Dell Inc.', model: 'PowerEdge R750', rows });

test('a sample that does not hold is a fault of the file, with its place', () => {
  const broken = { ...shipped, tests: [{ ...shipped.tests[0], steps: ['BIOS 9'] }] };
  const read = FirmwarePolicyFile.safeParse(broken);
  expect(read.error?.issues).toMatchObject([
    { path: ['tests', 0], message: expect.stringMatching(/^gives BIOS.Setup.1-1 1.15.2/) },
  ]);
  const strange = FirmwarePolicyFile.safeParse({ ...shipped, orders: [{ order: ['nonsense'], why: 'x' }], tests: [] });
  expect(strange.error?.issues).toMatchObject([
    { path: ['orders', 0, 'order'], message: 'nonsense is none of the kinds' },
  ]);
});

test('what the BMC itself cannot update is refused, unless it takes images in for what can', () => {
  const wanted = [{ component: 'Drive.1', version: '2', image }];
  const fixed = row('Drive.1', '1', false);
  const plan = (rows: Parameters<typeof planUpdate>[1]['rows']) =>
    planUpdate(policyOf({}), { vendor: 'HPE', model: 'DL380', rows }, wanted);
  expect(plan([fixed])).toMatchObject({ why: expect.stringMatching(/cannot update Drive.1/) });
  expect(plan([{ ...fixed, queueable: true }])).toMatchObject({ steps: [{ component: 'Drive.1', to: '2' }] });
});

describe('a baseline', () => {
  const policy = policyOf({
    images: [step('nic', '33.1'), step('bios', '1.16.0')],
    baselines: [
      { vendor: 'Dell*', model: 'poweredge r7?0', versions: {} },
      { vendor: 'Dell*', model: 'PowerEdge R7*', versions: { nic: '33.1', bios: '1.16.0' } },
    ],
  });

  test('is for all components of a kind that can be updated and are not there yet', () => {
    const rows = [
      row('NIC.1', '33.1'),
      row('NIC.2', '32.0'),
      row('NIC.3', '32.0', false),
      row('BIOS.Setup', '1.15.2'),
      row('Fan', '1'),
    ];
    expect(planUpdate(policy, server(...rows), 'baseline')).toMatchObject({
      steps: [
        { component: 'BIOS.Setup', from: '1.15.2', to: '1.16.0' },
        { component: 'NIC.2', from: '32.0', to: '33.1' },
      ],
    });
  });

  test('another model has none', () => {
    expect(planUpdate(policy, { ...server(), model: 'PowerEdge T40' }, 'baseline')).toEqual({
      why: 'mappings/firmware-policy.yaml has no baseline for Dell Inc. PowerEdge T40',
    });
  });
});

describe('what is named', () => {
  test('its own image goes before those of the policy, and the order is the policy’s', () => {
    const own = { ...image, uri: 'http://images.example/own.bin' };
    const wish = [
      { component: 'iDRAC.1', version: '7.20', image: own },
      { component: 'BIOS.Setup', version: '1.16.0', image: own },
    ];
    const planned = planUpdate(shipped, server(row('iDRAC.1', '7.10'), row('BIOS.Setup', '1.15.2')), wish);
    expect(planned).toMatchObject({
      steps: [
        { component: 'BIOS.Setup', image: own },
        { component: 'iDRAC.1', image: own },
      ],
    });
  });

  test('an unknown version: only an image that goes on any', () => {
    const policy = policyOf({ images: [step('bios', '1.16.0', { at_least: '1.0' })] });
    const wish = [{ component: 'BIOS', version: '1.16.0' }];
    expect(planUpdate(policy, server(row('BIOS', null)), wish)).toMatchObject({
      why: expect.stringMatching(/from an unknown version/),
    });
    expect(planUpdate(policyOf({ images: [step('bios', '1.16.0')] }), server(row('BIOS', null)), wish)).toMatchObject({
      steps: [{ to: '1.16.0' }],
    });
  });

  test('what needs each other is no plan', () => {
    const images = [
      step('bios', '2.0', { needs: [{ kind: 'bmc', at_least: '2.0' }] }),
      step('bmc', '2.0', { needs: [{ kind: 'bios', at_least: '2.0' }] }),
    ];
    const wish = [
      { component: 'BIOS', version: '2.0' },
      { component: 'BMC', version: '2.0' },
    ];
    expect(planUpdate(policyOf({ images }), server(row('BIOS', '1.0'), row('BMC', '1.0')), wish)).toEqual({
      why: 'what is left needs each other: BIOS, BMC',
    });
  });

  test('an image that only goes on older versions', () => {
    const images = [step('bios', '1.9', { below: '1.9' }), step('bios', '2.0', { at_least: '1.9', below: '1.12' })];
    const wish = [{ component: 'BIOS', version: '2.0' }];
    expect(planUpdate(policyOf({ images }), server(row('BIOS', '1.2')), wish)).toMatchObject({
      steps: [{ to: '1.9' }, { to: '2.0' }],
    });
    expect(planUpdate(policyOf({ images }), server(row('BIOS', '1.13')), wish)).toMatchObject({
      why: expect.stringMatching(/no image can be installed/),
    });
  });
});

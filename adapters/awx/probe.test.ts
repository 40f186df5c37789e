import { afterEach, expect, test } from 'vitest';
import type { ProbeCheck } from '#src/ports/adapter.ts';
import { awxAdapter } from './index.ts';
import { type AwxSimulator, type AwxSimulatorOptions, startAwxSimulator } from './simulator.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';

let simulator: AwxSimulator;
afterEach(() => simulator.close());

async function start(options: Partial<AwxSimulatorOptions> = {}): Promise<void> {
  simulator = await startAwxSimulator({ token: 't', templates: [{ name: 'burn-in' }], ...options });
}
async function probed(settings: Record<string, unknown> = {}): Promise<Record<string, ProbeCheck>> {
  const parsed = awxAdapter.Settings.parse({
    url: simulator.url,
    token: 't',
    inventory: 'Reanimator',
    timeoutMs: 400,
    ...settings,
  });
  const checks = await awxAdapter.connect(parsed, kitForTests('awx')).probe(AbortSignal.timeout(30_000));
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

test('all is well', async () => {
  await start();
  const checks = await probed();
  expect(Object.keys(checks)).toEqual(['reachable', 'version', 'authorised', 'permissions', 'configuration']);
  expect(Object.values(checks).filter((check) => !check.ok)).toEqual([]);
  expect(checks['version']?.found).toBe('AWX 24.6.1');
});

test.each([
  ['wrong token', {}, { token: 'x' }, 'authorised'],
  ['no templates', { templates: [] }, {}, 'permissions'],
  ['no inventory', {}, { inventory: 'Elsewhere' }, 'configuration'],
  ['two inventories of one name', { inventory: [{ name: 'Reanimator' }, { name: 'Reanimator' }] }, {}, 'configuration'],
  ['another base path', {}, { basePath: '/api/controller/v2' }, 'reachable'],
] as const)('%s', async (_, options, settings, name) => {
  await start(options as unknown as Partial<AwxSimulatorOptions>);
  const check = (await probed(settings))[name];
  expect(check?.ok).toBe(false);
  expect(check?.remedy).toBeTruthy();
});

test('nothing answers', async () => {
  await start();
  simulator.addFault({ kind: 'hang' });
  expect(Object.keys(await probed())).toEqual(['reachable']);
});

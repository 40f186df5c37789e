import { expect, test } from 'vitest';
import type { PasswordPolicy } from '../../../src/ports/bmc-accounts.ts';
import { openRecorded } from './recorded-for-tests.ts';
import { findAccount, readAccounts } from './list-accounts.ts';
import { readPolicy } from './read-policy.ts';
import { recordedTrees } from '../simulator/tree.ts';
import { corpusPath } from '#test/kit/corpus.ts';

const folder = corpusPath('redfish');
const trees = new Map(recordedTrees(folder).map(({ name, folder: tree }) => [name, tree]));
if (trees.size === 0) process.stdout.write(`skipped: no recorded trees at ${folder} (set REANIMATOR_CORPUS)\n`);

type Policy = [PasswordPolicy['minLength'], PasswordPolicy['maxLength'], PasswordPolicy['lockoutThreshold']];
/** Written down by looking at the recordings with another tool. `whole`: all accounts that are listed were recorded. */
const FACTS: [tree: string, policy: Policy, names: string[], whole: boolean][] = [
  ['dell-r750-idrac9_7.10.30-multidpu-libredfish', [null, 127, null], ['root', 'tests_admin'], false],
  ['dell-xr8620t-idrac9_6.10.80-redfishctl', [null, 40, null], ['root', 'test'], false],
  ['hpe-dl380ag11-ilo6_1.66-hpeemu', [8, null, null], ['Administrator', 'prostack_admin'], true],
  ['hpe-dl385g10plusv2-ilo5_2.72-libredfish', [8, null, null], ['root', 'tests_admin'], true],
  ['supermicro-sys821ge-x13_11.01-libredfish', [8, 20, 3], ['root', 'tests_admin'], true],
  ['supermicro-x10sdv_4.0-redfishctl', [8, 19, 5], ['ADMIN'], true],
  ['openbmc-stock_2.15dev-csmrie', [8, 20, null], ['root'], true],
  ['nvidia-bluefield3-openbmc_24.10-libredfish', [12, 20, 10], ['NvBluefieldUefi0', 'NvBluefieldUefi1', 'root'], true],
  ['intel-s2600bpb-bmc_1.93-csmrie', [1, 20, null], ['ace', 'anonymous', 'root'], true],
];

test.skipIf(trees.size === 0).each(FACTS)('%s', async (name, policy, names, whole) => {
  const bmc = openRecorded(trees.get(name) ?? '');
  const read = await readPolicy(bmc, 'redfish');
  expect([read.minLength, read.maxLength, read.lockoutThreshold]).toEqual(policy);
  const accounts = await readAccounts(bmc, 'redfish');
  expect(accounts.named.map(({ userName }) => userName).toSorted()).toEqual(names.toSorted());
  expect(accounts.failures.length === 0).toBe(whole);
  const look = (): unknown => findAccount(accounts, 'nobody-here', 'redfish');
  // Of sixteen places five were recorded: who is not among them may be there.
  if (whole) expect(look()).toBeUndefined();
  else expect(look).toThrow('nobody knows');
});

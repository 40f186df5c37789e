import { afterEach, describe, expect, test } from 'vitest';
import type { BmcAccounts } from '../../../src/ports/bmc-accounts.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { KitForTests } from '../../../src/kit/kit-for-tests.ts';
import { closeBroker } from '../broker.ts';
import { targetOf, testKit } from '../kit-for-tests.ts';
import { Settings } from '../settings.ts';
import { startBmcSimulator, type BmcSimulator, type BmcSimulatorOptions } from '../simulator.ts';
import { simulatedTree, type SimulatedTreeName } from '../simulator/simulated-tree.ts';
import { bmcAccounts } from './index.ts';

interface Lab {
  bmc: BmcSimulator;
  kit: KitForTests;
  accounts: BmcAccounts;
  target: BmcTarget;
}
const running: Lab[] = [];
afterEach(async () => {
  for (const { bmc, kit } of running.splice(0)) {
    await closeBroker(kit);
    await bmc.close();
  }
});
const { signal } = new AbortController();

async function lab(name: SimulatedTreeName, options: Partial<BmcSimulatorOptions> = {}): Promise<Lab> {
  const bmc = await startBmcSimulator({ tree: simulatedTree(name), ...options });
  const kit = testKit();
  const accounts = bmcAccounts(Settings.parse({ timeoutMs: 2_000 }), kit);
  const one = { bmc, kit, accounts, target: targetOf(bmc) };
  running.push(one);
  return one;
}

const NEW = 'Kx7-mfT2qWv9Zr4p';
const wanted = { userName: 'reanimator', password: NEW, role: 'Administrator' } as const;
const errorOf = (work: Promise<unknown>): Promise<AdapterError> =>
  work.then(
    () => Promise.reject(new Error('it went well')),
    (error: unknown) => (error instanceof AdapterError ? error : Promise.reject(error)),
  );

test('the policy: zero says that there is no such rule', async () => {
  const one = await lab('dell', { lockoutAfter: 5, lockoutMs: 60_000, minPasswordLength: 12, maxPasswordLength: 19 });
  const policy = { minLength: 12, maxLength: 19, lockoutThreshold: 5, lockoutSeconds: 60 };
  expect(await one.accounts.readPolicy(one.target, signal)).toEqual(policy);
  const other = await lab('hpe');
  expect(await other.accounts.readPolicy(other.target, signal)).toMatchObject({ lockoutThreshold: null });
});

describe.each([
  ['dell', 'slots'],
  ['supermicro', 'slots'],
  ['hpe', 'post'],
  ['openbmc', 'post'],
] as const)('%s with %s', (name, style) => {
  test.each(['optional', 'required'] as const)(
    'an account is made once, and mended after that; ETags %s',
    async (etags) => {
      const { accounts, target, bmc } = await lab(name, { accounts: style, etags });
      const made = await accounts.ensureAccount(target, wanted, signal);
      expect(made).toMatchObject({ userName: 'reanimator', role: 'Administrator', enabled: true });
      const again = await accounts.ensureAccount(target, { ...wanted, password: `${NEW}x` }, signal);
      expect(again.path).toBe(made.path);
      expect(bmc.accounts().filter(({ userName }) => userName === 'reanimator')).toHaveLength(1);
      expect((await accounts.listAccounts(target, signal)).map((one) => one.userName).toSorted()).toEqual([
        'admin',
        'reanimator',
      ]);
      expect(await accounts.tryLogin({ ...target, username: 'reanimator', password: `${NEW}x` }, signal)).toBe(
        'accepted',
      );
    },
  );
});

test('the factory account is switched off by ours, and ours by nobody', async () => {
  const { accounts, target, bmc } = await lab('hpe');
  await accounts.ensureAccount(target, wanted, signal);
  const own = { ...target, username: 'reanimator', password: NEW };
  expect(await errorOf(accounts.setEnabled(own, 'reanimator', false, signal))).toMatchObject({ kind: 'rejected' });
  await accounts.setEnabled(own, 'admin', false, signal);
  await accounts.setEnabled(own, 'admin', false, signal);
  expect(bmc.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(1);
  expect(await accounts.tryLogin(target, signal)).toBe('refused');
  expect(await errorOf(accounts.setEnabled(own, 'nobody', false, signal))).toMatchObject({ kind: 'not-found' });
});

test('an account that cannot be read may be the one that is looked for', async () => {
  const { accounts, target, bmc } = await lab('hpe');
  await accounts.ensureAccount(target, { ...wanted, userName: 'other' }, signal);
  bmc.addFault({ match: 'GET .*/Accounts/3', kind: 'status', status: 500 });
  bmc.addFault({ match: 'GET .*/Accounts.*expand', kind: 'status', status: 500 });
  expect(await errorOf(accounts.ensureAccount(target, wanted, signal))).toMatchObject({ kind: 'malformed' });
  expect(bmc.accounts().map(({ userName }) => userName)).not.toContain('reanimator');
});

describe('setting a password', () => {
  test('of the account that logs in, and the old one is refused after it', async () => {
    const { accounts, target, bmc, kit } = await lab('dell', { accounts: 'slots' });
    await accounts.setPassword(target, { userName: 'admin', password: NEW }, signal);
    expect(bmc.accounts().find(({ userName }) => userName === 'admin')?.password).toBe(NEW);
    expect(await accounts.tryLogin({ ...target, password: NEW }, signal)).toBe('accepted');
    expect(await accounts.tryLogin(target, signal)).toBe('refused');
    expect(kit.refused).toEqual([]);
    expect(kit.logged.join()).not.toContain(NEW);
  });

  test('that the BMC refuses: its words, without the password', async () => {
    const { accounts, target } = await lab('hpe', { minPasswordLength: 18 });
    const error = await errorOf(accounts.setPassword(target, { userName: 'admin', password: NEW }, signal));
    expect(error).toMatchObject({ kind: 'rejected', status: 400 });
    expect(error.message).toContain('of 18 to 20 characters');
    expect(JSON.stringify([error.message, error.detail])).not.toContain(NEW);
  });

  test.each(['drop-answer', 'reset'] as const)('whose answer is lost (%s) says so, and is sent once', async (kind) => {
    const { accounts, target, bmc } = await lab('hpe');
    bmc.addFault({ match: 'PATCH', kind, times: 1 });
    const error = await errorOf(accounts.setPassword(target, { userName: 'admin', password: NEW }, signal));
    expect(error).toMatchObject({ kind: 'unreachable', detail: { sent: true } });
    expect(bmc.requests.filter(({ method }) => method === 'PATCH').length).toBeLessThan(2);
    const holds = kind === 'drop-answer';
    expect(await accounts.tryLogin({ ...target, password: NEW }, signal)).toBe(holds ? 'accepted' : 'refused');
    expect(await accounts.tryLogin(target, signal)).toBe(holds ? 'refused' : 'accepted');
  });

  test.each(['message', 'no-session', 'page'] as const)(
    'that the BMC demands before anything else (%s)',
    async (demandsBy) => {
      const { accounts, target, bmc } = await lab('supermicro', { passwordChangeRequired: true, demandsBy });
      expect(await accounts.tryLogin(target, signal)).toBe('must-change');
      if (demandsBy === 'page') return; // says nothing of where: a person has to
      expect(await accounts.readPolicy(target, signal)).toMatchObject({ minLength: null });
      await accounts.setPassword(target, { userName: 'admin', password: NEW }, signal);
      expect(await accounts.tryLogin({ ...target, password: NEW }, signal)).toBe('accepted');
      expect(bmc.counters().refusedLogins).toBe(0);
    },
  );
});

describe('trying a login', () => {
  test('leaves no session and tells nobody', async () => {
    const { accounts, target, bmc, kit } = await lab('hpe');
    expect(await accounts.tryLogin(target, signal)).toBe('accepted');
    expect(await accounts.tryLogin({ ...target, password: 'wrong' }, signal)).toBe('refused');
    expect(bmc.openSessions()).toBe(0);
    expect(bmc.counters().refusedLogins).toBe(1);
    expect(kit.refused).toEqual([]);
  });

  test('without sessions the first read tells', async () => {
    const { accounts, target, bmc } = await lab('openbmc', { sessions: 'none' });
    expect(await accounts.tryLogin(target, signal)).toBe('accepted');
    expect(await accounts.tryLogin({ ...target, password: 'wrong' }, signal)).toBe('refused');
    expect(bmc.counters().refusedLogins).toBe(1);
  });

  test('cannot be told from a locked account, nor from a BMC that is away', async () => {
    const { accounts, target, bmc } = await lab('hpe', { lockoutAfter: 1, tellsLock: true });
    expect(await accounts.tryLogin({ ...target, password: 'wrong' }, signal)).toBe('refused');
    expect(await errorOf(accounts.tryLogin(target, signal))).toMatchObject({ kind: 'throttled' });
    bmc.unlock();
    bmc.addFault({ match: 'POST .*Sessions', kind: 'reset' });
    expect(await errorOf(accounts.tryLogin(target, signal))).toMatchObject({ kind: 'unreachable' });
  });
});

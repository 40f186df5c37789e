import { describe, test } from 'vitest';
import { describePlaybooks } from './contract-suite.ts';
import { awxAdapter } from './index.ts';
import { startAwxSimulator } from './simulator.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';

function connect(settings: Record<string, unknown>) {
  return awxAdapter.connect(awxAdapter.Settings.parse(settings), kitForTests('awx'));
}

describePlaybooks('simulator', async () => {
  const simulator = await startAwxSimulator({
    token: 'right',
    templates: [{ name: 'burn-in' }, { name: 'unsafe', askLimit: false }],
  });
  // A fresh connection per call: the 401 test must not lock the others out.
  const fresh = (more: Record<string, unknown> = {}) =>
    connect({ url: simulator.url, token: 'right', inventory: 'Reanimator', timeoutMs: 400, searchLagMs: 100, ...more })
      .provides.playbooks!;
  return {
    playbooks: {
      searchLagMs: 100,
      ensureHost: (key, host, signal) => fresh().ensureHost(key, host, signal),
      findByKey: (key, signal) => fresh().findByKey(key, signal),
      launch: (key, launch, signal) => fresh().launch(key, launch, signal),
      read: (id, signal) => fresh().read(id, signal),
      cancel: (id, signal) => fresh().cancel(id, signal),
    },
    withWrongCredentials: () => fresh({ token: 'wrong' }),
    template: 'burn-in',
    unsafeTemplate: 'unsafe',
    faults: {
      add: simulator.addFault,
      clear: simulator.clearFaults,
      count: () => simulator.jobs().length,
      launch: '^POST .*/launch/$',
      createHost: '^POST .*/hosts/$',
    },
    stop: simulator.close,
  };
});

const { AWX_URL, AWX_TOKEN, AWX_INVENTORY, AWX_TEMPLATE, AWX_BASE_PATH } = process.env;
if (AWX_URL && AWX_TOKEN && AWX_INVENTORY && AWX_TEMPLATE) {
  describePlaybooks(`real, ${AWX_URL}`, async () => {
    const settings = {
      url: AWX_URL,
      token: AWX_TOKEN,
      inventory: AWX_INVENTORY,
      ...(AWX_BASE_PATH ? { basePath: AWX_BASE_PATH } : {}),
    };
    const connection = connect(settings);
    return {
      playbooks: connection.provides.playbooks!,
      withWrongCredentials: () => connect({ ...settings, token: 'wrong' }).provides.playbooks!,
      template: AWX_TEMPLATE,
      stop: async () => connection.close?.(),
    };
  });
} else {
  describe('playbooks: real', () => {
    test.skip('no AWX_URL, AWX_TOKEN, AWX_INVENTORY and AWX_TEMPLATE in the environment', () => {});
  });
}

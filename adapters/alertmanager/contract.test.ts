import { describe, expect, test } from 'vitest';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { describeSilences, type SilencesUnderTest } from './contract-suite.ts';
import { alertmanagerAdapter } from './index.ts';
import { startAlertmanagerSimulator } from './simulator.ts';

type Silence = Awaited<ReturnType<SilencesUnderTest['holding']>>[number];

async function underTest(url: string, stop: () => Promise<void>): Promise<SilencesUnderTest> {
  const connection = alertmanagerAdapter.connect(
    alertmanagerAdapter.Settings.parse({ url }),
    kitForTests('alertmanager'),
  );
  return {
    silences: connection.provides.silences!,
    async holding() {
      const answer = await fetch(`${url}/api/v2/silences`);
      const all = (await answer.json()) as (Silence & { status: { state: string } })[];
      return all.filter(({ status }) => status.state !== 'expired');
    },
    async stop() {
      await connection.close?.();
      await stop();
    },
  };
}

describeSilences('simulator', async () => {
  const simulator = await startAlertmanagerSimulator();
  return underTest(simulator.url, simulator.close);
});

const { ALERTMANAGER_URL } = process.env;
if (ALERTMANAGER_URL) {
  describeSilences(`real, ${ALERTMANAGER_URL}`, () => underTest(ALERTMANAGER_URL, async () => {}));
} else {
  describe('silences: real', () => {
    test.skip('no ALERTMANAGER_URL in the environment', () => {});
  });
}

describe('the API', () => {
  test('asks for credentials, and the probe says which settings they are', async () => {
    const simulator = await startAlertmanagerSimulator({ apiToken: 'right' });
    const probe = async (more: object) => {
      const settings = alertmanagerAdapter.Settings.parse({ url: simulator.url, ...more });
      const connection = alertmanagerAdapter.connect(settings, kitForTests('alertmanager'));
      try {
        return await connection.probe(AbortSignal.timeout(10_000));
      } finally {
        await connection.close?.();
      }
    };
    expect(await probe({})).toMatchObject([
      { name: 'authorised', ok: false, remedy: expect.stringContaining('apiToken') },
      { name: 'configuration', ok: true },
    ]);
    expect(await probe({ apiToken: 'right' })).toMatchObject([
      { name: 'reachable', ok: true },
      { name: 'version', ok: true },
      { name: 'configuration', ok: true },
    ]);
    await simulator.close();
  });

  test('what fails is told as it is, with its words', async () => {
    const simulator = await startAlertmanagerSimulator();
    const { silences } = await underTest(simulator.url, async () => {});
    const signal = AbortSignal.timeout(10_000);
    simulator.addFault({ kind: 'status', status: 500, body: 'out of memory', times: 1 });
    await expect(silences.end('k', signal)).rejects.toMatchObject({ kind: 'unreachable', message: /out of memory/ });
    simulator.addFault({ kind: 'garbage', times: 1 });
    await expect(silences.end('k', signal)).rejects.toMatchObject({ kind: 'malformed' });
    simulator.addFault({ kind: 'reset' });
    await expect(silences.end('k', signal)).rejects.toMatchObject({ kind: 'unreachable' });
    await simulator.close();
  });

  test('a silence whose answer was lost is found again, not made twice', async () => {
    const simulator = await startAlertmanagerSimulator();
    const { silences } = await underTest(simulator.url, async () => {});
    const signal = AbortSignal.timeout(10_000);
    const minute = (n: number): string => new Date(Date.now() + n * 60_000).toISOString();
    const want = { matchers: [{ label: 'a', values: ['b'] }], startsAt: minute(0), endsAt: minute(5), reason: 'r' };
    simulator.addFault({ match: '^POST', kind: 'drop-answer', times: 1 });
    await expect(silences.ensure('k', want, signal)).rejects.toMatchObject({ kind: 'unreachable' });
    await silences.ensure('k', want, signal);
    expect(simulator.silences()).toHaveLength(1);
    await simulator.close();
  });
});

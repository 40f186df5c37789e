import { describe, expect, test, vi } from 'vitest';
import type { Fault } from '../../src/kit/simulator.ts';
import type { AdapterError } from '../../src/ports/adapter-error.ts';
import { redfishAdapter } from './index.ts';
import { countKinds, readBmc, targetOf, testKit } from './kit-for-tests.ts';
import { startBmcSimulator, type BmcSimulator, type BmcSimulatorOptions } from './simulator.ts';
import { simulatedTree } from './simulator/simulated-tree.ts';
import { errorOf } from '../../src/kit/adapter-error-for-tests.ts';

async function withBmc<T>(options: Partial<BmcSimulatorOptions>, work: (bmc: BmcSimulator) => Promise<T>): Promise<T> {
  const bmc = await startBmcSimulator({ tree: simulatedTree('dell'), ...options });
  try {
    return await work(bmc);
  } finally {
    await bmc.close();
  }
}

const MEMORY = 'GET .*/Memory';

describe('credentials', () => {
  test('refused: said, remembered, and not tried again', async () => {
    await withBmc({ lockoutAfter: 2 }, async (bmc) => {
      const kit = testKit();
      const target = { password: 'wrong-horse' };
      const error = await errorOf(readBmc(bmc, { kit, target }));
      expect(error).toMatchObject({ kind: 'unauthorized', retry: 'never' });
      expect(error.message).not.toContain('wrong-horse');
      expect(JSON.stringify(kit.refused)).not.toContain('wrong-horse');
      expect(kit.refused).toHaveLength(1);
      bmc.forget();
      await errorOf(readBmc(bmc, { kit, target }));
      expect(bmc.requests).toEqual([]);
      expect(bmc.counters().refusedLogins).toBe(1);
      expect(bmc.locked()).toBe(false);
      // other credentials for the same BMC may pass
      const report = await readBmc(bmc, { kit });
      expect(report.warnings).toEqual([]);
    });
  });

  test('a login that something else answered is malformed: nobody refused the credentials, and the next read goes through', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: '^POST .*Sessions', kind: 'garbage', times: 1 });
      const kit = testKit();
      const error = await errorOf(readBmc(bmc, { kit }));
      expect(error).toMatchObject({ kind: 'malformed', retry: 'later' });
      expect(kit.refused).toEqual([]);
      expect((await readBmc(bmc, { kit })).warnings).toEqual([]);
    });
  });

  test('refused with 400, as iLO does', async () => {
    await withBmc({}, async (bmc) => {
      const body = {
        error: {
          '@Message.ExtendedInfo': { MessageId: 'iLO.2.14.UnauthorizedLoginAttempt', MessageArgs: ['password'] },
        },
      };
      bmc.addFault({ match: '^POST', kind: 'status', status: 400, body });
      const kit = testKit();
      const error = await errorOf(readBmc(bmc, { kit }));
      expect(error.kind).toBe('unauthorized');
      expect(kit.refused).toHaveLength(1);
    });
  });

  test('refused for reading although the login went well', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: 'GET /redfish/v1/Systems', kind: 'status', status: 403, body: {} });
      const kit = testKit();
      expect((await errorOf(readBmc(bmc, { kit }))).kind).toBe('unauthorized');
      expect(kit.refused).toHaveLength(1);
      expect(bmc.openSessions()).toBe(0);
    });
  });

  test('refused while the memory for it is out of order: still said', async () => {
    await withBmc({}, async (bmc) => {
      const kit = testKit();
      kit.lockouts.report = async () => {
        throw new Error('database is away');
      };
      expect((await errorOf(readBmc(bmc, { kit, target: { password: 'wrong' } }))).kind).toBe('unauthorized');
    });
  });

  test('one forbidden resource is no reason to distrust the credentials', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: MEMORY, kind: 'status', status: 403, body: {} });
      const kit = testKit();
      const report = await readBmc(bmc, { kit });
      expect(kit.refused).toEqual([]);
      expect(report.scope).not.toContain('dimm');
      expect(report.scope).toContain('cpu');
    });
  });

  test('a password that must be changed first says so', async () => {
    await withBmc({ passwordChangeRequired: true }, async (bmc) => {
      const kit = testKit();
      const error = await errorOf(readBmc(bmc, { kit }));
      expect(error).toMatchObject({ kind: 'unauthorized', detail: { passwordChangeRequired: true } });
      expect(error.message).toContain('new password');
      expect(bmc.openSessions()).toBe(0);
      // It is the right one, so that it is not locked out: it can still be used for setting another.
      expect(kit.refused).toEqual([]);
      bmc.forget();
      expect((await errorOf(readBmc(bmc, { kit }))).detail).toEqual({ passwordChangeRequired: true });
      expect(bmc.requests).toEqual([]);
    });
  });

  test('a body that repeats the password does not get into the error', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({
        match: '^POST',
        kind: 'status',
        status: 500,
        body: { error: { message: 'cannot log in with hunter22' } },
      });
      const error = await errorOf(readBmc(bmc, { target: { password: 'hunter22' } }));
      expect(error.kind).toBe('unreachable');
      expect(error.message).not.toContain('hunter22');
    });
  });

  test('defaults from the settings serve a target that has none', async () => {
    await withBmc({}, async (bmc) => {
      const report = await readBmc(bmc, {
        settings: { username: 'admin', password: 'password' },
        target: { username: '', password: '' },
      });
      expect(report.warnings).toEqual([]);
    });
  });
});

describe('sessions', () => {
  test('no sessions offered: Basic', async () => {
    await withBmc({ sessions: 'none' }, async (bmc) => {
      const report = await readBmc(bmc);
      expect(report.warnings).toEqual([]);
      expect(bmc.counters().sessionsOpened).toBe(0);
    });
  });

  test('Basic with a wrong password: one wrong login, not one per resource', async () => {
    await withBmc({ sessions: 'none', lockoutAfter: 3 }, async (bmc) => {
      expect((await errorOf(readBmc(bmc, { target: { password: 'wrong' } }))).kind).toBe('unauthorized');
      expect(bmc.counters().refusedLogins).toBe(1);
    });
  });

  test('405 at the place that the root names: the older one', async () => {
    await withBmc({ sessions: 'at-older-path' }, async (bmc) => {
      await readBmc(bmc);
      expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, sessionsClosed: 1 });
    });
  });

  test('the session is only in the Location header, with a host name of its own', async () => {
    await withBmc({}, async (bmc) => {
      const headers = {
        location: 'https://ilo-abc.example/redfish/v1/SessionService/Sessions/7/',
        'x-auth-token': 'none',
      };
      bmc.addFault({ match: '^POST', kind: 'status', status: 201, body: '', headers, times: 1 });
      // the made-up token does not work, so that the read fails; what counts is what is deleted
      await errorOf(readBmc(bmc));
      expect(bmc.requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path)).toEqual([
        '/redfish/v1/SessionService/Sessions/7/',
      ]);
    });
  });

  test('none free: wait', async () => {
    await withBmc({ sessionCap: 0 }, async (bmc) => {
      const kit = testKit();
      const error = await errorOf(readBmc(bmc, { kit }));
      expect(error).toMatchObject({ kind: 'throttled', retry: 'later' });
      expect(kit.refused).toEqual([]);
    });
  });

  test('ended early: opened once more, and both deleted', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: MEMORY, kind: 'status', status: 401, body: {}, times: 1 });
      const report = await readBmc(bmc);
      expect(report.warnings).toEqual([]);
      expect(bmc.counters()).toMatchObject({ sessionsOpened: 2, sessionsClosed: 2 });
    });
  });

  test('a resource that always says 401 is unreadable, and that is all', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: MEMORY, kind: 'status', status: 401, body: {} });
      const kit = testKit();
      const report = await readBmc(bmc, { kit });
      expect(report.scope).not.toContain('dimm');
      expect(report.scope).toContain('psu');
      expect(kit.refused).toEqual([]);
      expect(bmc.openSessions()).toBe(0);
    });
  });

  test('the answer to the login is lost: unreachable, and no second login', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: '^POST', kind: 'drop-answer', times: 1 });
      expect((await errorOf(readBmc(bmc))).kind).toBe('unreachable');
      expect(bmc.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    });
  });

  test('that cannot be deleted is said', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: '^DELETE', kind: 'status', status: 500 });
      const kit = testKit();
      const report = await readBmc(bmc, { kit });
      expect(kit.logged.join()).toContain('could not be deleted');
      expect(countKinds(report)['dimm']).toBe(8);
    });
  });
});

describe('one list that fails', () => {
  const faults: Record<string, Fault> = {
    '500': { match: MEMORY, kind: 'status', status: 500 },
    'no answer': { match: MEMORY, kind: 'hang' },
    'not JSON': { match: MEMORY, kind: 'garbage' },
    'a list instead of a resource': { match: MEMORY, kind: 'garbage', body: '[]' },
    'an error with 200': { match: MEMORY, kind: 'garbage', body: '{"error":{"code":"Base.1.0.GeneralError"}}' },
    'a resource that is no collection': { match: MEMORY, kind: 'garbage', body: '{"@odata.id":"/redfish/v1/x"}' },
    'a cut connection': { match: MEMORY, kind: 'reset' },
    'a body without end': { match: MEMORY, kind: 'garbage', body: `{"Name":"${'x'.repeat(9 * 1024 * 1024)}"}` },
  };
  test.each(Object.entries(faults))(
    '%s: out of scope and said, the rest is read, the session deleted',
    async (_name, fault) => {
      await withBmc({}, async (bmc) => {
        bmc.addFault(fault);
        const report = await readBmc(bmc, { settings: { timeoutMs: 400 } });
        expect(report.scope).not.toContain('dimm');
        expect(report.scope).toEqual(expect.arrayContaining(['cpu', 'drive', 'nic', 'psu', 'fan', 'gpu', 'bmc']));
        expect(report.warnings.join()).toContain('/Memory');
        expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, sessionsClosed: 1 });
      });
    },
  );

  test('one member that is not there: the others are read, the kind is out of scope', async () => {
    await withBmc({ expand: 'ignored' }, async (bmc) => {
      bmc.change('/redfish/v1/Systems/System.Embedded.1/Memory/DIMM.Socket.A3', null);
      const report = await readBmc(bmc);
      expect(countKinds(report)['dimm']).toBe(7);
      expect(report.scope).not.toContain('dimm');
      expect(report.warnings.join()).toContain('DIMM.Socket.A3');
    });
  });

  test('power supplies whose new list fails do not come from the old one under other names', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: 'GET .*/PowerSubsystem', kind: 'status', status: 500 });
      const report = await readBmc(bmc);
      expect(countKinds(report)['psu']).toBeUndefined();
      expect(report.scope).not.toContain('psu');
    });
  });

  test('a chassis that fails takes all kinds along that stand in chassis', async () => {
    await withBmc({ expand: 'ignored' }, async (bmc) => {
      bmc.addFault({ match: 'GET /redfish/v1/Chassis/Enclosure', kind: 'status', status: 500 });
      const report = await readBmc(bmc);
      for (const kind of ['psu', 'fan', 'nic', 'gpu']) expect(report.scope).not.toContain(kind);
      expect(report.scope).toContain('dimm');
    });
  });

  test('a cut connection once is read again', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: MEMORY, kind: 'reset', times: 1 });
      expect((await readBmc(bmc)).warnings).toEqual([]);
    });
  });
});

describe('the whole BMC fails', () => {
  test.each([
    ['500', { kind: 'status', status: 500 }, 'unreachable'],
    ['503', { kind: 'status', status: 503 }, 'unreachable'],
    ['503 with Retry-After', { kind: 'status', status: 503, headers: { 'retry-after': '7' } }, 'throttled'],
    ['404', { kind: 'status', status: 404 }, 'unsupported'],
    ['not JSON', { kind: 'garbage' }, 'malformed'],
    ['JSON of something else', { kind: 'garbage', body: '{"hello":"world"}' }, 'malformed'],
    ['no answer', { kind: 'hang' }, 'unreachable'],
    ['a cut connection', { kind: 'reset' }, 'unreachable'],
  ] satisfies [string, Fault, AdapterError['kind']][])('%s at the root', async (_name, fault, kind) => {
    await withBmc({}, async (bmc) => {
      bmc.addFault(fault);
      const error = await errorOf(readBmc(bmc, { settings: { timeoutMs: 300 } }));
      expect(error.kind).toBe(kind);
      expect(bmc.requests.every(({ method }) => method === 'GET')).toBe(true);
    });
  });

  test('falls silent half way: given up soon, the session deleted', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({
        match: 'GET .*/(Processors|Memory|Storage|PowerSubsystem|EthernetInterfaces|FirmwareInventory|Thermal)',
        kind: 'hang',
      });
      const error = await errorOf(readBmc(bmc, { settings: { timeoutMs: 200, firmwareTimeoutMs: 200 } }));
      expect(error.kind).toBe('unreachable');
      expect(bmc.openSessions()).toBe(0);
    });
  });

  test('the system itself cannot be read', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: 'GET /redfish/v1/Systems/', kind: 'status', status: 500 });
      expect((await errorOf(readBmc(bmc))).kind).toBe('malformed');
      expect(bmc.openSessions()).toBe(0);
    });
  });

  test.each(['', 'ftp://10.0.0.1', 'not an address'])('address %j', async (url) => {
    await withBmc({}, async (bmc) => {
      expect((await errorOf(readBmc(bmc, { target: { url } }))).kind).toBe('unsupported');
    });
  });
});

describe('stopped', () => {
  test('half way: says so, deletes the session', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: MEMORY, kind: 'hang' });
      const stop = new AbortController();
      const reading = errorOf(readBmc(bmc, { signal: stop.signal }));
      await vi.waitFor(() => expect(bmc.requests.some(({ path }) => path.endsWith('/Memory'))).toBe(true), {
        timeout: 60_000,
      });
      stop.abort(new Error('enough'));
      expect(await reading).toMatchObject({ kind: 'unreachable' });
      expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, sessionsClosed: 1 });
    });
  });

  test('during the login: waits for it, so that its session can be deleted', async () => {
    await withBmc({}, async (bmc) => {
      bmc.addFault({ match: '^POST', kind: 'slow', ms: 100 });
      const stop = new AbortController();
      const reading = errorOf(readBmc(bmc, { signal: stop.signal }));
      await vi.waitFor(() => expect(bmc.requests.some(({ method }) => method === 'POST')).toBe(true), {
        timeout: 60_000,
      });
      stop.abort();
      expect((await reading).kind).toBe('unreachable');
      expect(bmc.counters()).toMatchObject({ sessionsOpened: 1, sessionsClosed: 1 });
    });
  });

  test('before it began: asks nothing', async () => {
    await withBmc({}, async (bmc) => {
      expect((await errorOf(readBmc(bmc, { signal: AbortSignal.abort() }))).kind).toBe('unreachable');
      expect(bmc.requests).toEqual([]);
    });
  });
});

describe('links', () => {
  test.each([
    'http://198.51.100.7/redfish/v1/Memory',
    '//198.51.100.7/redfish/v1/Memory',
    '/__simulator/requests',
    'http://u:p@127.0.0.1/redfish/v1',
  ])('%s is not followed', async (link) => {
    await withBmc({}, async (bmc) => {
      bmc.change('/redfish/v1/Systems/System.Embedded.1', { Memory: { '@odata.id': link } });
      const report = await readBmc(bmc);
      expect(report.scope).not.toContain('dimm');
      expect(report.warnings.join()).toContain('away from the BMC');
    });
  });

  test('a redirect within the BMC is followed, one off it is not', async () => {
    await withBmc({}, async (bmc) => {
      const memory = '/redfish/v1/Systems/System.Embedded.1/Memory';
      bmc.addFault({ match: MEMORY, kind: 'status', status: 308, headers: { location: `${memory}/` }, times: 1 });
      expect((await readBmc(bmc)).warnings).toEqual([]);
      bmc.addFault({
        match: MEMORY,
        kind: 'status',
        status: 308,
        headers: { location: 'http://198.51.100.7/redfish/v1/' },
      });
      expect((await readBmc(bmc)).scope).not.toContain('dimm');
    });
  });

  test('a redirect in a circle ends', async () => {
    await withBmc({}, async (bmc) => {
      const location = '/redfish/v1/Systems/System.Embedded.1/Memory';
      bmc.addFault({ match: MEMORY, kind: 'status', status: 308, headers: { location } });
      expect((await readBmc(bmc)).scope).not.toContain('dimm');
    });
  });
});

describe('load', () => {
  test('several reads of one BMC at once share its two slots and one session', async () => {
    await withBmc({ latencyMs: 2 }, async (bmc) => {
      const connection = redfishAdapter.connect(redfishAdapter.Settings.parse({}), testKit());
      const read = () => connection.provides.hardwareInventory!.read(targetOf(bmc), new AbortController().signal);
      const reports = await Promise.all([read(), read(), read()]);
      for (const report of reports) expect(report.warnings).toEqual([]);
      await connection.close?.();
      expect(bmc.counters()).toMatchObject({ maxInFlight: 2, sessionsOpened: 1, sessionsClosed: 1 });
    });
  });

  test('weak BMCs get one request at a time', async () => {
    await withBmc({ latencyMs: 2 }, async (bmc) => {
      bmc.change('/redfish/v1/Managers/iDRAC.Embedded.1', { Model: '13G Monolithic' });
      bmc.forget();
      await readBmc(bmc);
      expect(bmc.counters().maxInFlight).toBe(1);
    });
  });
});

import { afterEach, describe, expect, test } from 'vitest';
import type { DriveErase, EraseHandle, EraseProgress } from '../../../src/ports/drive-erase.ts';
import { bmcControl } from '../control/index.ts';
import { QUICK } from '../control/lab-for-tests.ts';
import { readBmc, targetOf, testKit } from '../kit-for-tests.ts';
import { Settings } from '../settings.ts';
import { startBmcSimulator, type BmcSimulator, type BmcSimulatorOptions } from '../simulator.ts';
import { simulatedTree, type SimulatedTreeName } from '../simulator/simulated-tree.ts';
import { driveErase } from './index.ts';

const closing: BmcSimulator[] = [];
afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});
const { signal } = new AbortController();

async function lab(tree: SimulatedTreeName, options: Partial<BmcSimulatorOptions> = {}) {
  const bmc = await startBmcSimulator({ tree: simulatedTree(tree), erase: {}, ...options });
  closing.push(bmc);
  const settings = Settings.parse({ timeoutMs: 5_000 });
  const erase: DriveErase = driveErase(settings, testKit());
  const control = bmcControl(settings, testKit(), { ...QUICK, powerMs: 5_000 });
  const target = targetOf(bmc);
  const {
    drives: [first],
  } = await erase.listErasable(target, signal);
  if (first === undefined) throw new Error('no drives');
  const start = (more: Partial<Parameters<DriveErase['startErase']>[1]> = {}) =>
    erase.startErase(
      target,
      { slot: first.slot, serial: first.serial ?? '', method: 'drive-secure-erase', ...more },
      signal,
    );
  async function ended(handle: EraseHandle): Promise<EraseProgress> {
    const end = performance.now() + 5_000;
    for (;;) {
      const progress = await erase.followErase(target, handle, signal);
      if (progress.state !== 'waiting' && progress.state !== 'running') return progress;
      if (performance.now() > end) throw new Error(`still ${progress.state}: ${progress.said}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return { bmc, erase, control, target, first, start, ended };
}

describe('drives that erase themselves', () => {
  test('are listed by the slots of the inventory, with their serials', async () => {
    const { bmc, erase, target } = await lab('dell');
    const { components } = await readBmc(bmc);
    const drives = components.filter(({ kind }) => kind === 'drive').map(({ slot, serial }) => ({ slot, serial }));
    expect(drives).toHaveLength(4);
    expect(await erase.listErasable(target, signal)).toEqual({
      drives: drives.map((one) => ({ ...one, methods: ['drive-secure-erase'], instead: null })),
      unread: [],
    });
  });

  test('one is erased, and its end is proven by the task and the drive', async () => {
    const { bmc, first, start, ended } = await lab('dell', { erase: { showsOperations: true } });
    const progress = await ended(await start());
    expect(progress).toMatchObject({ state: 'done' });
    expect(bmc.erase?.erased()).toEqual([first.serial]);
    expect(Object.entries(progress.evidence).map(([name, value]) => `${name.split(' ').at(-1)}=${value}`)).toEqual(
      expect.arrayContaining([`SerialNumber=${first.serial}`, 'Operations=[]', 'state=Completed, OK']),
    );
  });

  test('a task that is gone proves nothing', async () => {
    const { start, ended } = await lab('dell', { tasks: { vanishAfterMs: 0 } });
    expect(await ended(await start())).toMatchObject({ state: 'unknown', said: expect.stringMatching(/is gone/) });
  });

  test('the answer to the start was lost: its task is found by what it was asked of', async () => {
    const { bmc, start, ended, first } = await lab('openbmc');
    const startedAt = new Date('2026-01-02T03:04:05.000Z').toISOString();
    const lost = { method: 'drive-secure-erase', slot: first.slot, task: null, startedAt } as const;
    expect(await ended(lost)).toMatchObject({ state: 'unknown' });
    bmc.addFault({ match: 'POST .*SecureErase', kind: 'drop-answer' });
    await expect(start()).rejects.toMatchObject({ kind: 'unreachable', detail: { sent: true } });
    expect(await ended(lost)).toMatchObject({ state: 'done' });
    // An hour older than our request: another one's, of before.
    const [path] = bmc.requests.filter(({ path }) => /Tasks\/1$/.test(path)).map(({ path }) => path);
    bmc.change(path ?? '', { StartTime: new Date(Date.now() - 3_600_000).toISOString() });
    expect(await ended(lost)).toMatchObject({ state: 'unknown' });
  });

  describe('behind a controller of Dell’s that does nothing while the server runs', () => {
    const staged = { erase: { staged: true }, tasks: { named: 'job', durationMs: 5 } } as const;
    async function scheduled(options: Partial<BmcSimulatorOptions> = staged) {
      const dell = await lab('dell', options);
      const handle = await dell.start();
      const follow = () => dell.erase.followErase(dell.target, handle, signal);
      return { ...dell, handle, follow };
    }

    test('the job is scheduled until the server starts', async () => {
      const { bmc, first, follow, handle, control, target, ended } = await scheduled();
      await expect.poll(async () => (await follow()).needs).toBe('host-reset');
      expect(await follow()).toMatchObject({ state: 'waiting', said: 'Scheduled: Task successfully scheduled.' });
      expect(bmc.erase?.erased()).toEqual([]);
      await control.setPower(target, 'force-restart', signal);
      expect(await ended(handle)).toMatchObject({ state: 'done', needs: null });
      expect(bmc.erase?.erased()).toEqual([first.serial]);
    });

    test('its task says so too, where the job cannot be found', async () => {
      const { bmc, erase, target, handle } = await scheduled({ tasks: { named: 'job', durationMs: 60_000 } });
      const task = (handle.task ?? '').replace('/JobService/Jobs/', '/TaskService/Tasks/');
      bmc.change(task, {
        ...{ TaskState: 'Starting', Oem: { Dell: { JobState: 'Scheduled', JobType: 'RAIDConfiguration' } } },
        Messages: [{ MessageId: 'IDRAC.2.5.JCP001', Message: 'Task successfully scheduled.' }],
      });
      expect(await erase.followErase(target, { ...handle, task }, signal)).toMatchObject({
        state: 'waiting',
        needs: 'host-reset',
      });
    });

    test.each(['RealTimeNoRebootConfiguration', null])('a job of the kind %s needs no start', async (JobType) => {
      const { bmc, follow, handle } = await scheduled({ tasks: { named: 'job', durationMs: 60_000 } });
      const words = { JobState: 'Scheduled', Message: 'Task successfully scheduled.', MessageId: 'IDRAC.2.8.JCP001' };
      bmc.change(handle.task ?? '', { ...words, JobType });
      expect(await follow()).toMatchObject({ state: 'waiting', needs: null });
    });

    test('what erases several drives is restarted for by iDRAC itself', async () => {
      const { bmc, erase, target, handle } = await scheduled({ tasks: { named: 'job', durationMs: 60_000 } });
      bmc.change(handle.task ?? '', { JobState: 'Scheduled', JobType: 'RAIDConfiguration' });
      const all = { ...handle, method: 'dell-decommission' } as const;
      expect(await erase.followErase(target, all, signal)).toMatchObject({ state: 'waiting', needs: null });
    });
  });

  test('one that fails says why', async () => {
    const { bmc, start, ended } = await lab('openbmc', { erase: { ends: 'fails' } });
    expect(await ended(await start())).toMatchObject({
      state: 'failed',
      said: expect.stringMatching(/could not be sanitized/),
    });
    expect(bmc.erase?.erased()).toEqual([]);
  });

  test('another serial, another slot, another method: nothing is asked for', async () => {
    const { bmc, start } = await lab('dell');
    await expect(start({ serial: 'OTHER' })).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/not OTHER; nothing was erased/),
    });
    await expect(start({ slot: 'Disk.Bay.99' })).rejects.toMatchObject({ kind: 'rejected' });
    await expect(start({ method: 'dell-system-erase' })).rejects.toMatchObject({ kind: 'unsupported' });
    expect(bmc.requests.filter(({ method, path }) => method === 'POST' && !path.includes('Sessions'))).toEqual([]);
  });
});

test.each([404, 500])(
  'a drive that is listed and answers %i is unknown, not gone, and nothing is asked for',
  async (status) => {
    const { bmc, erase, target, first, start } = await lab('dell');
    bmc.addFault({ match: `GET .*/Drives/${first.slot}$`, kind: 'status', status });
    const { drives, unread } = await erase.listErasable(target, signal);
    expect(drives).toHaveLength(3);
    expect(unread).toMatchObject([
      { path: expect.stringContaining(first.slot), why: expect.stringContaining(String(status)) },
    ]);
    await expect(start()).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(
        /whether there is a drive in .* is not known: \S+ is listed and cannot be read \(.*; nothing was erased/,
      ),
    });
    expect(bmc.requests.filter(({ method, path }) => method === 'POST' && !path.includes('Sessions'))).toEqual([]);
  },
);

describe('whole servers', () => {
  test('Dell’s lifecycle controller erases the drives and nothing else', async () => {
    const { bmc, first, start, ended } = await lab('dell', { erase: { ways: ['dell-system'] } });
    expect(first.methods).toEqual(['dell-system-erase']);
    expect(await ended(await start({ method: 'dell-system-erase' }))).toMatchObject({ state: 'done' });
    expect(bmc.erase?.erased()).toHaveLength(4);
    const [sent] = bmc.requests.filter(({ path }) => path.endsWith('SystemErase'));
    expect(sent?.json).toEqual({ Component: ['CryptographicErasePD', 'OverwritePD'] });
  });

  test('HPE’s says it of the system and of each drive', async () => {
    const { bmc, first, start, ended, erase, control, target } = await lab('hpe', { erase: { ways: ['hpe-system'] } });
    expect(first.methods).toEqual(['hpe-secure-system-erase']);
    const handle = await start({ method: 'hpe-secure-system-erase' });
    const waiting = await erase.followErase(target, handle, signal);
    expect(waiting).toMatchObject({ state: 'waiting', needs: 'host-reset', said: expect.stringMatching(/next boot/) });
    const path = Object.keys(waiting.evidence)[0]?.split(' ')[0] ?? '';
    const oem = bmc.read(path)?.['Oem'] as { Hpe: object };
    bmc.change(path, { Oem: { Hpe: { ...oem.Hpe, PostState: 'InPostDiscoveryComplete' } } });
    expect(await erase.followErase(target, handle, signal)).toMatchObject({ state: 'waiting', needs: null });
    bmc.change(path, { Oem: { Hpe: { ...oem.Hpe, PostState: 'FinishedPost' } } });
    expect(bmc.erase?.erased()).toEqual([]);
    await control.setPower(target, 'force-restart', signal);
    const progress = await ended(handle);
    expect(progress).toMatchObject({ state: 'done', said: 'CompletedWithSuccess', needs: null });
    expect(Object.keys(progress.evidence).length).toBeGreaterThan(1);
    // What stands there now would pass for the end of another one.
    await expect(start({ method: 'hpe-secure-system-erase' })).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/earlier erase/),
    });
    const [sent] = bmc.requests.filter(({ path }) => path.endsWith('SecureSystemErase'));
    expect(sent?.json).toEqual({ SystemROMAndiLOErase: false, UserDataErase: true });
  });

  test('HPE’s does not outlive a second boot', async () => {
    const { bmc, start, ended, control, target } = await lab('hpe', {
      erase: { ways: ['hpe-system'], systemMs: 60_000 },
    });
    const handle = await start({ method: 'hpe-secure-system-erase' });
    await control.setPower(target, 'force-off', signal);
    await control.setPower(target, 'on', signal);
    await control.setPower(target, 'force-off', signal);
    await control.setPower(target, 'on', signal);
    expect(await ended(handle)).toMatchObject({ state: 'failed', said: 'Failed' });
    expect(bmc.erase?.erased()).toEqual([]);
  });

  test('is not offered where a drive could not be read', async () => {
    const { bmc, erase, target, first } = await lab('hpe', { erase: { ways: ['hpe-system'] } });
    const path = [...Object.keys(simulatedTree('hpe'))].find((one) => /\/Drives\/[^/]+$/.test(one)) ?? '';
    bmc.change(path, null);
    const {
      drives: [still],
      unread,
    } = await erase.listErasable(target, signal);
    expect(first.methods).toHaveLength(1);
    expect(still).toMatchObject({ methods: [], instead: expect.stringMatching(/nvme sanitize/) });
    expect(unread).toMatchObject([{ path: `${path}/`, why: expect.stringMatching(/404/) }]);
  });
});

test('a BMC that can erase nothing names the in-band way', async () => {
  const { first } = await lab('supermicro', { erase: { ways: [] } });
  expect(first).toMatchObject({ methods: [], instead: expect.stringMatching(/boot a rescue image/) });
});

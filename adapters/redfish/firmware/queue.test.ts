import { describe, expect, test } from 'vitest';
import type { UpdateHandle } from '../../../src/ports/bmc-firmware.ts';
import { bmcControl } from '../control/index.ts';
import { QUICK } from '../control/lab-for-tests.ts';
import { testKit } from '../kit-for-tests.ts';
import { Settings } from '../settings.ts';
import { firmwareLab, imageNamed } from './lab-for-tests.ts';

const REPOSITORY = '/redfish/v1/UpdateService/ComponentRepository';
const QUEUE = '/redfish/v1/UpdateService/UpdateTaskQueue';
const ROW = '/redfish/v1/UpdateService/FirmwareInventory/3';
const TYPE = '#HpeComponentUpdateTask.v1_5_0.HpeComponentUpdateTask';
const FILE = '3_5.61.fwpkg';
const raid = { image: imageNamed(FILE), targets: ['3'], applyTime: null };

/** An iLO whose packages are for UEFI. */
async function ilo(options: Parameters<typeof firmwareLab>[1] = {}) {
  const lab = await firmwareLab('hpe', { updates: { queue: ['Uefi'] }, tasks: { durationMs: 5 }, ...options });
  const { bmc, firmware, target, signal } = lab;
  const control = bmcControl(Settings.parse({ timeoutMs: 5_000 }), testKit(), { ...QUICK, powerMs: 5_000 });
  const begin = (handle: UpdateHandle, announce: (as?: UpdateHandle) => Promise<void> = async () => {}, key = 'u-0') =>
    firmware.startStaged(target, { ...raid, handle, key }, signal, announce);
  const stage = async (): Promise<UpdateHandle> => {
    const handle = await firmware.startUpdate(target, raid, signal);
    await lab.checked(handle);
    return handle;
  };
  const add = (list: string, id: string, body: Record<string, unknown>): string => {
    const link = `${list}/${id}`;
    bmc.change(link, { '@odata.id': link, Id: id, ...body });
    const Members = [...((bmc.read(list)?.['Members'] ?? []) as object[]), { '@odata.id': link }];
    bmc.change(list, { Members, 'Members@odata.count': Members.length });
    return link;
  };
  return {
    ...{ ...lab, begin, stage },
    /** Both halves. */
    install: async () => begin(await stage()),
    follow: (handle: UpdateHandle) => firmware.followUpdate(target, handle, signal),
    running: () => firmware.findRunning(target, signal),
    boot: () => control.setPower(target, 'force-restart', signal),
    posts: (end: string) =>
      bmc.requests.flatMap(({ method, path, json }) => (method === 'POST' && path.endsWith(end) ? [json] : [])),
    /** Something that somebody else has queued, or stored. */
    queue: (id: string, task: Record<string, unknown>) =>
      add(QUEUE, id, { '@odata.type': TYPE, Command: 'ApplyUpdate', ...task }),
    store: (component: Record<string, unknown>) => add(REPOSITORY, 'stored', component),
  };
}

describe('what iLO cannot install by itself', () => {
  test('is taken into its repository, queued for UEFI, and installed at the next start of the server', async () => {
    const lab = await ilo();
    const handle = await lab.firmware.startUpdate(lab.target, raid, lab.signal);
    expect(handle).toMatchObject({
      method: 'repository',
      staged: true,
      queued: { file: FILE, before: [], added: true },
    });
    expect(lab.posts('AddFromUri')).toEqual([
      { ImageURI: raid.image.uri, UpdateRepository: true, UpdateTarget: false },
    ]);
    expect(await lab.checked(handle)).toMatchObject({ state: 'waiting', needs: 'start' });
    const started = await lab.begin(handle);
    expect(started).toMatchObject({ queued: { file: FILE, before: [], name: 'Reanimator u-0', added: true } });
    expect(lab.posts('UpdateTaskQueue')).toEqual([
      {
        ...{ Name: 'Reanimator u-0', Command: 'ApplyUpdate', Filename: FILE },
        ...{ UpdatableBy: ['Uefi'], TPMOverride: true },
      },
    ]);
    expect(await lab.follow(started)).toMatchObject({
      state: 'waiting',
      needs: 'host-reset',
      said: expect.stringMatching(/^Pending: UEFI installs it/),
    });
    expect(await lab.version('3')).toBe('5.32');
    await lab.boot();
    expect(await lab.ended(started)).toMatchObject({ state: 'done', needs: null });
    expect(await lab.version('3')).toBe('5.61');
  });

  test('what is iLO’s own kind of file goes the short way', async () => {
    const lab = await ilo();
    const image = imageNamed('3_5.61.signed.flash');
    await lab.firmware.startUpdate(lab.target, { ...raid, image }, lab.signal);
    expect(lab.posts('SimpleUpdate')).toMatchObject([{ ImageURI: image.uri }]);
    expect(lab.posts('AddFromUri')).toEqual([]);
  });

  test('one for an agent in the operating system waits for that, and for no restart', async () => {
    const lab = await ilo({ updates: { queue: ['RuntimeAgent'] } });
    const handle = await lab.install();
    await lab.boot();
    expect(await lab.follow(handle)).toMatchObject({
      state: 'waiting',
      needs: null,
      said: expect.stringMatching(/agent in the server’s operating system .*has to install it/),
    });
  });

  test.each([
    [true, 'Bmc'],
    [false, 'Uefi'],
    [null, 'Uefi'],
  ])('where iLO and UEFI could, and iLO says updateable: %s, it is queued for %s', async (Updateable, agent) => {
    const lab = await ilo({ updates: { queue: ['Bmc', 'Uefi', 'RuntimeAgent'] } });
    lab.bmc.change(ROW, { Updateable });
    const handle = await lab.install();
    expect(lab.posts('UpdateTaskQueue')).toMatchObject([{ UpdatableBy: [agent] }]);
    if (agent === 'Bmc') expect(await lab.ended(handle)).toMatchObject({ state: 'done', needs: null });
    else expect(await lab.follow(handle)).toMatchObject({ needs: 'host-reset' });
  });

  test('is said to be queueable, not updateable', async () => {
    const lab = await ilo();
    lab.bmc.change(ROW, { Updateable: false });
    const rows = await lab.firmware.readFirmware(lab.target, lab.signal);
    expect(rows.find(({ id }) => id === '3')).toMatchObject({ updateable: false, queueable: true });
  });

  test('one that fails says with what', async () => {
    const lab = await ilo({ updates: { queue: ['Uefi'], ends: 'fails' } });
    const handle = await lab.install();
    await lab.boot();
    expect(await lab.ended(handle)).toMatchObject({
      state: 'failed',
      needs: null,
      said: expect.stringMatching(/^Exception: iLO.*UpdateFailed \(.*could not be applied/),
    });
  });

  test.each([
    ['InProgress', { state: 'running', needs: null, said: 'InProgress' }],
    ['Expired', { state: 'failed', needs: null, said: expect.stringMatching(/time was over/) }],
    ['Canceled', { state: 'failed', needs: null, said: expect.stringMatching(/taken off the queue/) }],
    ['Deferred', { state: 'waiting' }],
  ])('%s', async (State, progress) => {
    const lab = await ilo();
    const handle = await lab.install();
    lab.bmc.change(handle.task ?? '', { State });
    expect(await lab.follow(handle)).toMatchObject(progress);
  });

  test('one that is done, and takes effect at the next start only, says so', async () => {
    const lab = await ilo();
    const handle = await lab.install();
    lab.bmc.change(handle.task ?? '', { State: 'Complete', Result: { MessageId: 'iLO.2.14.SystemResetRequired' } });
    expect(await lab.follow(handle)).toMatchObject({ state: 'done', needs: 'host-reset' });
  });

  test('an address with a % of its own is an address', async () => {
    const lab = await ilo();
    const image = { ...imageNamed(FILE), uri: `http://images.example/${FILE.replace('_', '%_')}` };
    const handle = await lab.firmware.startUpdate(lab.target, { ...raid, image }, lab.signal);
    expect(handle.queued?.file).toBe(FILE.replace('_', '%_'));
  });

  test('what has stood in the queue before, or is of another file, is not ours', async () => {
    const lab = await ilo();
    lab.queue('old', { Filename: FILE, State: 'Complete', UpdatableBy: ['Uefi'] });
    const handle = await lab.install();
    expect(handle.queued?.before).toEqual([`${QUEUE}/old`]);
    lab.queue('other', { Filename: 'other.fwpkg', State: 'Exception', UpdatableBy: ['Uefi'] });
    expect(await lab.follow(handle)).toMatchObject({ state: 'waiting', needs: 'host-reset' });
  });
});

describe('iLO’s repository', () => {
  test('what it has already, of the same size, is not fetched again', async () => {
    const lab = await ilo();
    await lab.stage();
    const again = await lab.stage();
    expect(again.task).toBeNull();
    expect(lab.posts('AddFromUri')).toHaveLength(1);
  });

  test('another file of that name that is needed elsewhere, and too little room, are said before anything is sent', async () => {
    const lab = await ilo();
    const start = () => lab.firmware.startUpdate(lab.target, raid, lab.signal);
    lab.bmc.change(REPOSITORY, { Oem: { Hpe: { FreeSizeBytes: 0 } } });
    await expect(start()).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/room for 0 bytes/),
    });
    lab.store({ Filename: FILE, SizeBytes: 77, Locked: true });
    await expect(start()).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/77 bytes, not 1/),
    });
    expect(lab.posts('AddFromUri')).toEqual([]);
  });

  test('an upload whose answer was lost is found by its file', async () => {
    const lab = await ilo();
    const announced: UpdateHandle[] = [];
    lab.bmc.addFault({ match: 'POST .*AddFromUri', kind: 'drop-answer', times: 1 });
    const start = lab.firmware.startUpdate(lab.target, raid, lab.signal, async (as) => {
      if (as !== undefined) announced.push(as);
    });
    await expect(start).rejects.toMatchObject({ kind: 'unreachable', detail: { sent: true } });
    const [handle] = announced;
    if (handle === undefined) throw new Error('nothing was announced');
    expect(await lab.checked(handle)).toMatchObject({ needs: 'start', said: expect.stringContaining(FILE) });
  });

  test('an upload that fails says so; an image that never came is unknown', async () => {
    const lab = await ilo({ tasks: { durationMs: 60_000 } });
    const handle = await lab.firmware.startUpdate(lab.target, raid, lab.signal);
    lab.bmc.change(handle.task ?? '', { TaskState: 'Exception' });
    expect(await lab.follow(handle)).toMatchObject({ state: 'failed', needs: null });
    const oem = lab.bmc.read('/redfish/v1/UpdateService')?.['Oem'] as { Hpe: object } | undefined;
    lab.bmc.change('/redfish/v1/UpdateService', { Oem: { Hpe: { ...oem?.Hpe, State: 'Error' } } });
    expect(await lab.follow({ ...handle, task: null })).toMatchObject({
      state: 'unknown',
      said: expect.stringMatching(/is not in iLO’s repository \(Error\)/),
    });
  });
});

describe('putting it into the queue', () => {
  test('is done once: what a try nobody heard back from has made is found by its name, also when it has ended', async () => {
    const lab = await ilo({ updates: { queue: ['Bmc'] } });
    const handle = await lab.stage();
    lab.bmc.addFault({ match: 'POST .*UpdateTaskQueue', kind: 'drop-answer', times: 1 });
    await expect(lab.begin(handle)).rejects.toMatchObject({ kind: 'unreachable', detail: { sent: true } });
    const found = await lab.begin(handle);
    expect(await lab.ended(found)).toMatchObject({ state: 'done' });
    expect(await lab.begin(handle)).toMatchObject({ task: found.task });
    expect(lab.posts('UpdateTaskQueue')).toHaveLength(1);
  });

  test('is not done where somebody has queued the same file meanwhile', async () => {
    const lab = await ilo();
    const handle = await lab.stage();
    const theirs = lab.queue('theirs', { Name: 'theirs', Filename: FILE, State: 'Pending', UpdatableBy: ['Uefi'] });
    const started = await lab.begin(handle);
    expect(started.task).toBe(theirs);
    expect(lab.posts('UpdateTaskQueue')).toEqual([]);
    await lab.firmware.retire(lab.target, started, lab.signal);
    expect(lab.bmc.read(theirs)).toBeDefined();
  });

  test.each(['Exception', 'Expired'])(
    'a queue that something %s has stopped is said, before and after',
    async (State) => {
      const lab = await ilo();
      const handle = await lab.stage();
      lab.queue('bad', { Name: 'their update', Filename: 'x.fwpkg', State });
      const refusal = { kind: 'rejected', message: expect.stringMatching(/stopped by “their update” .*take that off/) };
      await expect(lab.begin(handle)).rejects.toMatchObject(refusal);
      await expect(lab.firmware.startUpdate(lab.target, raid, lab.signal)).rejects.toMatchObject(refusal);
      expect(lab.posts('UpdateTaskQueue')).toEqual([]);
    },
  );

  test('an image of another size than was meant, or of which iLO does not say who installs it, is left alone', async () => {
    const lab = await ilo();
    const handle = await lab.stage();
    const members = lab.bmc.read(REPOSITORY)?.['Members'] as { '@odata.id': string }[] | undefined;
    const component = members?.[0]?.['@odata.id'] ?? '';
    lab.bmc.change(component, { SizeBytes: 77 });
    await expect(lab.begin(handle)).rejects.toMatchObject({ message: expect.stringMatching(/has 77 bytes/) });
    lab.bmc.change(component, { SizeBytes: 1, UpdatableBy: [] });
    await expect(lab.begin(handle)).rejects.toMatchObject({ message: expect.stringMatching(/what can install/) });
    lab.bmc.change(REPOSITORY, { Members: [], 'Members@odata.count': 0 });
    await expect(lab.begin(handle)).rejects.toMatchObject({ message: expect.stringMatching(/any more/) });
    expect(lab.bmc.updates?.started()).toBe(0);
  });

  test('is taken back by its name, but not while it is being installed', async () => {
    const lab = await ilo();
    const handle = await lab.install();
    const retire = () => lab.firmware.retire(lab.target, handle, lab.signal);
    lab.bmc.change(handle.task ?? '', { State: 'InProgress' });
    await expect(retire()).rejects.toMatchObject({ kind: 'rejected' });
    lab.bmc.change(handle.task ?? '', { State: 'Pending' });
    await retire();
    await retire();
    expect(lab.bmc.read(QUEUE)?.['Members']).toEqual([]);
    await lab.boot();
    expect(await lab.version('3')).toBe('5.32');
  });
});

describe('taking it back', () => {
  const withdraw = (lab: Awaited<ReturnType<typeof ilo>>, handle: UpdateHandle) =>
    lab.firmware.withdraw(lab.target, handle, lab.signal);
  const becomes = (lab: Awaited<ReturnType<typeof ilo>>, handle: UpdateHandle, State: string) =>
    lab.bmc.watch(({ method }, phase) => {
      if (method === 'DELETE' && phase === 'before') lab.bmc.change(handle.task ?? '', { State });
    });

  test('what is pending is let go of, and installed by no boot; asked again, it is gone', async () => {
    const lab = await ilo();
    const handle = await lab.install();
    expect(await withdraw(lab, handle)).toMatchObject({ is: 'withdrawn', said: expect.stringMatching(/Pending/) });
    expect(await withdraw(lab, handle)).toMatchObject({ is: 'gone' });
    await lab.boot();
    expect(await lab.version('3')).toBe('5.32');
  });

  test('an answer that was lost does no harm', async () => {
    const lab = await ilo();
    const handle = await lab.install();
    lab.bmc.addFault({ match: 'DELETE .*UpdateTaskQueue', kind: 'drop-answer', times: 1 });
    await expect(withdraw(lab, handle)).rejects.toMatchObject({ kind: 'unreachable' });
    expect(await withdraw(lab, handle)).toMatchObject({ is: 'gone' });
  });

  test.each(['InProgress', 'Complete', 'Exception'])(
    'one that is %s stays, and is said to have begun',
    async (State) => {
      const lab = await ilo();
      const handle = await lab.install();
      lab.bmc.change(handle.task ?? '', { State });
      expect(await withdraw(lab, handle)).toMatchObject({ is: 'begun', said: expect.stringContaining(State) });
      expect(lab.bmc.requests.filter(({ method, path }) => method === 'DELETE' && path.includes('TaskQueue'))).toEqual(
        [],
      );
    },
  );

  test('one that iLO begins in that moment has begun', async () => {
    const lab = await ilo();
    const handle = await lab.install();
    becomes(lab, handle, 'InProgress');
    expect(await withdraw(lab, handle)).toMatchObject({ is: 'begun', said: 'InProgress' });
  });

  test('one that iLO refuses to let go of is refused; while iLO writes something, nobody says what', async () => {
    const lab = await ilo();
    const handle = await lab.install();
    lab.bmc.addFault({ match: 'DELETE .*UpdateTaskQueue', kind: 'status', status: 400, times: 1 });
    await expect(withdraw(lab, handle)).rejects.toMatchObject({ kind: 'rejected' });
    const oem = lab.bmc.read('/redfish/v1/UpdateService')?.['Oem'] as { Hpe: object } | undefined;
    lab.bmc.change('/redfish/v1/UpdateService', { Oem: { Hpe: { ...oem?.Hpe, State: 'Writing' } } });
    await expect(withdraw(lab, handle)).rejects.toMatchObject({
      kind: 'throttled',
      message: expect.stringMatching(/iLO is Writing/),
    });
  });
});

describe('the image in iLO’s repository', () => {
  const discard = (lab: Awaited<ReturnType<typeof ilo>>, handle: UpdateHandle) =>
    lab.firmware.discard(lab.target, { handle, image: raid.image }, lab.signal);
  const links = (lab: Awaited<ReturnType<typeof ilo>>) =>
    ((lab.bmc.read(REPOSITORY)?.['Members'] ?? []) as { '@odata.id': string }[]).map((one) => one['@odata.id']);

  test('is deleted where the hub has put it there, once nothing needs it', async () => {
    const lab = await ilo();
    const handle = await lab.install();
    expect(handle.queued?.added).toBe(true);
    await expect(discard(lab, handle)).rejects.toMatchObject({ kind: 'rejected' });
    await lab.firmware.retire(lab.target, handle, lab.signal);
    lab.bmc.change(links(lab)[0] ?? '', { Locked: true });
    await expect(discard(lab, handle)).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/install set needs 3_5.61.fwpkg/),
    });
    lab.bmc.change(links(lab)[0] ?? '', { Locked: false });
    await discard(lab, handle);
    await discard(lab, handle);
    expect(links(lab)).toEqual([]);
  });

  test('stays where it was there before, and where another of that name came since', async () => {
    const lab = await ilo();
    lab.store({ Filename: FILE, SizeBytes: 1, UpdatableBy: ['Uefi'] });
    const theirs = await lab.stage();
    expect(theirs.queued?.added).toBeUndefined();
    await discard(lab, theirs);
    expect(links(lab)).toHaveLength(1);
    lab.bmc.change(links(lab)[0] ?? '', { SizeBytes: 77 });
    await discard(lab, { ...theirs, queued: { file: FILE, before: [], added: true } });
    expect(links(lab)).toHaveLength(1);
  });
});

describe('what the queue says of others', () => {
  test('what is pending counts as busy, what has ended does not', async () => {
    const lab = await ilo();
    lab.queue('done', { Filename: 'a.fwpkg', State: 'Complete', UpdatableBy: ['Bmc'] });
    expect(await lab.running()).toEqual([]);
    const agent = lab.queue('agent', { Filename: 'b.rpm', State: 'Pending', UpdatableBy: ['RuntimeAgent'] });
    const pause = lab.queue('pause', { Command: 'Wait', State: 'InProgress' });
    expect(await lab.running()).toMatchObject([
      { task: agent, queued: { file: 'b.rpm' } },
      { task: pause, queued: { file: '' } },
    ]);
  });

  test('a queue that cannot be read whole is not an empty one', async () => {
    const lab = await ilo();
    lab.bmc.change(QUEUE, { 'Members@odata.count': 1 });
    const unread = { kind: 'unreachable', message: expect.stringMatching(/queue .*0 of 1 members/) };
    await expect(lab.running()).rejects.toMatchObject(unread);
    await expect(lab.firmware.startUpdate(lab.target, raid, lab.signal)).rejects.toMatchObject(unread);
    expect(lab.bmc.updates?.taken()).toEqual([]);
  });
});

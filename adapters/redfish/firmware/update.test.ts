import { describe, expect, test } from 'vitest';
import { firmwareLab, imageNamed, servedImage } from './lab-for-tests.ts';

const bios = { image: imageNamed('BIOS_1.16.0.exe'), targets: ['BIOS.Setup.1-1'], applyTime: null };

describe('an update that the BMC fetches', () => {
  test.each(['location', 'monitor', 'body', 'message', 'job'] as const)('its task is found by %s', async (named) => {
    const lab = await firmwareLab('dell', { tasks: { named } });
    expect(await lab.version('BIOS.Setup.1-1')).toBe('1.15.2');
    const handle = await lab.firmware.startUpdate(lab.target, bios, lab.signal);
    expect(handle).toMatchObject({ method: 'simple-update' });
    expect(handle.task ?? handle.job).toMatch(named === 'job' ? /JID_/ : /Tasks\/1$/);
    expect(await lab.ended(handle)).toMatchObject({ state: 'done' });
    expect(await lab.version('BIOS.Setup.1-1')).toBe('1.16.0');
    expect(lab.bmc.updates?.taken()).toEqual(['BIOS_1.16.0.exe']);
  });

  test('its target is named by the link of its row, where the vendor takes targets', async () => {
    const lab = await firmwareLab('supermicro');
    const handle = await lab.firmware.startUpdate(
      lab.target,
      { image: imageNamed('B12_01.03.01.bin'), targets: ['BMC'], applyTime: null },
      lab.signal,
    );
    await lab.ended(handle);
    expect(await lab.version('BMC')).toBe('01.03.01');
    const [sent] = lab.bmc.requests.filter(({ path }) => path.endsWith('SimpleUpdate'));
    expect(sent?.json).toEqual({
      ImageURI: 'http://images.example/B12_01.03.01.bin',
      TransferProtocol: 'HTTP',
      Targets: ['/redfish/v1/UpdateService/FirmwareInventory/BMC'],
    });
  });

  test('a task that is gone is unknown, and the version tells', async () => {
    const lab = await firmwareLab('dell', { tasks: { vanishAfterMs: 0 } });
    const handle = await lab.firmware.startUpdate(lab.target, bios, lab.signal);
    expect(await lab.ended(handle)).toMatchObject({ state: 'unknown', said: expect.stringMatching(/is gone/) });
    expect(await lab.version('BIOS.Setup.1-1')).toBe('1.16.0');
  });

  test('iDRAC’s task is gone, and its job still tells', async () => {
    const lab = await firmwareLab('dell', { tasks: { named: 'job', vanishAfterMs: 0 }, updates: { ends: 'fails' } });
    const handle = await lab.firmware.startUpdate(lab.target, bios, lab.signal);
    expect(await lab.ended(handle)).toMatchObject({
      state: 'failed',
      said: expect.stringMatching(/could not be applied/),
    });
  });

  test('a monitor is not read: that would delete the task (Lenovo)', async () => {
    const lab = await firmwareLab('openbmc', { tasks: { named: 'monitor', monitorDeletes: true } });
    const update = { image: imageNamed('BMC_2.16.0.tar'), targets: ['5d0869c4'], applyTime: null };
    const handle = await lab.firmware.startUpdate(lab.target, update, lab.signal);
    expect(await lab.ended(handle)).toMatchObject({ state: 'done' });
    expect(lab.bmc.requests.some(({ path }) => path.includes('TaskMonitors'))).toBe(false);
  });

  test('a state that nobody knows is one that has not ended', async () => {
    const lab = await firmwareLab('dell', { tasks: { firstState: 'New', durationMs: 60_000 } });
    const handle = await lab.firmware.startUpdate(lab.target, bios, lab.signal);
    expect(await lab.firmware.followUpdate(lab.target, handle, lab.signal)).toMatchObject({ state: 'waiting' });
    expect(await lab.firmware.findRunning(lab.target, lab.signal)).toMatchObject([{ task: handle.task }]);
  });

  test('what waits for a reset of the server says so', async () => {
    const lab = await firmwareLab('dell', { updates: { applies: 'host-reset' }, tasks: { durationMs: 5 } });
    const handle = await lab.firmware.startUpdate(lab.target, bios, lab.signal);
    await expect
      .poll(async () => (await lab.firmware.followUpdate(lab.target, handle, lab.signal)).needs)
      .toBe('host-reset');
    expect(await lab.version('BIOS.Setup.1-1')).toBe('1.15.2');
  });

  test('a reset of the BMC ends its sessions, and brings what waits for it', async () => {
    const lab = await firmwareLab('supermicro', { updates: { applies: 'bmc-reset' }, tasks: { durationMs: 5 } });
    const update = { image: imageNamed('BMC_01.03.01.bin'), targets: ['BMC'], applyTime: null };
    const handle = await lab.firmware.startUpdate(lab.target, update, lab.signal);
    await expect
      .poll(async () => (await lab.firmware.followUpdate(lab.target, handle, lab.signal)).needs)
      .toBe('bmc-reset');
    await lab.firmware.resetBmc(lab.target, lab.signal);
    expect(await lab.ended(handle)).toMatchObject({ state: 'done' });
    expect(await lab.version('BMC')).toBe('01.03.01');
  });

  test('only at the next reset, where the BMC cannot be told so: nothing is sent', async () => {
    const lab = await firmwareLab('openbmc', { updates: { ways: ['push'] } });
    const image = await servedImage('BMC_2.16.0.tar');
    const start = lab.firmware.startUpdate(lab.target, { image, targets: [], applyTime: 'OnReset' }, lab.signal);
    await expect(start).rejects.toMatchObject({ kind: 'rejected' });
    expect(lab.bmc.updates?.taken()).toEqual([]);
  });
});

describe('what is announced', () => {
  test('an announcement that throws stops the update', async () => {
    const lab = await firmwareLab('dell');
    const start = lab.firmware.startUpdate(lab.target, bios, lab.signal, async () => {
      throw new Error('somebody else is at it');
    });
    await expect(start).rejects.toThrow(/somebody else/);
    expect(lab.bmc.updates?.taken()).toEqual([]);
  });

  test('a lost answer is told as one: sent, perhaps', async () => {
    const lab = await firmwareLab('dell');
    lab.bmc.addFault({ match: 'POST .*SimpleUpdate', kind: 'drop-answer' });
    let announced = 0;
    const start = lab.firmware.startUpdate(lab.target, bios, lab.signal, async () => void (announced += 1));
    await expect(start).rejects.toMatchObject({ kind: 'unreachable', detail: { sent: true } });
    expect([announced, lab.bmc.updates?.taken().length]).toEqual([1, 1]);
  });
});

describe('HPE without tasks', () => {
  test('the service itself says what it is doing; once it rests, the version tells', async () => {
    const lab = await firmwareLab('hpe', { updates: { hpe: true }, tasks: { named: 'nowhere', durationMs: 100 } });
    const handle = await lab.firmware.startUpdate(
      lab.target,
      { image: imageNamed('iLO_2.78.bin'), targets: ['1'], applyTime: null },
      lab.signal,
    );
    expect(handle).toMatchObject({ task: null, job: null });
    expect(await lab.firmware.followUpdate(lab.target, handle, lab.signal)).toMatchObject({
      state: 'running',
      percent: 30,
    });
    const second = lab.firmware.startUpdate(
      lab.target,
      { image: imageNamed('iLO_2.79.bin'), targets: ['1'], applyTime: null },
      lab.signal,
    );
    await expect(second).rejects.toMatchObject({ kind: 'throttled' });
    expect(await lab.ended(handle)).toMatchObject({ state: 'unknown', said: 'Complete' });
    expect(await lab.version('1')).toBe('2.78');
    expect(lab.bmc.updates?.taken()).toEqual(['iLO_2.78.bin']);
  });
});

describe('an image that is pushed', () => {
  test('multipart: its length is told, its targets and its name go along', async () => {
    const lab = await firmwareLab('openbmc', { updates: { ways: ['multipart'] } });
    const image = await servedImage('BMC_2.16.0.tar');
    const handle = await lab.firmware.startUpdate(
      lab.target,
      { image, targets: ['5d0869c4'], applyTime: null },
      lab.signal,
    );
    expect(handle.method).toBe('multipart');
    await lab.ended(handle);
    expect(await lab.version('5d0869c4')).toBe('2.16.0');
    expect(await lab.version('bios_active')).toBe('0.9.4');
  });

  test('plain, where the service has to be claimed: claimed, and given back', async () => {
    const lab = await firmwareLab('supermicro', { updates: { ways: ['push'], claims: true } });
    const image = await servedImage('BMC_01.03.01');
    const handle = await lab.firmware.startUpdate(lab.target, { image, targets: ['BMC'], applyTime: null }, lab.signal);
    expect(handle.method).toBe('push');
    await lab.ended(handle);
    expect(await lab.version('BMC')).toBe('01.03.01');
    expect(lab.bmc.read('/redfish/v1/UpdateService')).toMatchObject({ HttpPushUriTargetsBusy: false });
  });

  test('where the BMC cannot fetch such addresses, it is pushed', async () => {
    const lab = await firmwareLab('openbmc', { updates: { ways: ['simple', 'multipart'], protocols: ['TFTP'] } });
    const image = await servedImage('BMC_2.16.0.tar');
    const handle = await lab.firmware.startUpdate(
      lab.target,
      { image, targets: ['5d0869c4'], applyTime: null },
      lab.signal,
    );
    expect(handle.method).toBe('multipart');
  });

  test('another file than was meant, or one that is too large, is not pushed', async () => {
    const lab = await firmwareLab('openbmc', { updates: { ways: ['multipart'], maxImageBytes: 300_000 } });
    const image = await servedImage('BMC_2.16.0.tar');
    const start = (changed: object) =>
      lab.firmware.startUpdate(
        lab.target,
        { image: { ...image, ...changed }, targets: [], applyTime: null },
        lab.signal,
      );
    await expect(start({ sha256: 'f'.repeat(64) })).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/SHA-256/),
    });
    await expect(start({ sizeBytes: 10 })).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/longer than 10 bytes/),
    });
    await expect(start({ sizeBytes: 400_000 })).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/takes 300000 at most/),
    });
    expect(lab.bmc.updates?.taken()).toEqual([]);
  });
});

describe('going back', () => {
  test('iDRAC installs the image that it has kept', async () => {
    const lab = await firmwareLab('dell');
    expect((await lab.firmware.readFirmware(lab.target, lab.signal)).find(({ id }) => id === 'BIOS.Setup.1-1')).toEqual(
      {
        id: 'BIOS.Setup.1-1',
        name: 'BIOS',
        version: '1.15.2',
        updateable: true,
        previous: '1.13.2',
      },
    );
    await lab.ended(await lab.firmware.rollBack(lab.target, 'BIOS.Setup.1-1', lab.signal));
    expect(await lab.version('BIOS.Setup.1-1')).toBe('1.13.2');
  });

  test('who cannot says what does instead', async () => {
    const lab = await firmwareLab('hpe');
    await expect(lab.firmware.rollBack(lab.target, '1', lab.signal)).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(/install the older image again/),
    });
  });
});

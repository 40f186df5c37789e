import { describe, expect, test } from 'vitest';
import type { UpdateHandle } from '../../../src/ports/bmc-firmware.ts';
import { firmwareLab, imageNamed, servedImage } from './lab-for-tests.ts';

const staged = { ways: ['multipart'], staged: true } as const;

/** A Supermicro from X12 on. */
async function x12(options: Parameters<typeof firmwareLab>[1] = {}) {
  const lab = await firmwareLab('supermicro', { updates: staged, tasks: { named: 'accepted' }, ...options });
  const { firmware, target, signal } = lab;
  const upload = async (id: string, name: string) =>
    firmware.startUpdate(target, { image: await servedImage(name), targets: [id], applyTime: null }, signal);
  const begin = (handle: UpdateHandle, announce = async () => {}) => {
    const start = { image: imageNamed('unused'), targets: [], key: 'a-1', handle };
    return firmware.startStaged(target, start, signal, announce);
  };
  const parameters = (): unknown => {
    const [sent] = lab.bmc.requests.filter(({ path }) => path.endsWith('/MultipartUpload'));
    const [, json = ''] = /(\{.*\})\r\n/.exec(sent?.body.toString('latin1') ?? '') ?? [];
    return JSON.parse(json);
  };
  return { ...lab, upload, begin, parameters };
}

describe('an upload that is started by a request of its own', () => {
  test('is checked first, installed once it is told to start, and leaves the settings alone', async () => {
    const lab = await x12();
    const handle = await lab.upload('BMC', 'BMC_01.03.01.bin');
    expect(handle).toMatchObject({ method: 'multipart', staged: true, task: expect.stringMatching(/Tasks\/1$/) });
    expect(lab.parameters()).toEqual({
      Targets: ['/redfish/v1/Managers/1'],
      '@Redfish.OperationApplyTime': 'OnStartUpdateRequest',
      Oem: { Supermicro: { BMC: { PreserveCfg: true, PreserveSdr: true, PreserveSsl: true } } },
    });
    expect(await lab.checked(handle)).toMatchObject({ state: 'waiting', needs: 'start' });
    expect(await lab.version('BMC')).toBe('01.02.14');
    let announced = 0;
    const started = await lab.begin(handle, async () => void (announced += 1));
    expect(started).toEqual(expect.not.objectContaining({ staged: true }));
    expect(await lab.ended(started)).toMatchObject({ state: 'done' });
    expect(await lab.version('BMC')).toBe('01.03.01');
    expect([announced, lab.bmc.updates?.taken().length, lab.bmc.updates?.started()]).toEqual([1, 1, 1]);
  });

  test('of the BIOS names the BIOS, of anything else its row', async () => {
    const bios = await x12();
    await bios.upload('BIOS', 'BIOS_2.0.bin');
    expect(bios.parameters()).toMatchObject({
      Targets: ['/redfish/v1/Systems/1/Bios'],
      Oem: { Supermicro: { BIOS: { PreserveSMBIOS: true } } },
    });
    const nic = await x12();
    await nic.upload('NIC1', 'NIC1_2.0.bin');
    expect(nic.parameters()).toEqual({
      Targets: ['/redfish/v1/UpdateService/FirmwareInventory/NIC1'],
      '@Redfish.OperationApplyTime': 'OnStartUpdateRequest',
    });
  });

  test('while it is checked, others see that the BMC is busy, with what', async () => {
    const lab = await x12({ tasks: { named: 'accepted', durationMs: 60_000 } });
    const { task } = await lab.upload('BMC', 'BMC_01.03.01.bin');
    expect(await lab.firmware.findRunning(lab.target, lab.signal)).toMatchObject([{ task, staged: true }]);
  });

  test('one that fails the check says why, and cannot be started', async () => {
    const lab = await x12({ updates: { ...staged, ends: 'fails' } });
    const handle = await lab.upload('BMC', 'BMC_01.03.01.bin');
    expect(await lab.checked(handle)).toMatchObject({ state: 'failed', said: expect.stringMatching(/not signed/) });
    await expect(lab.begin(handle)).rejects.toMatchObject({ kind: 'rejected' });
  });

  test('an earlier one that nobody started keeps the next one out, which says what to do', async () => {
    const lab = await x12();
    await lab.checked(await lab.upload('BMC', 'BMC_01.03.01.bin'));
    await expect(lab.upload('BIOS', 'BIOS_2.0.bin')).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/in update mode .*reset the BMC/),
    });
    await lab.firmware.resetBmc(lab.target, lab.signal);
    expect(await lab.upload('BIOS', 'BIOS_2.0.bin')).toMatchObject({ staged: true });
  });

  test('a lost answer to the start is told as one: sent, perhaps', async () => {
    const lab = await x12();
    const handle = await lab.upload('BMC', 'BMC_01.03.01.bin');
    await lab.checked(handle);
    lab.bmc.addFault({ match: 'POST .*StartUpdate', kind: 'drop-answer', times: 1 });
    const start = lab.begin(handle);
    await expect(start).rejects.toMatchObject({ kind: 'unreachable', detail: { sent: true } });
    expect(lab.bmc.updates?.started()).toBe(1);
  });
});

test('others that have the action install at once, unless they offer nothing sooner', async () => {
  const lab = await firmwareLab('openbmc', { updates: { ways: ['multipart'] } });
  const SERVICE = '/redfish/v1/UpdateService';
  lab.bmc.change(SERVICE, { Actions: { '#UpdateService.StartUpdate': { target: `${SERVICE}/Actions/Start` } } });
  const start = async () =>
    lab.firmware.startUpdate(
      lab.target,
      { image: await servedImage('BMC_2.16.0.tar'), targets: ['5d0869c4'], applyTime: null },
      lab.signal,
    );
  expect(await start()).toEqual(expect.not.objectContaining({ staged: true }));
  const offers = (SupportedValues: string[]) =>
    lab.bmc.change(SERVICE, { 'MultipartHttpPushUri@Redfish.OperationApplyTimeSupport': { SupportedValues } });
  offers(['Immediate', 'OnStartUpdateRequest']);
  expect(await start()).toEqual(expect.not.objectContaining({ staged: true }));
  offers(['OnStartUpdateRequest']);
  expect(await start()).toMatchObject({ staged: true });
});

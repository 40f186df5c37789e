import { describe, expect, test } from 'vitest';
import { controlLab, SYSTEM } from './lab-for-tests.ts';

const PXE = { target: 'pxe', mode: 'UEFI' } as const;

describe('boot once', () => {
  test('PXE, once; again sends nothing; the start uses it up', async () => {
    const { control, target, signal, writes } = await controlLab('openbmc');
    const shown = await control.bootOnce(target, PXE, signal);
    expect(shown).toMatchObject({ target: 'Pxe', enabled: 'Once', mode: 'UEFI' });
    expect(shown.allowed).toContain('Pxe');
    expect(await control.bootOnce(target, PXE, signal)).toMatchObject({ enabled: 'Once' });
    expect(writes()).toHaveLength(1);
    const { state } = await control.readPower(target, signal);
    await control.setPower(target, state === 'On' ? 'force-restart' : 'on', signal);
    await expect.poll(async () => (await control.readBoot(target, signal)).enabled).toBe('Disabled');
  });

  test('HTTP boot takes its address along, and UEFI with it', async () => {
    const { control, target, signal, writes } = await controlLab('dell');
    const httpUri = 'http://boot.example/ipxe.efi';
    const shown = await control.bootOnce(target, { target: 'uefi-http', mode: null, httpUri }, signal);
    expect(shown).toMatchObject({ target: 'UefiHttp', enabled: 'Once', mode: 'UEFI' });
    expect(writes()[0]?.json).toMatchObject({ Boot: { HttpBootUri: httpUri } });
    const wrong = control.bootOnce(target, { ...PXE, httpUri }, signal);
    await expect(wrong).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining('uefi-http') });
  });

  test('none takes it back', async () => {
    const { control, target, signal, writes } = await controlLab('dell');
    expect(await control.bootOnce(target, { target: 'none', mode: null }, signal)).toMatchObject({
      enabled: 'Disabled',
    });
    expect(writes()).toEqual([]);
    await control.bootOnce(target, PXE, signal);
    expect(await control.bootOnce(target, { target: 'none', mode: null }, signal)).toMatchObject({
      enabled: 'Disabled',
    });
    expect(writes()).toHaveLength(2);
  });

  test('what the BMC does not offer is refused with what it offers', async () => {
    const { control, target, signal, writes } = await controlLab('dell');
    const error = await control.bootOnce(target, { target: 'diags', mode: null }, signal).catch((one: unknown) => one);
    expect(error).toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/Diags or Utilities.*offers None, Pxe/),
    });
    expect(writes()).toEqual([]);
  });

  test('iDRAC 10: read-only on the system, so in its settings; learnt within the use', async () => {
    const { control, target, signal, writes } = await controlLab('dell', { boot: 'settings', etags: 'required' });
    expect(await control.bootOnce(target, PXE, signal)).toMatchObject({ target: 'Pxe', enabled: 'Once' });
    expect(writes().map(({ path }) => path)).toEqual([SYSTEM.dell, `${SYSTEM.dell}/Settings`]);
    expect(await control.readBoot(target, signal)).toMatchObject({
      target: 'Pxe',
      enabled: 'Once',
      allowed: expect.arrayContaining(['Pxe']),
    });
    expect(await control.bootOnce(target, PXE, signal)).toMatchObject({ enabled: 'Once' });
    expect(writes()).toHaveLength(2);
  });

  test('Supermicro: target, mode and Enabled in one PATCH, at once; a virtual CD is UsbCd', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('supermicro', { boot: 'whole' });
    const boot = bmc.read(SYSTEM.supermicro)?.['Boot'] as Record<string, unknown>;
    const names = 'BootSourceOverrideTarget@Redfish.AllowableValues';
    bmc.change(SYSTEM.supermicro, { Boot: { ...boot, [names]: ['None', 'Pxe', 'Cd', 'UsbCd'] } });
    expect(await control.bootOnce(target, { target: 'cd', mode: null }, signal)).toMatchObject({ target: 'UsbCd' });
    expect(writes()).toEqual([
      {
        method: 'PATCH',
        path: SYSTEM.supermicro,
        json: {
          Boot: {
            BootSourceOverrideEnabled: 'Once',
            BootSourceOverrideTarget: 'UsbCd',
            BootSourceOverrideMode: 'UEFI',
          },
        },
      },
    ]);
  });

  test('MegaRAC: a part of the object is taken without effect, so the whole of it', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('openbmc', { boot: 'full' });
    const boot = bmc.read(SYSTEM.openbmc)?.['Boot'] as Record<string, unknown>;
    bmc.change(SYSTEM.openbmc, { Boot: { ...boot, BootSourceOverrideMisc: 'x' } });
    expect(await control.bootOnce(target, PXE, signal)).toMatchObject({ target: 'Pxe', enabled: 'Once' });
    expect(writes().at(-1)?.json).toMatchObject({ Boot: { BootSourceOverrideMisc: 'x' } });
    // By its name it is known to want that.
    const ami = await controlLab('openbmc', { boot: 'full' });
    ami.bmc.change(SYSTEM.openbmc, { Manufacturer: 'GIGABYTE' });
    ami.bmc.change('/redfish/v1', { Vendor: 'AMI' });
    await ami.control.bootOnce(ami.target, PXE, ami.signal);
    expect(ami.writes()).toHaveLength(1);
  });

  test('POST is waited out; a longer one is put off, not given up', async () => {
    const short = await controlLab('hpe', { postMs: 600 }, { postMs: 100, postTries: 50 });
    short.bmc.change(SYSTEM.hpe, { PowerState: 'Off' });
    await short.control.setPower(short.target, 'on', short.signal);
    expect(await short.control.bootOnce(short.target, PXE, short.signal)).toMatchObject({
      target: 'Pxe',
      enabled: 'Once',
    });
    const long = await controlLab('hpe', { postMs: 60_000 });
    long.bmc.change(SYSTEM.hpe, { PowerState: 'Off' });
    await long.control.setPower(long.target, 'on', long.signal);
    const error = await long.control.bootOnce(long.target, PXE, long.signal).catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'throttled', retry: 'later', message: expect.stringContaining('in POST') });
  });

  test('taken, but something else is read back: says both', async () => {
    const { control, target, signal } = await controlLab('dell', { boot: 'ignored' });
    const error = await control.bootOnce(target, PXE, signal).catch((one: unknown) => one);
    expect(error).toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/once from Pxe in mode UEFI.*shows Disabled None/),
    });
  });

  test('Continuous for Once is refused, but for the emulator that knows no other word', async () => {
    const real = await controlLab('openbmc', { boot: 'continuous' });
    await expect(real.control.bootOnce(real.target, PXE, real.signal)).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('shows Continuous Pxe'),
    });
    const sushy = await controlLab('openbmc', { boot: 'continuous' });
    sushy.bmc.change('/redfish/v1', { Vendor: null, Oem: {} });
    sushy.bmc.change(SYSTEM.openbmc, { Manufacturer: 'Sushy Emulator' });
    expect(await sushy.control.bootOnce(sushy.target, PXE, sushy.signal)).toMatchObject({ enabled: 'Continuous' });
  });

  test('Lenovo wants If-Match', async () => {
    const { control, target, signal, writes } = await controlLab('dell', { etags: 'required' });
    expect(await control.bootOnce(target, PXE, signal)).toMatchObject({ enabled: 'Once' });
    expect(writes()).toHaveLength(1);
  });
});

import { describe, expect, test } from 'vitest';
import { controlLab, SYSTEM } from './lab-for-tests.ts';

const ISO = { image: 'http://images.example/rescue.iso', type: 'CD' } as const;

describe('virtual media', () => {
  test('inserts, once, and ejects', async () => {
    const { control, target, signal, writes } = await controlLab('hpe');
    expect(await control.insertMedia(target, ISO, signal)).toMatchObject({ id: '2', image: ISO.image, inserted: true });
    expect(await control.insertMedia(target, ISO, signal)).toMatchObject({ inserted: true });
    expect(writes()).toHaveLength(1);
    const ejected = await control.ejectMedia(target, signal);
    expect(ejected.map(({ id, inserted }) => [id, inserted])).toEqual([
      ['1', false],
      ['2', false],
    ]);
    await control.ejectMedia(target, signal);
    expect(writes()).toHaveLength(2);
  });

  test('a drive that holds something else is not emptied behind its back', async () => {
    const { control, target, signal } = await controlLab('hpe');
    await control.insertMedia(target, ISO, signal);
    const other = control.insertMedia(target, { ...ISO, image: 'http://images.example/other.iso' }, signal);
    await expect(other).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/rescue\.iso; eject it first/),
    });
  });

  test('the drive is chosen by its kind; none: says what there is', async () => {
    const { bmc, control, target, signal } = await controlLab('hpe');
    const usb = { image: 'http://images.example/stick.img', type: 'USBStick' } as const;
    expect(await control.insertMedia(target, usb, signal)).toMatchObject({ id: '1' });
    bmc.change('/redfish/v1/Managers/1/VirtualMedia/2', { MediaTypes: ['Floppy'] });
    await expect(control.insertMedia(target, ISO, signal)).rejects.toMatchObject({
      message: expect.stringContaining('2 (Floppy)'),
    });
  });

  test.each([
    ['image-only', 2],
    ['with-protocol', 3],
    ['patch', 4],
  ] as const)('%s: the form is found by trying', async (media, most) => {
    const { control, target, signal, writes } = await controlLab('supermicro', { media });
    expect(await control.insertMedia(target, ISO, signal)).toMatchObject({ image: ISO.image, inserted: true });
    expect(writes()).toHaveLength(most);
    expect((await control.ejectMedia(target, signal))[0]).toMatchObject({ inserted: false });
  });

  test('a refusal for the image itself ends it at once', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('dell');
    const info = [{ MessageId: 'IDRAC.2.8.VRM0012', Message: 'Unable to reach the remote share.' }];
    bmc.addFault({
      match: 'POST .*InsertMedia',
      kind: 'status',
      status: 400,
      body: { error: { '@Message.ExtendedInfo': info } },
    });
    await expect(control.insertMedia(target, ISO, signal)).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('remote share'),
    });
    expect(writes()).toHaveLength(1);
  });

  test('204 and nothing mounted is a failure', async () => {
    const { control, target, signal } = await controlLab('dell', { mediaIsSilent: true });
    await expect(control.insertMedia(target, ISO, signal)).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('nothing in it'),
    });
  });

  test('a name that stays after ejecting is no image', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('supermicro');
    const drive = '/redfish/v1/Managers/1/VirtualMedia/VirtualMedia1';
    bmc.change(drive, { Image: null, ImageName: 'old.iso', Inserted: true, ConnectedVia: 'NotConnected' });
    expect((await control.ejectMedia(target, signal))[0]).toMatchObject({ inserted: false });
    expect(writes()).toEqual([]);
  });

  test('Supermicro X10: host and path in CfgCD, then Mount', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('supermicro');
    const home = '/redfish/v1/Managers/1/VirtualMedia';
    const config = `${home}/CfgCD`;
    bmc.change(home, {
      Members: [],
      'Members@odata.count': 0,
      Oem: { Supermicro: { VirtualMediaConfig: { '@odata.id': config } } },
    });
    const act = (name: string) => ({ target: `${config}/Actions/IsoConfig.${name}` });
    bmc.change(config, {
      ...{ '@odata.id': config, '@odata.type': '#IsoConfig.v1_0_0.IsoConfig', Id: 'CfgCD', Host: '', Path: '' },
      Actions: { '#IsoConfig.Mount': act('Mount'), '#IsoConfig.UnMount': act('UnMount') },
    });
    expect(await control.insertMedia(target, ISO, signal)).toMatchObject({ image: ISO.image, inserted: true });
    expect(writes().map(({ path, json }) => [path.split('/').at(-1), json])).toEqual([
      ['CfgCD', { Host: 'http://images.example', Path: '/rescue.iso' }],
      ['IsoConfig.Mount', {}],
    ]);
    await control.ejectMedia(target, signal);
    expect(writes().at(-1)?.path).toContain('UnMount');
  });

  test('drives for the remote console alone are unsupported', async () => {
    const { bmc, control, target, signal } = await controlLab('hpe');
    for (const id of ['1', '2'])
      bmc.change(`/redfish/v1/Managers/1/VirtualMedia/${id}`, { Actions: null, Oem: null, ConnectedVia: 'Applet' });
    await expect(control.insertMedia(target, ISO, signal)).rejects.toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('2 ('),
    });
  });

  test('no virtual media at all is unsupported', async () => {
    const { bmc, control, target, signal } = await controlLab('hpe');
    bmc.change('/redfish/v1/Managers/1', { VirtualMedia: null });
    await expect(control.insertMedia(target, ISO, signal)).rejects.toMatchObject({ kind: 'unsupported' });
  });
});

describe('identify light', () => {
  test.each(['dell', 'hpe', 'supermicro', 'openbmc'] as const)('%s: on, on again, off', async (tree) => {
    const { control, target, signal, writes } = await controlLab(tree);
    expect(await control.identify(target, true, signal)).toBe(true);
    expect(await control.identify(target, true, signal)).toBe(true);
    expect(writes()).toHaveLength(1);
    expect(await control.identify(target, false, signal)).toBe(false);
  });

  test('Blinking where there is no Lit', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('hpe');
    bmc.change(SYSTEM.hpe, { 'IndicatorLED@Redfish.AllowableValues': ['Blinking', 'Off'] });
    expect(await control.identify(target, true, signal)).toBe(true);
    expect(writes()[0]?.json).toEqual({ IndicatorLED: 'Blinking' });
  });

  test('on the chassis where the system has none; nowhere: unsupported', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('openbmc');
    bmc.change(SYSTEM.openbmc, { LocationIndicatorActive: null });
    await expect(control.identify(target, true, signal)).rejects.toMatchObject({ kind: 'unsupported' });
    const links = bmc.read(SYSTEM.openbmc)?.['Links'] as { Chassis: { '@odata.id': string }[] };
    const chassis = links.Chassis[0]?.['@odata.id'] ?? '';
    bmc.change(chassis, { LocationIndicatorActive: false });
    expect(await control.identify(target, true, signal)).toBe(true);
    expect(writes()[0]?.path).toBe(chassis);
  });
});

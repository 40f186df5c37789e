import { describe, expect, test } from 'vitest';
import { asLink, asNumber, asText, Place, Status } from './decode.ts';
import { asMac } from './mac-address.ts';
import { fold, ownPath } from './own-origin.ts';
import { quirksOf } from './quirks.ts';
import { messageIds } from './refusal.ts';
import { nameSlots, type SlotSigns } from './slots.ts';

describe('values', () => {
  test.each([
    ['  x ', 'x'],
    ['', null],
    ['   ', null],
    ['null', null],
    [7, '7'],
    [null, null],
    [undefined, null],
    [{}, null],
    ['a\u0000\u0000', 'a'],
  ])('text %j is %j', (value, expected) => expect(asText(value)).toBe(expected));

  test.each([
    ['3200', 3200],
    [' 1.5 ', 1.5],
    ['N/A', null],
    ['', null],
    [Number.NaN, null],
    [[1], null],
    [0, 0],
  ])('number %j is %j', (value, expected) => expect(asNumber(value)).toBe(expected));

  test.each([
    [{ '@odata.id': '/a' }, '/a'],
    [{ href: '/a' }, '/a'],
    [[{ '@odata.id': '/a' }, { '@odata.id': '/b' }], '/a'],
    [{ '@odata.id': 7 }, null],
    ['/a', null],
    [[], null],
  ])('link %j is %j', (value, expected) => expect(asLink(value)).toBe(expected));

  test('a location may be a list, or missing', () => {
    expect(Place.parse([{ PartLocation: { ServiceLabel: 'Bay 1' } }]).PartLocation.ServiceLabel).toBe('Bay 1');
    expect(Place.parse(undefined).PartLocation.ServiceLabel).toBeNull();
    expect(Status.parse('OK')).toEqual({ State: null, Health: null });
  });

  test.each([
    ['c8:4b:d6:7a:dc:bc', 'C8:4B:D6:7A:DC:BC'],
    ['a4-bf-01-28-90-aa', 'A4:BF:01:28:90:AA'],
    ['507C6F11F2A6', '50:7C:6F:11:F2:A6'],
    ['00:00:00:00:00:00', null],
    ['FF:FF:FF:FF:FF:FF', null],
    ['88e9:a4ff:ff87:42c8', null],
    ['', null],
    [null, null],
  ])('MAC %j is %j', (value, expected) => expect(asMac(value)).toBe(expected));
});

describe('links', () => {
  test('stay on the BMC', () => {
    const origin = 'https://10.0.0.1';
    expect(ownPath('/redfish/v1/Chassis/1/Power#/PowerSupplies/0', origin, 'redfish')).toBe(
      '/redfish/v1/Chassis/1/Power',
    );
    expect(ownPath('https://10.0.0.1/redfish/v1/x?$skip=5', origin, 'redfish')).toBe('/redfish/v1/x?$skip=5');
    for (const link of [
      'https://10.0.0.2/redfish/v1',
      'http://10.0.0.1/redfish/v1',
      '/redfish/../etc/passwd',
      '/redfishy',
      '\\\\evil\\redfish',
      'javascript:1',
    ]) {
      expect(() => ownPath(link, origin, 'redfish')).toThrow('BMC');
    }
  });

  test('are the same in either case, with and without slash', () => {
    expect(fold('/redfish/v1/systems/1/')).toBe(fold('/redfish/v1/Systems/1'));
    expect(fold('/redfish/v1/x?$skip=50')).not.toBe(fold('/redfish/v1/x?$skip=100'));
  });
});

describe('slots', () => {
  const signs = (label: string | null, context: string | null, id: string | null, path: string | null): SlotSigns => ({
    label,
    context,
    id,
    path,
  });

  test('by label, and by id where the vendor names places so', () => {
    const all = [signs('DIMM A1', null, 'DIMM.Socket.A1', '/a'), signs(null, null, '2', '/b')];
    expect(nameSlots(all, 'label')).toEqual(['DIMM A1', '2']);
    expect(nameSlots(all, 'id')).toEqual(['DIMM.Socket.A1', '2']);
  });

  test('equal labels are told apart by context, id or path, whatever the order', () => {
    const all = [
      signs('GPU_0', 'Board/Module_0', 'a', '/a'),
      signs('GPU_0', 'Board/Module_1', 'b', '/b'),
      signs('Bay 1', null, '0', '/c/0'),
      signs('Bay 1', null, '1', '/c/1'),
      signs('1', null, '1', '/d/1'),
      signs('1', null, '1', '/e/1'),
    ];
    const named = nameSlots(all, 'label');
    expect(named).toEqual(['Board/Module_0/GPU_0', 'Board/Module_1/GPU_0', 'Bay 1 (0)', 'Bay 1 (1)', '/d/1', '/e/1']);
    expect(nameSlots(all.toReversed(), 'label').toReversed()).toEqual(named);
  });

  test('nothing to tell apart by: still distinct', () => {
    const same = signs(null, null, null, null);
    expect(new Set(nameSlots([same, same, same], 'label')).size).toBe(3);
  });
});

describe('quirks', () => {
  test('add up by vendor, model and version', () => {
    expect(quirksOf({ vendor: 'Dell', managerModel: '16G Monolithic', redfishVersion: '1.18.0' })).toMatchObject({
      slotNames: 'id',
      board: 'system',
      maxInFlight: null,
    });
    expect(quirksOf({ vendor: 'Dell Inc.', managerModel: '13G Monolithic', redfishVersion: '1.4.0' }).maxInFlight).toBe(
      1,
    );
    expect(quirksOf({ vendor: 'HPE', managerModel: 'iLO 5', redfishVersion: '1.6.0' })).toMatchObject({
      smartStorage: true,
      slotNames: 'label',
    });
    expect(quirksOf({ vendor: 'HPE', managerModel: 'iLO 6', redfishVersion: '1.20.0' }).smartStorage).toBe(false);
    expect(quirksOf({ vendor: 'Supermicro', managerModel: 'ASPEED', redfishVersion: '1.6.0' }).maxInFlight).toBe(1);
    expect(quirksOf({ vendor: 'Supermicro', managerModel: 'ASPEED', redfishVersion: '1.11.0' }).maxInFlight).toBeNull();
    expect(quirksOf({ vendor: null, managerModel: null, redfishVersion: null })).toMatchObject({
      slotNames: 'label',
      board: 'unknown',
    });
  });
});

test('message ids come out of any error body', () => {
  expect(messageIds('{"error":{"code":"c","@Message.ExtendedInfo":{"MessageId":"a"}}}')).toEqual(['a', 'c']);
  expect(messageIds('{"error":{"@Message.ExtendedInfo":[{"MessageId":"a"},7,{"MessageId":"b"}]}}')).toEqual(['a', 'b']);
  for (const body of ['', '<html>', '[]', '{}', '{"error":7}', 'null']) expect(messageIds(body)).toEqual([]);
});

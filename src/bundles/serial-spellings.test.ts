import { describe, expect, test } from 'vitest';
import { emptyEvidence, emptyReading, type HostEvidence, type SeenComponent } from '#src/ports/bundle-format.ts';
import type { ComponentKind } from '#src/ports/hardware-inventory.ts';
import { combine } from './combine.ts';
import { withPlainSerials } from './serial-spellings.ts';

// synthetic numbers in the manner of the vendors

function seen(kind: ComponentKind, serial: string | null, more: Partial<SeenComponent> = {}): SeenComponent {
  const nothing = { slot: null, manufacturer: null, model: null, partNumber: null, firmware: null, health: null };
  return { ...nothing, attributes: {}, readings: {}, ...more, kind, serial };
}

function plain(
  kind: ComponentKind,
  serial: string | null,
  more: Partial<SeenComponent> = {},
): SeenComponent | undefined {
  return withPlainSerials({ ...emptyReading('tools'), components: [seen(kind, serial, more)] }).components[0];
}

describe('one serial, however it is written', () => {
  test.each<[ComponentKind, string, string, string?]>([
    ['mainboard', '.2J4QXYZ.CN701634560AB1.', 'CN701634560AB1'],
    ['mainboard', '..CN701634560AB1.', 'CN701634560AB1'],
    ['mainboard', '.2J4QXYZ.CNABC0005G0123. ', 'CNABC0005G0123'],
    ['dimm', '80CE012314049469F9', '049469F9'],
    ['dimm', '802c0F19511a2b3c4d', '1a2b3c4d'],
    ['dimm', '0x9DCCE4ED', '9DCCE4ED'],
    ['dimm', '2102-2A3B4C5D', '2A3B4C5D'],
    ['drive', 'ZC10ABCD0000C812XY9Z', 'ZC10ABCD', 'ST8000NM0075'],
  ])('%s %s', (kind, serial, expected, model) => {
    expect(plain(kind, serial, { model: model ?? null })?.serial).toBe(expected);
  });

  test.each<[ComponentKind, string | null, string?]>([
    ['mainboard', 'CN701634560AB1'],
    ['mainboard', '.2J4QXYZ..'],
    ['mainboard', '.A.B.'],
    ['dimm', '049469F9'],
    // no week has the number 77
    ['dimm', '80CE012377049469F9'],
    ['dimm', '2177-2A3B4C5D'],
    ['dimm', '9223381598431146360'],
    ['drive', 'ZC10ABCD0000C812XY9Z', 'HUH721212AL5200'],
    ['drive', 'ZC10ABCD', 'ST8000NM0075'],
    ['drive', '.2J4QXYZ.CN701634560AB1.'],
    ['psu', '0x9DCCE4ED'],
    ['battery', 'FS1234567'],
    ['dimm', null],
  ])('%s %s stays', (kind, serial, model) => {
    expect(plain(kind, serial, { model: model ?? null })?.serial).toBe(serial);
  });

  test('the number of a battery pack is none', () => {
    expect(plain('battery', '5164', { attributes: { manufacturedOn: '2014/05/03' } })).toMatchObject({
      serial: null,
      attributes: { manufacturedOn: '2014/05/03', packNumber: 5164 },
    });
  });

  test('a board tells a server by either spelling', () => {
    const part = (path: string, host: Partial<HostEvidence>, components: SeenComponent[]) => ({
      path,
      rank: 1,
      files: [path],
      reading: { ...emptyReading('tools'), host: { ...emptyEvidence(), ...host }, components },
    });
    const snapshots = combine([
      part('a/dmidecode', { boardSerial: '.2J4QXYZ.CN701634560AB1.' }, [
        seen('mainboard', '.2J4QXYZ.CN701634560AB1.', { slot: 'System Board' }),
      ]),
      part('b/fru', { boardSerial: 'CN701634560AB1' }, [seen('mainboard', 'CN701634560AB1', { slot: 'mainboard' })]),
    ]);
    expect(snapshots).toHaveLength(1);
    expect(snapshots[0]?.components.map(({ serial }) => serial)).toEqual(['CN701634560AB1']);
  });
});

describe('the serial of the whole machine', () => {
  const host = { ...emptyEvidence(), productSerial: 'CZ30000ABC' };
  const read = (source: 'tools' | 'redfish' | 'person') =>
    combine([
      {
        path: 'x',
        rank: 1,
        files: ['x'],
        reading: {
          ...emptyReading(source),
          host,
          components: [
            seen('mainboard', ' cz30000abc', { slot: 'System Board' }),
            seen('dimm', '1A2B3C4D', { slot: 'PROC 1 DIMM 1' }),
          ],
        },
      },
    ])[0]?.components.map(({ serial }) => serial);

  test('on a part is none of the part; a person means what they say', () => {
    expect(read('tools')).toEqual([null, '1A2B3C4D']);
    expect(read('redfish')).toEqual([null, '1A2B3C4D']);
    expect(read('person')).toEqual([' cz30000abc', '1A2B3C4D']);
  });
});

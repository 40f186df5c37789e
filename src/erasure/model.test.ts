import { expect, test } from 'vitest';
import type { ErasableDrive } from '../ports/drive-erase.ts';
import { chooseMethods as choose } from './model.ts';

const drive = (
  slot: string,
  methods: ErasableDrive['methods'],
  serial: string | null = `S-${slot}`,
): ErasableDrive => ({
  ...{ slot, serial, methods },
  instead: methods.length === 0 ? 'boot a rescue image' : null,
});
const chooseMethods = (
  names: ReturnType<typeof named>,
  drives: ErasableDrive[],
  wanted: Parameters<typeof choose>[2],
) => choose(names, { drives, unread: [] }, wanted);
const named = (...slots: string[]) => slots.map((slot) => ({ slot, serial: `S-${slot}` }));

test('each drive by itself, unless something else is asked for', () => {
  const found = [drive('1', ['dell-system-erase', 'drive-secure-erase']), drive('2', ['drive-secure-erase'])];
  expect([...chooseMethods(named('1', '2'), found, null).values()]).toEqual([
    { method: 'drive-secure-erase' },
    { method: 'drive-secure-erase' },
  ]);
});

test('another serial, no drive there, no way to do it', () => {
  const found = [drive('1', ['drive-secure-erase'], 'OTHER'), drive('3', []), drive('4', ['hpe-secure-system-erase'])];
  const chosen = chooseMethods(named('1', '2', '3', '4'), found, null);
  expect(chosen.get('S-1')).toEqual({ why: 'the drive in 1 is OTHER, not S-1' });
  expect(chosen.get('S-2')).toEqual({ why: 'there is no drive in 2' });
  expect(chosen.get('S-3')).toEqual({ why: 'boot a rescue image' });
  expect(chosen.get('S-4')).toMatchObject({ why: expect.stringMatching(/name the method hpe-secure-system-erase/) });
});

test('what erases all drives needs all of them named', () => {
  const found = [
    drive('1', ['dell-system-erase']),
    drive('2', ['dell-system-erase']),
    drive('3', ['dell-system-erase'], null),
  ];
  expect(chooseMethods(named('1'), found, 'dell-system-erase').get('S-1')).toEqual({
    why: 'dell-system-erase would erase drives too that were not named: 2 (S-2), 3 (no serial)',
  });
  expect(chooseMethods(named('1', '2'), found.slice(0, 2), 'dell-system-erase').get('S-2')).toEqual({
    method: 'dell-system-erase',
  });
});

test('what is listed and cannot be read is unknown, not gone', () => {
  const unread = [{ path: '/redfish/v1/Drives/2', why: '500 oops' }];
  const drives = [drive('1', ['drive-secure-erase'])];
  const chosen = choose(named('1', '2'), { drives, unread }, null);
  expect(chosen.get('S-1')).toEqual({ method: 'drive-secure-erase' });
  const said = '/redfish/v1/Drives/2 is listed and cannot be read (500 oops)';
  expect(chosen.get('S-2')).toEqual({ why: `whether there is a drive in 2 is not known: ${said}` });
  expect(choose(named('1'), { drives, unread: [...unread, ...unread] }, 'dell-system-erase').get('S-1')).toEqual({
    why: `dell-system-erase erases all drives, and not all of them are known: ${said}, and 1 more`,
  });
  expect(chooseMethods(named('1'), [], null).get('S-1')).toMatchObject({
    why: expect.stringMatching(/lists no drives at all/),
  });
});

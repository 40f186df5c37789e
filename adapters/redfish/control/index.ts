import type { Kit } from '../../../src/kit/kit.ts';
import type { BmcControl } from '../../../src/ports/bmc-control.ts';
import type { Settings } from '../settings.ts';
import { bootOnce, readBoot } from './boot.ts';
import { identify } from './identify.ts';
import { withMachine } from './machine.ts';
import { ejectMedia, insertMedia } from './media.ts';
import { readPower, setPower } from './power.ts';
import { WAITS, type Waits } from './waits.ts';

/** What a BMC can be told to do with its server. `waits` is for tests. */
export function bmcControl(settings: Settings, kit: Kit, waits: Waits = WAITS): BmcControl {
  const opening = { settings, kit, waits };
  return {
    readPower: (target, signal) => withMachine(opening, target, signal, readPower),
    setPower: (target, action, signal, announce = async () => {}) =>
      withMachine(opening, target, signal, (one) => setPower(one, action, announce)),
    readBoot: (target, signal) => withMachine(opening, target, signal, readBoot),
    bootOnce: (target, boot, signal) => withMachine(opening, target, signal, (one) => bootOnce(one, boot)),
    insertMedia: (target, media, signal) => withMachine(opening, target, signal, (one) => insertMedia(one, media)),
    ejectMedia: (target, signal) => withMachine(opening, target, signal, ejectMedia),
    identify: (target, lit, signal) => withMachine(opening, target, signal, (one) => identify(one, lit)),
  };
}

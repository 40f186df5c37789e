import type { Announce } from './bmc-firmware.ts';
import type { BmcTarget } from './hardware-inventory.ts';

/** Redfish's words. Unknown is null: no answer is never "off". */
export type PowerState = 'On' | 'Off' | 'PoweringOn' | 'PoweringOff' | 'Paused';

/** `off` asks the operating system, `force-off` does not. `restart` and `force-restart` the same way; `cycle` takes the power away for a moment. */
export const POWER_ACTIONS = ['on', 'off', 'force-off', 'restart', 'force-restart', 'cycle', 'nmi'] as const;
export type PowerAction = (typeof POWER_ACTIONS)[number];

export interface PowerResult {
  /** 'already': it was so before, and nothing was asked for. 'accepted': the BMC took it; the state may follow seconds later. */
  outcome: 'already' | 'accepted';
  /** The ResetType that was sent; null where nothing was. */
  resetType: string | null;
  before: PowerState | null;
  after: PowerState | null;
}

/** Once, at the next boot. */
export const BOOT_TARGETS = ['none', 'pxe', 'uefi-http', 'hdd', 'cd', 'usb', 'bios-setup', 'diags'] as const;
export type BootTarget = (typeof BOOT_TARGETS)[number];

export interface BootState {
  /** Redfish's word as it is shown now, e.g. `Pxe`; null: not said. */
  target: string | null;
  enabled: 'Disabled' | 'Once' | 'Continuous' | null;
  mode: 'UEFI' | 'Legacy' | null;
  allowed: string[];
}

export interface MediaState {
  /** Id of the VirtualMedia resource. */
  id: string;
  image: string | null;
  inserted: boolean | null;
  mediaTypes: string[];
}

/** What a BMC can be told to do with its server. Every method succeeds when it is already so. */
export interface BmcControl {
  readPower(target: BmcTarget, signal: AbortSignal): Promise<{ state: PowerState | null; allowed: string[] }>;
  /** @throws AdapterError rejected where the BMC offers nothing that does this, naming what it offers */
  setPower(target: BmcTarget, action: PowerAction, signal: AbortSignal, announce?: Announce): Promise<PowerResult>;
  readBoot(target: BmcTarget, signal: AbortSignal): Promise<BootState>;
  /** @returns what is read back; @throws AdapterError rejected where it reads back as something else */
  bootOnce(
    target: BmcTarget,
    boot: { target: BootTarget; mode: 'UEFI' | 'Legacy' | null; httpUri?: string },
    signal: AbortSignal,
  ): Promise<BootState>;
  insertMedia(
    target: BmcTarget,
    media: { image: string; type: 'CD' | 'USBStick' },
    signal: AbortSignal,
  ): Promise<MediaState>;
  ejectMedia(target: BmcTarget, signal: AbortSignal): Promise<MediaState[]>;
  /** The identify LED. @returns what is read back; null: it does not say */
  identify(target: BmcTarget, lit: boolean, signal: AbortSignal): Promise<boolean | null>;
}

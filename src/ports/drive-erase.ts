import type { Announce } from './bmc-firmware.ts';
import type { BmcTarget } from './hardware-inventory.ts';

export type EraseMethod = 'drive-secure-erase' | 'dell-system-erase' | 'dell-decommission' | 'hpe-secure-system-erase';

export interface ErasableDrive {
  /** As the hub names the slot of a drive. */
  slot: string;
  serial: string | null;
  methods: EraseMethod[];
  /** Where there is none: the in-band way, in words for a person. */
  instead: string | null;
}

/** All that can be told of a server's drives. */
export interface ErasableDrives {
  drives: ErasableDrive[];
  /** Drives, or lists of them, that the BMC names and that could not be read: unknown, and never gone. */
  unread: { path: string; why: string }[];
}

export interface EraseHandle {
  method: EraseMethod;
  slot: string | null;
  task: string | null;
  startedAt: string;
}

/** 'unknown' is never success: a job that is gone proves nothing. */
export interface EraseProgress {
  state: 'waiting' | 'running' | 'done' | 'failed' | 'unknown';
  percent: number | null;
  said: string;
  /** It begins only after this, and nobody else sees to it. */
  needs: 'host-reset' | null;
  /** What the BMC shows that proves it: paths and values as they were read. */
  evidence: Record<string, string>;
}

export interface DriveErase {
  listErasable(target: BmcTarget, signal: AbortSignal): Promise<ErasableDrives>;
  /** The serial must be that of the drive in the slot now, or nothing is asked for. */
  startErase(
    target: BmcTarget,
    drive: { slot: string; serial: string; method: EraseMethod },
    signal: AbortSignal,
    announce?: Announce,
  ): Promise<EraseHandle>;
  followErase(target: BmcTarget, handle: EraseHandle, signal: AbortSignal): Promise<EraseProgress>;
}

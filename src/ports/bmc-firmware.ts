import type { BmcTarget } from './hardware-inventory.ts';

export interface FirmwareImage {
  /** Where the BMC (or this process, for a push) can fetch it. */
  uri: string;
  /** Hex, of the whole file; checked before a push. */
  sha256: string;
  sizeBytes: number;
}

/** What an update was handed on as; kept by the hub before anything else happens. JSON. */
export interface UpdateHandle {
  method: 'simple-update' | 'multipart' | 'push';
  /** Task, monitor or job; null: the BMC took it and named nothing, so that only the version read back tells. */
  task: string | null;
  job: string | null;
  startedAt: string;
}

/** 'unknown': the task is gone or says nothing that we know: judge by the version read back. */
export interface UpdateProgress {
  state: 'waiting' | 'running' | 'done' | 'failed' | 'unknown';
  percent: number | null;
  /** The BMC's own words. */
  said: string;
  /** It takes effect only after one of these. */
  needs: 'host-reset' | 'bmc-reset' | null;
}

export interface InstalledFirmware {
  /** Id in the firmware inventory: what an update names as its target. */
  id: string;
  name: string;
  version: string | null;
  updateable: boolean | null;
  /** A stored older one that the BMC can go back to; null: none is known. */
  previous: string | null;
}

/**
 * Called once, right before the one request that starts something; what it throws stops that. What was not announced was certainly not
 * asked for, which a caller that died meanwhile has no other way to know.
 */
export type Announce = () => Promise<void>;

export interface BmcFirmware {
  readFirmware(target: BmcTarget, signal: AbortSignal): Promise<InstalledFirmware[]>;
  /** Never sends twice by itself: a lost answer is an AdapterError `unreachable`, and the caller finds out by `findRunning` and the versions. */
  startUpdate(
    target: BmcTarget,
    update: { image: FirmwareImage; targets: readonly string[]; applyTime: 'Immediate' | 'OnReset' | null },
    signal: AbortSignal,
    announce?: Announce,
  ): Promise<UpdateHandle>;
  followUpdate(target: BmcTarget, handle: UpdateHandle, signal: AbortSignal): Promise<UpdateProgress>;
  /** Updates that the BMC is busy with now, by whomever. */
  findRunning(target: BmcTarget, signal: AbortSignal): Promise<UpdateHandle[]>;
  /** Goes back to the stored older one. @throws AdapterError unsupported where the vendor has no such thing, saying what does instead */
  rollBack(target: BmcTarget, id: string, signal: AbortSignal, announce?: Announce): Promise<UpdateHandle>;
  resetBmc(target: BmcTarget, signal: AbortSignal, announce?: Announce): Promise<void>;
}

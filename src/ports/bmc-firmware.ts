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
  /** 'repository': taken in by the BMC, which queues what is told to start (HPE). */
  method: 'simple-update' | 'multipart' | 'push' | 'repository';
  /** Task, monitor or job; null: the BMC took it and named nothing, so that only the version read back tells. */
  task: string | null;
  job: string | null;
  startedAt: string;
  /** The BMC only takes the image in and checks it so far; once it needs its start, it has to be told. */
  staged?: true;
  /**
   * Where the vendor queues images by their files (HPE): this one's, and which links were in the queue before it. `name`: what the hub has
   * called its own place in the queue, once it has asked for one. `added`: the BMC was told to keep this image, and had none of that name before.
   */
  queued?: { file: string; before: string[]; name?: string; added?: true };
}

/** 'gone': its place is empty, and nothing is being written. 'begun': it was not taken out, since it is being installed or has ended; `said`: how. */
export interface Withdrawal {
  is: 'withdrawn' | 'gone' | 'begun';
  said: string;
}

/** 'unknown': the task is gone or says nothing that we know: judge by the version read back. */
export interface UpdateProgress {
  state: 'waiting' | 'running' | 'done' | 'failed' | 'unknown';
  percent: number | null;
  /** The BMC's own words. */
  said: string;
  /** It takes effect only after one of these; 'start': it is not even begun before `startStaged`. */
  needs: 'host-reset' | 'bmc-reset' | 'start' | null;
}

export interface InstalledFirmware {
  /** Id in the firmware inventory: what an update names as its target. */
  id: string;
  name: string;
  version: string | null;
  updateable: boolean | null;
  /** Not updateable by the BMC itself, which takes images in for what can install them (HPE: UEFI, an agent in the operating system). */
  queueable?: true;
  /** A stored older one that the BMC can go back to; null: none is known. */
  previous: string | null;
}

/**
 * Called once, right before the one request that starts something; what it throws stops that. What was not announced was certainly not
 * asked for, which a caller that died meanwhile has no other way to know. `as`: by what it can be found where nobody hears the answer; to be
 * kept with the announcement.
 */
export type Announce = (as?: UpdateHandle) => Promise<void>;

/** What is staged, and shall be begun. */
export interface StagedStart {
  image: FirmwareImage;
  targets: readonly string[];
  handle: UpdateHandle;
  /** The same for every try of one start and of no other; at most 50 letters, digits and hyphens. */
  key: string;
}

export interface BmcFirmware {
  readFirmware(target: BmcTarget, signal: AbortSignal): Promise<InstalledFirmware[]>;
  /** Never sends twice by itself: a lost answer is an AdapterError `unreachable`, and the caller finds out by `findRunning` and the versions. */
  startUpdate(
    target: BmcTarget,
    update: { image: FirmwareImage; targets: readonly string[]; applyTime: 'Immediate' | 'OnReset' | null },
    signal: AbortSignal,
    announce?: Announce,
  ): Promise<UpdateHandle>;
  /**
   * Begins what is staged and was checked, and says where that is followed. Never sends twice by itself; where what an earlier try of the same
   * key has made can be seen, that is it.
   */
  startStaged(target: BmcTarget, start: StagedStart, signal: AbortSignal, announce?: Announce): Promise<UpdateHandle>;
  followUpdate(target: BmcTarget, handle: UpdateHandle, signal: AbortSignal): Promise<UpdateProgress>;
  /** Updates that the BMC is busy with now, by whomever. */
  findRunning(target: BmcTarget, signal: AbortSignal): Promise<UpdateHandle[]>;
  /**
   * Takes the hub's own place out of the vendor's queue, so that nothing is installed later that nobody waits for, and nothing keeps others
   * waiting. Must not fail where there is none. @throws AdapterError rejected where it is being installed
   */
  retire(target: BmcTarget, handle: UpdateHandle, signal: AbortSignal): Promise<void>;
  /**
   * As `retire`, and only while nothing of it was begun: what has ended stays too, for whoever follows it. May be repeated.
   * @throws AdapterError throttled while the BMC is writing something, so that nobody can say what
   */
  withdraw(target: BmcTarget, handle: UpdateHandle, signal: AbortSignal): Promise<Withdrawal>;
  /**
   * Deletes the image that the hub has had the BMC keep, and none that was there before. Must not fail where there is none.
   * @throws AdapterError rejected where somebody else needs it by now
   */
  discard(target: BmcTarget, kept: { handle: UpdateHandle; image: FirmwareImage }, signal: AbortSignal): Promise<void>;
  /** Goes back to the stored older one. @throws AdapterError unsupported where the vendor has no such thing, saying what does instead */
  rollBack(target: BmcTarget, id: string, signal: AbortSignal, announce?: Announce): Promise<UpdateHandle>;
  resetBmc(target: BmcTarget, signal: AbortSignal, announce?: Announce): Promise<void>;
}

import type { BmcTarget } from './hardware-inventory.ts';

export interface EventWish {
  /** Where the BMC is to send its events: the hub's door. */
  destination: string;
  /** The server, in the hub's words; comes back with each event. */
  subject: string;
}

export interface SubscriptionReport {
  /** 'kept': it was there as wanted. 'unsupported': this BMC tells nobody anything; `why` says it. */
  state: 'kept' | 'made' | 'unsupported';
  /** Where it stands at the BMC. */
  path: string | null;
  /** Own ones that were of no use: doubles, disabled by the BMC, made with another secret. */
  removed: number;
  why: string | null;
  requests: number;
}

export interface StreamWish {
  /** Where the BMC is now and how to log in there; asked before each connection. Null: nobody wants to hear of it any more. */
  target(): Promise<BmcTarget | null>;
  /** Something happened, once or more often: never called twice at the same time, and not more often than every two seconds. */
  heard(): Promise<void>;
}

/** 'taken': another one listens there for the whole hub. 'unsupported': this BMC offers no stream, or refuses it. 'unwanted': see `target`. */
export type StreamReport =
  | { state: 'open'; ended: Promise<StreamEnd> }
  | { state: 'taken' | 'unwanted' }
  | { state: 'unsupported'; why: string };

/** Over for good; a connection that breaks is made again. `why` is for the log. */
export interface StreamEnd {
  state: 'stopped' | 'taken' | 'unwanted' | 'unsupported' | 'failed';
  why: string;
}

/** That a BMC tells the hub when something happens. What it tells is a hint to look, no more: events get lost, and a BMC forgets its subscriptions. */
export interface BmcEvents {
  /**
   * Exactly one subscription of the hub; may be called as often as one likes.
   * @throws AdapterError where it cannot be known or made; nothing of others is ever removed
   */
  ensureSubscription(target: BmcTarget, wish: EventWish, signal: AbortSignal): Promise<SubscriptionReport>;
  /** Takes the hub's own subscriptions for this server back; none is well as well. @returns how many there were. @throws AdapterError */
  removeSubscriptions(target: BmcTarget, wish: EventWish, signal: AbortSignal): Promise<number>;
  /**
   * Listens to what a BMC sends over a connection that the hub opens and keeps: no way from the BMC to the hub is needed. Returns once it is
   * open; goes on until the signal. One per BMC over all processes. `ended` never rejects.
   * @throws AdapterError where it cannot be known whether it would work
   */
  openStream(wish: StreamWish, signal: AbortSignal): Promise<StreamReport>;
}

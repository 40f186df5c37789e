import type { Hop } from './store.ts';

/** Something of it was sent, and it has not ended. */
export function isUnderWay({ state, announcedAt }: Pick<Hop, 'state' | 'announcedAt'>): boolean {
  return state === 'following' || state === 'going-back' || (state === 'starting' && announcedAt !== null);
}

/** It stands in a queue of its BMC's, or waits to be put there: nothing may have been begun yet. */
export function canWithdraw({ state, handle }: Pick<Hop, 'state' | 'handle'>): boolean {
  return state === 'following' && (handle?.method === 'repository' || handle?.queued?.name !== undefined);
}

/** Its image is with the BMC, and nothing was asked for that would install it. */
export function isOnlyStored({ handle }: Pick<Hop, 'handle'>): boolean {
  return handle?.staged === true && handle.startAnnouncedAt === undefined;
}

/** For people. */
export function stepText({ name, from, to }: Pick<Hop, 'name' | 'from' | 'to'>): string {
  return `${name} ${from ?? '?'} → ${to}`;
}

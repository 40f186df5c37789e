import type { TicketRecord } from '../ports/tickets.ts';
import type { TicketMove, TicketState } from './model.ts';

/** Their categories, by our states. */
export const CATEGORY_OF = {
  OPEN: 'new',
  IN_PROGRESS: 'indeterminate',
  DONE: 'done',
  WONT_FIX: 'done',
} as const satisfies Record<TicketState, string>;

/** Resolutions that mean that nothing was repaired. */
const REFUSED = /won.?t|declin|duplicate|cannot|can.?t|not a bug|invalid|reject|cancel/i;

export interface OursThen {
  state: TicketState;
  /** When it came into that state, ISO 8601. */
  stateAt: string | null;
  openedAt: string;
  /** Their category when it was read last; null: not yet, it was new. */
  outsideCategory: string | null;
  /** When it was read last. */
  syncedAt: string | null;
  /** A move of ours that has not been made there yet. */
  pending: boolean;
}

/**
 * Who is right where both sides differ. Only they moved: they. Only we: we. Both: the later one, by when we moved and when theirs was last
 * changed; at the same moment they, where people work. What they do not say in one of three categories says nothing.
 */
export function judgeOutside(
  ours: OursThen,
  theirs: Pick<TicketRecord, 'statusCategory' | 'resolution' | 'updatedAt'>,
): { winner: 'nobody' | 'ours' } | { winner: 'theirs'; to: TicketState } {
  const to = stateOf(theirs);
  if (to === undefined || CATEGORY_OF[ours.state] === theirs.statusCategory) return { winner: 'nobody' };
  const theyMoved = theirs.statusCategory !== (ours.outsideCategory ?? 'new');
  if (!theyMoved) return { winner: 'ours' };
  const weMoved = ours.pending || (ours.stateAt ?? ours.openedAt) > (ours.syncedAt ?? ours.openedAt);
  if (!weMoved || ours.stateAt === null || theirs.updatedAt === null) return { winner: 'theirs', to };
  return Date.parse(ours.stateAt) > Date.parse(theirs.updatedAt) ? { winner: 'ours' } : { winner: 'theirs', to };
}

function stateOf({
  statusCategory,
  resolution,
}: Pick<TicketRecord, 'statusCategory' | 'resolution'>): TicketState | undefined {
  if (statusCategory === 'new') return 'OPEN';
  if (statusCategory === 'indeterminate') return 'IN_PROGRESS';
  if (statusCategory !== 'done') return undefined;
  return resolution !== null && REFUSED.test(resolution) ? 'WONT_FIX' : 'DONE';
}

/** The moves that lead there. */
export function wayTo(from: TicketState, to: TicketState): TicketMove[] {
  if (from === to) return [];
  const isClosed = from === 'DONE' || from === 'WONT_FIX';
  const opened: TicketMove[] = isClosed ? ['reopen'] : [];
  if (to === 'OPEN') return isClosed ? opened : ['put_back'];
  if (to === 'IN_PROGRESS') return [...opened, 'start'];
  return [...opened, to === 'DONE' ? 'finish' : 'refuse'];
}

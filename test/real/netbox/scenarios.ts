import { followsThreeWriters, lateRowsComeOnce } from './late-changes.ts';
import { expiredLogResets, restoredLogResets } from './lost-change-log.ts';
import { movedRackIsSeenInPages } from './moved-rack.ts';
import type { ScenarioLab } from './scenario-lab.ts';
import { oneStaleOfFifty, oneTurnsStaleMeanwhile } from './stale-bulk.ts';
import { twoAllocateAtOnce } from './two-allocate.ts';

/** What only a real NetBox does: transactions side by side, and what it changes without saying so. */
export const SCENARIOS: readonly { name: string; act(lab: ScenarioLab): Promise<void> }[] = [
  { name: 'rows that become visible late come once', act: lateRowsComeOnce },
  { name: 'the change log followed while three write', act: followsThreeWriters },
  { name: 'a moved rack takes its devices along, unsaid', act: movedRackIsSeenInPages },
  { name: 'one stale of fifty', act: oneStaleOfFifty },
  { name: 'one that turns stale while the bulk is written', act: oneTurnsStaleMeanwhile },
  { name: 'a restored change log', act: restoredLogResets },
  { name: 'an expired change log', act: expiredLogResets },
  { name: 'two allocate from one prefix at once', act: twoAllocateAtOnce },
];

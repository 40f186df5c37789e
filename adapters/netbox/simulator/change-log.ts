import type { ChangeLogRow, Database } from './database.ts';

export interface ChangeLogControl {
  /** When a row that is written now is seen by readers. */
  visibleFrom(row: ChangeLogRow, bulk: boolean): number;
  /** Rows from now on (those that fit) are written and not seen, as those of a transaction that has not ended. */
  hold(which: (row: ChangeLogRow) => boolean): void;
  /** Ends holding; what was held is seen from now on: with lower ids and earlier times than rows that were seen already. */
  release(): void;
  /** What NetBox's nightly housekeeping throws away. */
  expire(before: Date): void;
}

/** `delayMs`: how long a bulk write's rows stay unseen, though their ids and times are taken. */
export function createChangeLogControl(database: Database, clock: () => number, delayMs: number): ChangeLogControl {
  let held: ((row: ChangeLogRow) => boolean) | undefined;
  return {
    visibleFrom(row, bulk) {
      if (held?.(row)) return Infinity;
      return bulk ? clock() + delayMs : clock();
    },
    hold: (which) => void (held = which),
    release() {
      held = undefined;
      for (const row of database.changeLog) if (row.visibleFrom === Infinity) row.visibleFrom = clock();
    },
    expire(before) {
      const limit = before.toISOString();
      const left = database.changeLog.filter((row) => row.time >= limit);
      database.changeLog.splice(0, Infinity, ...left);
    },
  };
}

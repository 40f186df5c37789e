import type { TxCtx } from '../../core/ctx.ts';
import type { CaseInput } from '../model.ts';
import { type ColumnMapping, readRow } from '../table-rows.ts';
import { importCases } from './import-cases.ts';

/** As many as are taken in one transaction. */
export const LINES_AT_MOST = 1_000;

export interface LineResult {
  /** From 1; the header of a CSV is none. */
  line: number;
  did: 'created' | 'updated' | 'unchanged' | 'refused';
  id: string | null;
  field: string | null;
  /** Why it was refused. */
  reason: string | null;
  /** How many things it is about. */
  links: number;
}

/** Lines of a table as cases; one that is no case is refused by itself. `firstLine`: of a table that comes in several parts. */
export async function importTable(
  tx: TxCtx,
  table: { system: string; columns: ColumnMapping; lines: readonly unknown[]; firstLine?: number },
): Promise<LineResult[]> {
  const { system, columns, lines, firstLine = 1 } = table;
  const read = lines.map((line) => readRow(line, columns, tx.now()));
  const cases: CaseInput[] = read.flatMap((row) => (row.ok ? [row.case] : []));
  const imported = (await importCases(tx, { source: system, cases })).values();
  return read.map((row, index): LineResult => {
    const line = firstLine + index;
    if (!row.ok) return { line, did: 'refused', id: null, field: row.field, reason: row.message, links: 0 };
    const done = imported.next().value;
    return {
      ...{ line, did: done?.did ?? 'unchanged', id: done?.id ?? null, field: null, reason: null },
      links: done?.links.length ?? 0,
    };
  });
}

export function countsOf(results: readonly LineResult[]): Record<LineResult['did'], number> {
  const counts = { created: 0, updated: 0, unchanged: 0, refused: 0 };
  for (const { did } of results) counts[did] += 1;
  return counts;
}

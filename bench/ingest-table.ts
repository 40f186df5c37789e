import type { Goal } from './bench.ts';

/** One line of what was found. */
export interface Found {
  what: string;
  figure: string;
  baseline?: string;
  ratio?: string;
  goal?: Goal;
}

export function isMet({ value, relation, target }: Goal): boolean {
  return relation === '>=' ? value >= target : value <= target;
}

export function tableOf(found: readonly Found[]): string[] {
  const rows = [
    ['what', 'figure', 'baseline', 'ratio', 'goal', ''],
    ...found.map(({ what, figure, baseline = '', ratio = '', goal }) => [
      what,
      figure,
      baseline,
      ratio,
      goal ? `${goal.relation} ${goal.target} ${goal.unit}` : '',
      goal ? verdict(goal) : '',
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function verdict(goal: Goal): string {
  return isMet(goal) ? 'ok' : 'short';
}

export function share(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

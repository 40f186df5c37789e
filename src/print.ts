export type Format = 'table' | 'json';

/** Rows for people or for programs, to standard output. */
export function print(format: Format, rows: readonly object[], empty: string): void {
  if (format === 'json') return void process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
  if (rows.length === 0) return void process.stdout.write(empty === '' ? '' : `${empty}\n`);
  process.stdout.write(`${tableOf(rows).join('\n')}\n`);
}

function tableOf(rows: readonly object[]): string[] {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = [
    columns,
    ...rows.map((row) => columns.map((column) => cell((row as Record<string, unknown>)[column]))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index]?.length ?? 0)));
  return cells.map((line) =>
    line
      .map((text, index) => text.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value === true) return 'ok';
  if (value === false) return 'NO';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

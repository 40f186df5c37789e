/** What strangers wrote must not steer the terminal. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}

/** A table for a terminal. Columns in which nothing stands (`-`) are left out. */
export function tableOf(head: readonly string[], rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  const columns = head.map((_, column) => column).filter((column) => rows.some((row) => (row[column] ?? '-') !== '-'));
  const all = [head, ...rows].map((row) => columns.map((column) => plain(row[column] ?? '-')));
  const widths = columns.map(() => 0);
  for (const row of all)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return [
    '',
    ...all.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd()),
  ];
}

/** Names and what is said of them, a line each; what is not said is left out. */
export function factsOf(facts: readonly (readonly [string, string | null])[]): string[] {
  const said = facts.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  let width = 0;
  for (const [name] of said) width = Math.max(width, name.length);
  return said.map(([name, value]) => `  ${plain(name).padEnd(width)}  ${plain(value)}`);
}

/** Both as people say it and to the byte. Memory counts in powers of two, everything else of the trade in powers of ten. */
export function sizeOf(bytes: number, isMemory: boolean): string {
  const step = isMemory ? 1024 : 1000;
  const units = isMemory ? ['KiB', 'MiB', 'GiB', 'TiB'] : ['kB', 'MB', 'GB', 'TB', 'PB'];
  let [value, unit] = [bytes, 'B'];
  for (const next of units) if (value >= step) [value, unit] = [value / step, next];
  return unit === 'B' ? `${bytes} B` : `${Number(value.toFixed(2))} ${unit} (${bytes})`;
}

import type { Database, Row } from './database.ts';

/** A filter of the real one that is given a value it cannot take. */
export class BadFilter extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** A value that names no object and no choice. Of such filters alone a blank value is refused, too. */
export class NoChoice extends BadFilter {}

export interface Filter {
  /** Ids that can pass at most, ascending: where an index knows them. */
  among?: readonly number[];
  /** All of `among` pass. */
  exact?: boolean;
  passes(row: Row): boolean;
}

/** Undefined: there is no such filter. @throws BadFilter, Crash */
export type MakeFilter = (
  database: Database,
  values: readonly string[],
  key: string,
  version: string,
) => Filter | undefined;

export function noChoice(value: string): string {
  return `Select a valid choice. ${value} is not one of the available choices.`;
}

export function wholeNumber(key: string, value: string): number {
  if (!/^-?\d+$/.test(value.trim())) throw new BadFilter(key, 'Enter a whole number.');
  return Number(value);
}

/** As stored, so that texts compare: `2026-11-21T10:00:00.123456Z`. Undefined for what is no time. */
export function storedTime(value: string): string | undefined {
  // A plus sign that nobody escaped arrives as a blank, and is refused.
  const text = value.trim();
  const fits = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.(\d{1,6}))?)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  if (!fits) return undefined;
  const zoned = fits[1] === undefined || fits[5] !== undefined ? text : `${text}Z`;
  const milliseconds = Date.parse(zoned.replace(' ', 'T'));
  if (Number.isNaN(milliseconds)) return undefined;
  const micros = (fits[4] ?? '').padEnd(6, '0').slice(3);
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${micros}Z`;
}

/** Ids in one ascending list without doubles. */
export function union(lists: readonly (readonly number[])[]): readonly number[] {
  if (lists.length === 1 && lists[0]) return lists[0];
  return [...new Set(lists.flat())].toSorted((a, b) => a - b);
}

import type { Value } from './mapping.ts';

export type Scalar = string | number | boolean;

/** Why a value could not be read. */
export interface Unread {
  fault: string;
}

/** A value on its way through the transforms; `undefined` is unknown. */
export type Raw = Scalar | null | undefined | readonly Scalar[] | Unread;

export function isList(raw: Raw): raw is readonly Scalar[] {
  return Array.isArray(raw);
}

export function isUnread(raw: Raw): raw is Unread {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

/** What stands in foreign data, as far as it is plain: items of a list that are null say nothing. */
export function rawOf(data: unknown): Raw {
  if (Array.isArray(data)) return listOf(data);
  if (data === null || data === undefined) return data;
  if (isScalar(data)) return data;
  if (typeof data === 'object') return { fault: 'is an object: the path has to name one of the values in it' };
  return { fault: `is a ${typeof data} and no plain value` };
}

function listOf(data: readonly unknown[]): Raw {
  const list: Scalar[] = [];
  for (const item of data) {
    if (item === null) continue;
    if (!isScalar(item)) return { fault: 'is a list of objects: the path has to name one of the values in them' };
    list.push(item);
  }
  return list;
}

function isScalar(data: unknown): data is Scalar {
  return typeof data === 'string' || typeof data === 'boolean' || Number.isFinite(data);
}

/** Text of white space only is empty, which is null: so that a value that goes blank is seen as such, whatever their API writes for it. */
export function valueOf(raw: Scalar | null | undefined | readonly Scalar[]): Value | undefined {
  if (typeof raw === 'string') return isBlank(raw) ? null : raw;
  if (!Array.isArray(raw)) return raw as Scalar | null | undefined;
  return raw.map(String).filter((item) => !isBlank(item));
}

export function isBlank(value: Scalar): boolean {
  return typeof value === 'string' && value.trim() === '';
}

/** A foreign value inside a sentence. */
export function quoted(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

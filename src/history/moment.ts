import { toIso, toSql } from '../core/time.ts';
import type { Moment } from './derive/look.ts';

/** ISO 8601 or what the database gives → 26 characters, so that moments compare as text. */
export function toMoment(time: string | Date): Moment {
  const sql = toSql(time);
  const [whole = '', fraction = ''] = sql.split('.');
  return `${whole}.${fraction.padEnd(6, '0')}`;
}

export function fromMoment(moment: Moment): string {
  return toIso(moment);
}

export function fromMomentOrNull(moment: Moment | null): string | null {
  return moment === null ? null : toIso(moment);
}

/** The smallest moment after this one that the database can tell apart. */
export function justAfter(moment: Moment): Moment {
  const micros = Number(moment.slice(20)) + 1;
  if (micros < 1_000_000) return `${moment.slice(0, 20)}${String(micros).padStart(6, '0')}`;
  return toMoment(new Date(Date.parse(`${moment.slice(0, 19).replace(' ', 'T')}Z`) + 1000));
}

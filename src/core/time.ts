/** `2026-11-21T06:00:00.123Z` or a Date → `2026-11-21 06:00:00.123` (UTC), as `datetime(6)` columns take it; microseconds survive. */
export function toSql(time: Date | string): string {
  const iso = typeof time === 'string' ? time : time.toISOString();
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,6})?\d*(Z|[+-]\d\d:?\d\d)?$/.exec(iso);
  if (!match) throw new RangeError(`not a time: ${iso}`);
  const [, day, clock, fraction = '', zone = 'Z'] = match;
  if (zone === 'Z') return `${day} ${clock}${fraction}`;
  return `${new Date(`${day}T${clock}${zone}`).toISOString().slice(0, 19).replace('T', ' ')}${fraction}`;
}

/** A `datetime(6)` as the driver gives it (`dateStrings`) → ISO 8601 in UTC, with microseconds only where there are any. */
export function toIso(sql: string): string {
  const [day, clock = '00:00:00'] = sql.split(' ');
  const [seconds, fraction = ''] = clock.split('.');
  const micros = fraction.padEnd(6, '0');
  return `${day}T${seconds}.${micros.endsWith('000') ? micros.slice(0, 3) : micros}Z`;
}

export function toIsoOrNull(sql: string | null): string | null {
  return sql === null ? null : toIso(sql);
}

/** Jira's time (`2026-11-21T06:00:00.000+0100`, an offset without a colon) as ISO 8601 in UTC; null for what is none. */
export function toTime(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const time = new Date(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

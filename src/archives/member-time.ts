const FIRST = Date.UTC(1980, 0, 2);
const LAST = Date.UTC(2100, 0, 1);

/** Reproducible archives say 1970 or 1980, which is to say nothing. */
export function memberTime(time: Date): string | null {
  return time.getTime() > FIRST && time.getTime() < LAST ? time.toISOString() : null;
}

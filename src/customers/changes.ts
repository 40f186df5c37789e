/** The fields that are said and differ: `undefined` leaves, `null` clears. */
export function changesOf<T extends object>(known: T, wanted: Partial<T>): Partial<T> {
  return Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => value !== undefined && known[field as keyof T] !== value),
  ) as Partial<T>;
}

/** As an event tells them. */
export function toldChanges<T extends object>(
  known: T,
  changes: Partial<T>,
): { field: string; from: string | null; to: string | null }[] {
  const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));
  return Object.entries(changes).map(([field, to]) => ({ field, from: text(known[field as keyof T]), to: text(to) }));
}

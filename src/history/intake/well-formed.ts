/** Half signs, as JSON may name them and cuts may leave them, are no text for the database: they become U+FFFD, at every depth. */
export function wellFormed<T>(value: T): T {
  return isSound(value) ? value : (mended(value) as T);
}

/** Nearly everything is; copying it would cost more than reading it did. */
function isSound(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (value === null || typeof value !== 'object') return true;
  if (Array.isArray(value)) return value.every(isSound);
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isSound(inner));
}

function mended(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(mended);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), mended(inner)]));
}

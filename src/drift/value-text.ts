import type { Value } from '../mapping/mapping.ts';

/** Null is unknown; the text `null` is known to be empty. */
export function valueText(value: Value | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

import type { Value } from '../mapping/mapping.ts';

/** SQL NULL is unknown; `null` is known to be empty. */
export function valueText(value: Value | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

export function fromValueText(text: unknown): Value | undefined {
  return text === null || text === undefined ? undefined : (JSON.parse(String(text)) as Value);
}

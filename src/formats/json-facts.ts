import type { SeenComponent } from '../ports/bundle-format.ts';
import type { ComponentKind } from '../ports/hardware-inventory.ts';

/** The value where it is a JSON object; else an empty one, so that a path through foreign JSON can be walked without asking at each step. */
export function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Trimmed; null where it is empty or neither text nor a number. */
export function asText(value: unknown): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  if (typeof value !== 'string') return null;
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}

/** A number, or a decimal number as text, with `,` or `_` between digits where the tool groups them. */
export function asNumber(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string') return null;
  const digits = value.trim().replace(/[,_]/g, '');
  // Number() alone also takes '', '0x10' and 'Infinity'
  if (!/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/.test(digits)) return null;
  const number = Number(digits);
  return Number.isFinite(number) ? number : null;
}

/** A whole number that a JavaScript number holds exactly; null for all else. */
export function asInt(value: unknown): number | null {
  const number = asNumber(value);
  return number !== null && Number.isSafeInteger(number) ? number : null;
}

/** A component of which only the given is known. */
export function seen(kind: ComponentKind, part: Partial<SeenComponent>): SeenComponent {
  return {
    slot: null,
    manufacturer: null,
    model: null,
    partNumber: null,
    serial: null,
    firmware: null,
    health: null,
    attributes: {},
    readings: {},
    ...part,
    kind,
  };
}

import { z } from 'zod';

export const Priority = z.enum(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']).meta({ id: 'Priority' });
export type Priority = z.infer<typeof Priority>;

export const SymptomType = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{1,59}$/, 'capital letters, digits and underscores, e.g. SMART_FAIL');

export const RuleId = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower case, digits and hyphens')
  .max(80);

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `10m`, `24h`, `7d` → milliseconds. */
export const Duration = z
  .string()
  .regex(/^\d{1,5}[smhd]$/, 'a number with its unit: 90s, 10m, 24h or 7d')
  .transform((text) => Number(text.slice(0, -1)) * UNIT_MS[text.slice(-1) as keyof typeof UNIT_MS])
  .refine((ms) => ms > 0 && ms <= 366 * UNIT_MS.d, 'more than 0 and at most a year');

export function durationText(ms: number): string {
  for (const [unit, one] of Object.entries(UNIT_MS).toReversed()) if (ms % one === 0) return `${ms / one}${unit}`;
  return `${ms}ms`;
}

/** One, or a list of which any will do. */
export function oneOrMore<S extends z.ZodType>(item: S) {
  return z.union([item, z.array(item).min(1)]);
}

export function listOf<T>(said: T | readonly T[] | undefined): readonly T[] | undefined {
  if (said === undefined) return undefined;
  return Array.isArray(said) ? (said as readonly T[]) : [said as T];
}

/** `*` stands for anything, whatever the case. Left to right and never back: linear in the text, whatever the pattern. */
export function compileGlob(glob: string): (text: string) => boolean {
  const pieces = glob.toLowerCase().split('*');
  const [first = '', ...rest] = pieces;
  const last = rest.pop();
  return (text) => {
    const lower = text.toLowerCase();
    if (last === undefined) return lower === first;
    if (!lower.startsWith(first)) return false;
    let at = first.length;
    for (const piece of rest) {
      const found = lower.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return lower.length - last.length >= at && lower.endsWith(last);
  };
}

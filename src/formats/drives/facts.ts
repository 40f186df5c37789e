import { asInt } from '../json-facts.ts';

type Fact = string | number | boolean;

/** What was said; what is null is left out, and so are numbers that cannot be: nothing here but a temperature goes below zero. */
export function factsOf(pairs: Record<string, Fact | null>): Record<string, Fact> {
  const facts: Record<string, Fact> = {};
  for (const [name, value] of Object.entries(pairs)) if (value !== null && canBe(name, value)) facts[name] = value;
  return facts;
}

function canBe(name: string, value: Fact): boolean {
  if (typeof value !== 'number') return true;
  return name === 'temperatureCelsius' ? value > -100 && value < 1000 : value >= 0 && Number.isFinite(value);
}

/** A size or a count of bytes that can be true of a drive: above zero, and exact. */
export function realSize(bytes: number | null): number | null {
  return bytes !== null && bytes > 0 && Number.isSafeInteger(bytes) ? bytes : null;
}

/** A PCI id as `0x144d`, from the number that JSON has or the hex text that tools print. Null for none. */
export function hexId(value: unknown): string | null {
  const number = typeof value === 'string' && /^\s*0x[0-9a-f]{1,4}\s*$/i.test(value) ? Number(value) : asInt(value);
  return number === null || number <= 0 || number > 0xff_ff ? null : `0x${number.toString(16).padStart(4, '0')}`;
}

/** The extra variable that holds the caller's key. */
export const EFFECT_VARIABLE = 'reanimator_effect_key';

/** The key in a job's extra_vars: a JSON text, in which AWX shows answers of the type password as "$encrypted$". */
export function keyOf(extraVars: string): string | undefined {
  try {
    const value: unknown = JSON.parse(extraVars);
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, EFFECT_VARIABLE)) return undefined;
    const key = (value as Record<string, unknown>)[EFFECT_VARIABLE];
    return typeof key === 'string' ? key : undefined;
  } catch {
    return undefined; // a person may start a job with YAML; ours are JSON
  }
}

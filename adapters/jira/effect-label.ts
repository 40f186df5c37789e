import { createHash } from 'node:crypto';
import { EffectProperty } from './schema.ts';

/** Entity property that holds the exact key. Not searchable in JQL without an app descriptor, hence the label beside it. */
export const EFFECT_PROPERTY = 'reanimator.effect';

/**
 * The label by which a ticket is found again. Labels may hold no space and at most 255 characters, and keys may hold anything:
 * a hash is always valid, needs no quoting in JQL, and its 128 bits do not collide by chance. The property settles any doubt.
 */
export function effectLabel(key: string): string {
  return `reanimator-${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}

/** Makes any text a label that Jira accepts; undefined when nothing is left of it. */
export function toLabel(text: string): string | undefined {
  const label = text.trim().replaceAll(/\s+/g, '-').slice(0, 255);
  return label === '' ? undefined : label;
}

/** The key that the value of our property holds. */
export function keyOf(value: unknown): string | undefined {
  const parsed = EffectProperty.safeParse(value);
  return parsed.success ? parsed.data.key : undefined;
}

import type { NetBoxClient } from 'netbox-client';
import type { LifecycleMapping } from './lifecycle-mapping.ts';

export interface BootstrapOptions {
  /** Where NetBox and its users reach the hub; undefined (only when looking): addresses are not compared. */
  hubUrl: string | undefined;
  webhookSecret: string | undefined;
  /** Whether NetBox verifies the hub's certificate. Default true. */
  verifyTls?: boolean;
  /** Slug, and the name of webhook and event rule. */
  tag: string;
  lifecycle: LifecycleMapping;
  /** For the change log. */
  key: string;
  signal: AbortSignal;
  /** Tell what would be done, write nothing. */
  dryRun?: boolean;
}

export interface BootstrapStep {
  object: 'tag' | 'choice set' | 'custom field' | 'webhook' | 'event rule' | 'custom link';
  name: string;
  /** With `dryRun`: what would be done. */
  did: 'created' | 'updated' | 'unchanged';
  /** Names of the fields that were not as they have to be; empty where nothing was found or nothing differs. */
  differs: string[];
}

export interface Settling {
  client: NetBoxClient;
  options: BootstrapOptions;
}

/** What one object turned out to need, and its id where it is (or came to be) there. */
export interface Settled {
  id: number | null;
  step: BootstrapStep;
}

interface Settle {
  object: BootstrapStep['object'];
  name: string;
  /** The object that is there, and what has to be put right in it. */
  found: { id: number; patch: object } | undefined;
  create(): Promise<number>;
  update(id: number): Promise<unknown>;
}

/** Made where it is missing, put right where something differs, left alone otherwise. */
export async function settle({ dryRun }: BootstrapOptions, wanted: Settle): Promise<Settled> {
  const { object, name, found } = wanted;
  if (!found) return { id: dryRun ? null : await wanted.create(), step: { object, name, did: 'created', differs: [] } };
  const differs = Object.keys(found.patch);
  if (differs.length === 0) return { id: found.id, step: { object, name, did: 'unchanged', differs } };
  if (!dryRun) await wanted.update(found.id);
  return { id: found.id, step: { object, name, did: 'updated', differs } };
}

/** What is there already comes first and stays. Undefined where nothing is missing. */
export function withMissing(have: readonly string[], need: readonly string[]): string[] | undefined {
  return need.every((one) => have.includes(one)) ? undefined : [...new Set([...have, ...need])];
}

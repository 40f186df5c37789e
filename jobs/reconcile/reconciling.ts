import { hash } from 'node:crypto';
import type { JobCtx } from '../job-ctx.ts';
import { Later } from '#src/journal/effect.ts';
import { ownsJob } from '#src/journal/store.ts';
import { HubError } from '#src/core/error.ts';
import { toBeMadeHere } from '#src/drift/drift-store.ts';
import { allPairs } from '#src/drift/link-store.ts';
import type { HubSide } from '#src/drift/hub-side.ts';
import type { DriftRuler } from '#src/drift/apply-verdicts.ts';
import { mappingHashOf } from '#src/drift/reconciled.ts';
import type { Links, Mapping } from '#src/mapping/mapping.ts';
import type { RecordObjects } from '#src/ports/record-objects.ts';
import { hubSides } from './sides/index.ts';

/** What a look at another system needs, from beginning to end. */
export interface Reconciling {
  ctx: JobCtx;
  system: string;
  records: RecordObjects;
  /** Parents before children, and what is referred to before what refers to it. */
  mappings: readonly Mapping[];
  rootMappings: readonly Mapping[];
  /** Of all mappings and rules: another one means that everything has to be looked at again. */
  mappingHash: string;
  rules: DriftRuler;
  sideOf(mapping: Mapping): HubSide;
  childrenOf(mapping: Mapping): readonly Mapping[];
  /** For lookups: as the links were when they were last refreshed, and what this plan would make here. */
  links: Links;
  refreshLinks(): Promise<void>;
  /** An object of theirs that would be made here stands in lookups as `new:<type>:<id>` until it is. */
  expect(type: string, theirId: string): void;
  /** Of their raw values and the mapping: 8 bytes, hex. */
  fingerprint(mapping: Mapping, data: Record<string, unknown>): string;
  /** Of our side and the mapping: 16 bytes, hex. */
  digest(mapping: Mapping, text: string): string;
  /** Called between two requests of a long look: what was noticed meanwhile goes first. */
  between(): Promise<void>;
}

/** Its jobs may outlive the setting that named it. */
export function isComparedWith({ adapters }: Pick<JobCtx, 'adapters'>, system: string): boolean {
  return adapters.has('recordObjects') && adapters.providerOf('recordObjects') === system;
}

/** The type there whose objects are servers here. */
export function serverTypeIn(mappings: readonly Mapping[]): string | undefined {
  return mappings.find(({ hub }) => hub === 'server')?.object;
}

/** @throws HubError unavailable where nothing is configured that can be compared with */
export function openReconciling(ctx: JobCtx, between: () => Promise<void> = async () => {}): Reconciling {
  const records = ctx.adapters.use('recordObjects');
  const system = ctx.adapters.providerOf('recordObjects');
  const { mappings, rules, rulesHash } = ctx.settings.reconcile.of(system);
  const sides = new Map(hubSides.map((side) => [side.name, side]));
  const lookedUp = [...new Set(mappings.flatMap((mapping) => mapping.lookups))];
  const toHub = new Map<string, string>();
  const toTheirs = new Map<string, string>();
  const expected = new Set<string>();
  const inInbox = new Set<string>();
  const salts = new Map(mappings.map((mapping) => [mapping.object, mapping.hash.slice(0, 16)]));
  return {
    ctx,
    system,
    records,
    mappings,
    rootMappings: mappings.filter((mapping) => mapping.parent === null),
    mappingHash: mappingHashOf(mappings, rulesHash),
    rules,
    sideOf(mapping) {
      const side = sides.get(mapping.hub);
      if (!side)
        throw new HubError('internal', `${mapping.file} names the side "${mapping.hub}", which the hub does not have`);
      return side;
    },
    childrenOf: (mapping) => mappings.filter((one) => one.parent === mapping.object),
    links: {
      hubId(type, theirId) {
        const key = `${type}:${theirId}`;
        return toHub.get(key) ?? (expected.has(key) || inInbox.has(key) ? `new:${key}` : undefined);
      },
      theirId: (type, hubId) => toTheirs.get(`${type}:${hubId}`),
    },
    async refreshLinks() {
      toHub.clear();
      toTheirs.clear();
      for (const type of lookedUp) {
        for (const { theirId, hubId } of await allPairs(ctx.db, system, type)) {
          toHub.set(`${type}:${theirId}`, hubId);
          toTheirs.set(`${type}:${hubId}`, theirId);
        }
      }
      inInbox.clear();
      for (const { object, theirId } of await toBeMadeHere(ctx.db, system, lookedUp))
        inInbox.add(`${object}:${theirId}`);
    },
    expect: (type, theirId) => void expected.add(`${type}:${theirId}`),
    fingerprint: (mapping, data) =>
      hash('sha1', `${salts.get(mapping.object) ?? ''}${mapping.fingerprint(data)}`, 'hex').slice(0, 16),
    digest: (mapping, text) => hash('sha1', `${salts.get(mapping.object) ?? ''}${text}`, 'hex').slice(0, 32),
    between,
  };
}

/** Asked before every write there: whoever lost the job writes nothing any more. */
export async function stillMine(rc: Reconciling): Promise<void> {
  rc.ctx.signal.throwIfAborted();
  if (!(await ownsJob(rc.ctx.db, rc.ctx.job))) throw new Later(1000, 'another worker has taken this over');
}

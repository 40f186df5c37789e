import { hubSides } from '#jobs/reconcile/sides/index.ts';
import { tx } from '#src/core/tx.ts';
import type { FromRecord, HubObject, HubSide } from '#src/drift/hub-side.ts';
import type { Value, Values } from '#src/mapping/mapping.ts';
import { type AuditWeb, auditWeb, type Json } from './history-audit-web.ts';

/** A hub with history, servers and places, looked at through one of its sides. */
export interface SidesHub extends AuditWeb {
  /** Makes one over HTTP. @returns its id */
  make(path: string, body: Json): Promise<string>;
  /** Changes one over HTTP; anything but 200 fails the test. */
  change(path: string, body: Json): Promise<void>;
  /** All of a side's objects, by id, read as a full compare reads them. */
  objects(side: string): Promise<Map<string, HubObject>>;
  digests(side: string, pageSize?: number): Promise<Map<string, string>>;
  adopt(side: string, id: string, values: Partial<Record<string, Value>>): Promise<void>;
  create(side: string, values: Values, recordId?: string): Promise<string>;
  note(side: string, id: string, fields: string[], recordId?: string): Promise<void>;
  /** Types and sentences of what a timeline got, oldest first. */
  told(path: string): Promise<{ type: string; sentence: string; data: Json }[]>;
  /**
   * Runs something, and says of which objects (of children: parents) the digests changed, having held them against the values: a digest
   * that changes without its values, or the other way round, fails the test.
   */
  changedBy(side: string, act: () => Promise<unknown>): Promise<string[]>;
}

export function sideNamed(name: string): HubSide {
  const side = hubSides.find((one) => one.name === name);
  if (!side) throw new Error(`there is no side ${name}`);
  return side;
}

export const FROM: FromRecord = { system: 'netbox', recordId: '77', recordUrl: 'http://netbox/dcim/devices/77/' };

export async function sidesHub(): Promise<SidesHub> {
  const on = await auditWeb();
  const from = (recordId = FROM.recordId): FromRecord => ({ ...FROM, recordId });

  async function digests(name: string, pageSize = 2): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (let after: string | null = null; ;) {
      const page = await sideNamed(name).digests(on.ctx, after, pageSize);
      const last = page.at(-1);
      if (!last) return found;
      if (page.length > pageSize) throw new Error(`a page of ${page.length}`);
      for (const { id, digest } of page) {
        if (found.has(id)) throw new Error(`${id} is on two pages`);
        found.set(id, digest);
      }
      after = last.id;
    }
  }

  async function objects(name: string): Promise<Map<string, HubObject>> {
    const side = sideNamed(name);
    const ids = [...(await digests(name, 100)).keys()];
    const list = side.parent === null ? await side.read(on.ctx, ids) : await side.readOf(on.ctx, ids);
    if (new Set(list.map(({ id }) => id)).size !== list.length) throw new Error('an id is there twice');
    const again = await side.read(
      on.ctx,
      list.map(({ id }) => id),
    );
    if (again.length !== list.length)
      throw new Error(`${list.length} objects, of which ${again.length} are read by id`);
    return new Map(list.map((one) => [one.id, one]));
  }

  async function valuesByRoot(name: string): Promise<Map<string, string>> {
    const roots = [...(await digests(name, 100)).keys()];
    const byRoot = Map.groupBy((await objects(name)).values(), (one) => one.parentId ?? one.id);
    return new Map(roots.map((id) => [id, JSON.stringify((byRoot.get(id) ?? []).map((one) => [one.id, one.values]))]));
  }

  return {
    ...on,
    objects,
    digests,
    async make(path, body) {
      const { status, json, text } = await on.ask(path, { body });
      if (status !== 201) throw new Error(`POST ${path}: ${status} ${text}`);
      return String(json['id']);
    },
    async change(path, body) {
      const { status, text } = await on.ask(path, { method: 'PATCH', body });
      if (status !== 200) throw new Error(`PATCH ${path}: ${status} ${text}`);
    },
    adopt: (name, id, values) => tx(on.ctx, async (inside) => sideNamed(name).adopt?.(inside, id, values, from())),
    create: (name, values, recordId) =>
      tx(on.ctx, async (inside) => (await sideNamed(name).create?.(inside, null, values, from(recordId))) ?? ''),
    note: (name, id, fields, recordId) =>
      tx(on.ctx, async (inside) => sideNamed(name).noteRecorded?.(inside, id, fields, from(recordId))),
    async told(path) {
      const items = await on.all(path);
      return items
        .toReversed()
        .map((one) => ({ type: String(one['type']), sentence: String(one['sentence']), data: one['data'] as Json }));
    },
    async changedBy(name, act) {
      const [digestsBefore, valuesBefore] = [await digests(name), await valuesByRoot(name)];
      await act();
      const [digestsAfter, valuesAfter] = [await digests(name), await valuesByRoot(name)];
      const differ = (a: Map<string, string>, b: Map<string, string>): string[] =>
        [...new Set([...a.keys(), ...b.keys()])].filter((id) => a.get(id) !== b.get(id)).toSorted();
      const [byDigest, byValues] = [differ(digestsBefore, digestsAfter), differ(valuesBefore, valuesAfter)];
      if (JSON.stringify(byDigest) !== JSON.stringify(byValues))
        throw new Error(`the digests of ${byDigest.join(', ')} changed, the values of ${byValues.join(', ')}`);
      return byDigest;
    },
  };
}

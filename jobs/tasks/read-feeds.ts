import { tx } from '#src/core/tx.ts';
import { allPairs, linksByTheirs } from '#src/drift/link-store.ts';
import { recordHeard, recordPorts, type SeenPort } from '#src/feeds/commands/record-feeds.ts';
import { type Heard, heardAfter } from '#src/history/heard-reads.ts';
import { Later } from '#src/journal/effect.ts';
import { newestJob } from '#src/journal/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordPort } from '#src/ports/record-objects.ts';
import { readFeedsJob, readFeedsOfJob, readFeedsSoonJob } from '../catalogue-feeds.ts';
import { handle, type JobCtx, type JobResult } from '../job-ctx.ts';
import { isComparedWith, serverTypeIn } from '../reconcile/reconciling.ts';

/** Servers that are asked for at once, and kept in one transaction. */
const AT_ONCE = 100;
/** All of them are read for at most a tenth of the time, however often something is noticed. */
const REST = 9;
const LEAST_REST_MS = 20_000;

/** What feeds each server, as the system of record has it and as servers hear it from their switches. */
export const readFeedsTask = handle(readFeedsJob, async (ctx) => {
  const heard = await readHeard(ctx);
  return { heard, ...(await readRecorded(ctx)) };
});

/** A cable of these servers was put in, moved or taken out. */
export const readFeedsOfTask = handle(readFeedsOfJob, async (ctx, { system, ids }) => {
  const object = serverTypeOf(ctx, system);
  if (object === undefined) return { outcome: `${system} has no servers that the hub knows` };
  const links = await linksByTheirs(ctx.db, { system, object, ids });
  return readPairs(
    ctx,
    system,
    links.flatMap(({ theirId, hubId }) => (hubId === null ? [] : [{ theirId, hubId }])),
  );
});

/** Something was moved between what feeds servers (a cable of a patch panel): whom it feeds, only reading all of them tells. */
export const readFeedsSoonTask = handle(readFeedsSoonJob, async (ctx) => {
  const last = await newestJob(ctx, readFeedsJob.name);
  if (last?.state === 'waiting') return { outcome: 'they are read in a moment' };
  if (last?.state === 'active') throw new Later(LEAST_REST_MS, 'they are being read');
  if (last?.started_at && last.finished_at) {
    const [from, to] = [Date.parse(last.started_at), Date.parse(last.finished_at)];
    const left = to + Math.max(LEAST_REST_MS, REST * (to - from)) - ctx.now().getTime();
    if (left > 0) throw new Later(left, 'all of them were read a short while ago');
  }
  await ctx.enqueue(readFeedsJob, {});
  return { outcome: 'asked for' };
});

async function readHeard(ctx: JobCtx): Promise<number> {
  let count = 0;
  for (let after: string | null = null; ;) {
    const { heard, next }: Awaited<ReturnType<typeof heardAfter>> = await heardAfter(ctx, { after, limit: AT_ONCE });
    count += await tx(ctx, async (inside) => {
      let some = 0;
      for (const { neighbours, ...one } of heard)
        some += await recordHeard(inside, { ...one, ports: portsHeard(one.assetId, neighbours) });
      return some;
    });
    if (next === null) return count;
    after = next;
    ctx.signal.throwIfAborted();
  }
}

/** A switch that does not say its name is known by its address. */
function portsHeard(assetId: string, neighbours: Heard['neighbours']): SeenPort[] {
  return neighbours.flatMap(({ interface: port, port: outlet, name, chassis }) => {
    const called = name ?? chassis;
    if (called === null) return [];
    return [{ assetId, level: 'switch', port, management: false, on: { name: called, outlet } }];
  });
}

async function readRecorded(ctx: JobCtx): Promise<JobResult> {
  if (!ctx.adapters.has('recordObjects')) return { outcome: 'no system of record is configured' };
  const system = ctx.adapters.providerOf('recordObjects');
  const object = serverTypeOf(ctx, system);
  if (object === undefined) return { outcome: `no mapping of ${system} is about servers` };
  return readPairs(ctx, system, await allPairs(ctx.db, system, object));
}

function serverTypeOf(ctx: JobCtx, system: string): string | undefined {
  if (!isComparedWith(ctx, system)) return undefined;
  return serverTypeIn(ctx.settings.reconcile.of(system).mappings);
}

type Pairs = Awaited<ReturnType<typeof allPairs>>;

async function readPairs(ctx: JobCtx, system: string, pairs: Pairs): Promise<JobResult> {
  const read: JobResult = { outcome: 'read', servers: pairs.length };
  for (const level of ['pdu', 'switch'] as const) {
    try {
      read[level] = await readLevel(ctx, system, { level, pairs });
    } catch (error) {
      // Sockets may be hidden from a token that was made before anybody asked for them: cables of the network are told all the same.
      if (!(error instanceof AdapterError) || error.kind !== 'unauthorized') throw error;
      ctx.log.warn({ err: error, system, level }, 'what feeds servers cannot be read');
      read[level] = error.message;
    }
  }
  return read;
}

/** @returns how many feeds there are of this kind */
async function readLevel(
  ctx: JobCtx,
  system: string,
  { level, pairs }: { level: RecordPort['level']; pairs: Pairs },
): Promise<number> {
  const hubIds = new Map(pairs.map(({ theirId, hubId }) => [theirId, hubId]));
  const records = ctx.adapters.use('recordObjects');
  let feeds = 0;
  for (let at = 0; at < pairs.length; at += AT_ONCE) {
    const some = pairs.slice(at, at + AT_ONCE).map(({ theirId }) => theirId);
    const ports = (await records.portsOf(level, some, ctx.signal)).flatMap(({ parentId, ...port }) => {
      const assetId = hubIds.get(parentId);
      return assetId === undefined ? [] : [{ ...port, assetId }];
    });
    feeds += await tx(ctx, (inside) => recordPorts(inside, system, ports));
    await ctx.progress({ level, servers: at + some.length, of: pairs.length });
  }
  return feeds;
}

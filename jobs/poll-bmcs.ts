import { findAsset } from '#src/assets/reads.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { HubError } from '#src/core/error.ts';
import { tx } from '#src/core/tx.ts';
import { recordAnswer, recordLogs, recordSilence } from '#src/health/commands/record-poll.ts';
import {
  claimPolls,
  findUnpolled,
  hasDue,
  insertPolls,
  isPolled,
  type Poll,
  POLL_KINDS,
  type PollKind,
  postponePoll,
  readMemory,
  removePoll,
  saveMemory,
} from '#src/health/poll-queue-store.ts';
import { nextPoll } from '#src/health/poll-times.ts';
import { AdapterError, type AdapterErrorKind } from '#src/ports/adapter-error.ts';
import type { Adapters } from '#src/ports/adapters.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import type { JobCtx } from './job-ctx.ts';
import { createListener } from './listen-to-bmcs.ts';
import { type Loop, startLoop } from './loop.ts';
import { targetOf } from './tasks/bmc-target.ts';

export interface PollSettings {
  /** Between two polls of one server, in milliseconds; 0: none. */
  everyMs: Record<PollKind, number>;
  /** Servers polled at a time by one worker. */
  atOnce: number;
  /** Where BMCs are to send their events; null: they are not asked to. */
  eventsTo: string | null;
  /** BMCs that one worker listens to at a time, where they offer it; 0: none. */
  streams: number;
}

export interface PollOptions extends Pick<JobCtx, 'seal' | 'settings'> {
  adapters: Adapters;
  polls: PollSettings;
}

/** A poll that takes longer is given up. The largest machine known takes a minute when it is looked at for the first time. */
const LIMIT_MS = 180_000;
/** A worker that is gone leaves its polls to the others after so long. */
const CLAIM_MS = LIMIT_MS + 60_000;
/** New servers are looked for so often. */
const FIND_MS = 10_000;
const FIND_BATCH = 2_000;
/** Credentials that were refused are not tried again before a person acts; whether one did is looked up so often. */
const REFUSED_MS = 300_000;
/** A stream whose worker is gone is taken up by another one after so long; what nobody has room for is offered again. */
const STREAM_MS = 300_000;
/** Something of the hub itself went wrong. */
const TROUBLE_MS = 15_000;

const COMMITTED = { isolation: 'read committed' } as const;

/** Polls every server whose BMC has an address, each at its own time. Several workers share them; what is due stands in the database. */
export function startPolls(base: Ctx, options: PollOptions): Loop {
  const { adapters, polls } = options;
  // Without polls there is nothing that an event of a stream could make due.
  const isStreamed = polls.streams > 0 && polls.everyMs.health + polls.everyMs.logs > 0;
  const isTold = polls.eventsTo !== null || isStreamed;
  const able = (kind: PollKind): boolean =>
    kind === 'events' ? isTold && adapters.has('bmcEvents') : adapters.has('bmcHealth');
  const kinds = POLL_KINDS.filter((kind) => polls.everyMs[kind] > 0 && able(kind));
  const stopping = new AbortController();
  const signal = AbortSignal.any([base.signal, stopping.signal]);
  const listener = createListener(base, { ...options, most: polls.streams }, signal);
  const running = new Set<Promise<void>>();
  let soughtAt = 0;
  let more = false;

  async function findNew(): Promise<void> {
    const now = base.now();
    if (now.getTime() - soughtAt < FIND_MS) return;
    for (const kind of kinds) {
      const found = await findUnpolled(base.db, kind, FIND_BATCH);
      const due = found.map((assetId) => ({ assetId, kind, dueAt: nextPoll(assetId, kind, polls.everyMs[kind], now) }));
      if (due.length > 0) await insertPolls(base.db, due);
    }
    soughtAt = now.getTime();
  }

  async function turn(): Promise<boolean> {
    if (signal.aborted || kinds.length === 0) return false;
    await findNew();
    const limit = polls.atOnce - running.size;
    const now = base.now();
    more = limit < 1;
    if (more || !(await hasDue(base.db, kinds, now))) return false;
    const until = new Date(now.getTime() + CLAIM_MS);
    const claimed = await tx(base, (inside) => claimPolls(inside.db, { kinds, now, until, limit }), COMMITTED);
    more = claimed.length === limit;
    for (const poll of claimed) {
      const work = pollSafely(poll).finally(() => {
        running.delete(work);
        // Not for each single one: a claim costs as much for many.
        if (more && polls.atOnce - running.size >= Math.min(polls.atOnce, 8)) loop.nudge();
      });
      running.add(work);
    }
    return false;
  }

  async function pollSafely(poll: Poll): Promise<void> {
    try {
      await pollWithin(poll);
    } catch (err) {
      if (!signal.aborted) base.log.warn({ err, ...poll }, 'a poll failed in the hub; tried again soon');
      // Where this fails too, the claim ends by itself.
      const again = new Date(base.now().getTime() + (signal.aborted ? 0 : TROUBLE_MS));
      await postponePoll(base.db, poll, again).catch(() => undefined);
    }
  }

  async function pollWithin(poll: Poll): Promise<void> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error('the poll takes too long')), LIMIT_MS);
    const ctx: Ctx = { ...base, actor: `poll:${poll.kind}`, signal: AbortSignal.any([signal, limit.signal]) };
    await pollOne(ctx, poll).finally(() => clearTimeout(timer));
  }

  async function pollOne(ctx: Ctx, poll: Poll): Promise<void> {
    const asset = await findAsset(ctx, poll.assetId);
    if (!asset || !(await isPolled(ctx.db, poll.assetId))) return removePoll(ctx.db, poll);
    try {
      const target = targetOf(options, asset);
      await ask[poll.kind](ctx, poll, target);
    } catch (error) {
      if (signal.aborted) throw error;
      await recordFailure(ctx, poll, error);
    }
  }

  async function pollHealth(ctx: Ctx, poll: Poll, target: BmcTarget): Promise<void> {
    const report = await adapters.use('bmcHealth').readHealth(target, ctx.signal);
    await tx(
      ctx,
      async (inside) => {
        await recordAnswer(inside, options.settings.health, { assetId: poll.assetId, report });
        await postponePoll(inside.db, poll, usual(poll));
      },
      COMMITTED,
    );
  }

  async function pollLogs(ctx: Ctx, poll: Poll, target: BmcTarget): Promise<void> {
    const cursor = await readMemory(ctx.db, poll);
    const read = await adapters.use('bmcHealth').readLogs(target, cursor, ctx.signal);
    if (read.gaps.length > 0) ctx.log.info({ asset: poll.assetId, gaps: read.gaps }, 'log entries may be missing');
    await tx(
      ctx,
      async (inside) => {
        await recordLogs(inside, options.settings.health, { assetId: poll.assetId, cursor, read });
        await postponePoll(inside.db, poll, read.more ? inside.now() : usual(poll));
      },
      COMMITTED,
    );
  }

  async function lookAfterEvents(ctx: Ctx, poll: Poll, target: BmcTarget): Promise<void> {
    const stream = isStreamed ? await listener.tend(poll.assetId) : null;
    const alone = polls.eventsTo === null || (stream !== null && stream.state !== 'unsupported');
    if (stream !== null && alone) {
      await saveMemory(ctx.db, poll, JSON.stringify({ stream }));
      const soon = base.now().getTime() + STREAM_MS;
      const dueAt = stream.state === 'unsupported' ? usual(poll) : new Date(Math.min(usual(poll).getTime(), soon));
      return postponePoll(ctx.db, poll, dueAt);
    }
    if (polls.eventsTo === null) return;
    const wish = { destination: polls.eventsTo, subject: poll.assetId };
    const report = await adapters.use('bmcEvents').ensureSubscription(target, wish, ctx.signal);
    await saveMemory(ctx.db, poll, JSON.stringify(report));
    await postponePoll(ctx.db, poll, usual(poll));
  }

  const ask = { health: pollHealth, logs: pollLogs, events: lookAfterEvents };

  /** @throws what is no answer about a BMC */
  async function recordFailure(ctx: Ctx, poll: Poll, error: unknown): Promise<void> {
    const { kind, why, leastMs } = reasonOf(error);
    if (poll.kind !== 'health') ctx.log.debug({ asset: poll.assetId, kind: poll.kind, why }, 'not read this time');
    const dueAt = new Date(Math.max(usual(poll).getTime(), base.now().getTime() + leastMs));
    await tx(
      ctx,
      async (inside) => {
        // Of health: a BMC whose logs alone cannot be read does answer.
        if (poll.kind === 'health')
          await recordSilence(inside, options.settings.health, { assetId: poll.assetId, why, kind });
        await postponePoll(inside.db, poll, dueAt);
      },
      COMMITTED,
    );
  }

  const usual = ({ assetId, kind }: Poll): Date => nextPoll(assetId, kind, polls.everyMs[kind], base.now());

  const loop = startLoop('polls', 1000, base.log, turn);
  return {
    ...loop,
    async stop() {
      stopping.abort(new Error('the worker stops'));
      await loop.stop();
      await Promise.allSettled(running);
      await listener.settled();
    },
  };
}

function reasonOf(error: unknown): { kind: AdapterErrorKind; why: string; leastMs: number } {
  if (error instanceof AdapterError) {
    const { kind, message, retryAfterMs = 0 } = error;
    return { kind, why: message, leastMs: kind === 'unauthorized' ? Math.max(REFUSED_MS, retryAfterMs) : retryAfterMs };
  }
  // No credentials are known: there is nobody to log in as.
  if (error instanceof HubError && error.kind === 'invalid')
    return { kind: 'rejected', why: error.message, leastMs: REFUSED_MS };
  throw error;
}

import pLimit from 'p-limit';
import type { Http } from '../../src/kit/http.ts';
import type { Kit } from '../../src/kit/kit.ts';
import {
  readRecord,
  RECORD_MS,
  recordName,
  SESSION_LIST,
  tokenOf,
  type SessionKeeper,
  type SessionRecord,
} from './broker-session.ts';
import { logOut, type Session } from './session.ts';

export interface SweepOptions {
  kit: Kit;
  idleMs: number;
  /** The sessions that this process knows, by key. */
  keepers: ReadonlyMap<string, SessionKeeper>;
  /** A connection to where the session was opened, trusting nobody else. */
  reach(record: Pick<SessionRecord, 'origin' | 'host' | 'fingerprint256'>): Http;
}

export interface Sweeper {
  /** Deletes the sessions that nobody has used for long, whoever opened them. */
  sweep(): Promise<void>;
  /** Deletes the sessions that this process knows and nobody uses now. */
  closeAll(withinMs: number): Promise<void>;
}

const AT_ONCE = 32;
const LOG_OUT_MS = 5_000;
/** Every slot of every BMC: while a session is deleted nobody works there, and whoever comes then logs in anew. */
const ALL_SLOTS = { slots: 4, all: true, ttlMs: 10_000, waitMs: 0 };
/** By then any BMC has ended an unused session by itself (the longest default that is known is 30 minutes). */
const ENDED_MS = 31 * 60_000;
const AGAIN_MS = 60_000;

export function createSweeper({ kit, idleMs, keepers, reach }: SweepOptions): Sweeper {
  const { shared, log } = kit;

  /** Whoever works at the BMC keeps it from being closed, in this process or another. */
  async function close(key: string): Promise<void> {
    const keeper = keepers.get(key);
    if (keeper !== undefined && keeper.users > 0) return shared.remind(SESSION_LIST, key, idleMs);
    const record = await readRecord(kit, key);
    if (record === null || record.path === null) return shared.forget(SESSION_LIST, key);
    const lease = await shared.lease(`bmc:${record.host}`, ALL_SLOTS);
    if (lease === null) return shared.remind(SESSION_LIST, key, Math.min(idleMs, 10_000));
    try {
      keeper?.drop();
      const headers = { 'x-auth-token': record.token ?? '' };
      const session: Session = { headers, path: record.path, proven: true, openedAt: 0 };
      const problem = await logOutOver(record, session);
      if (problem !== null && (await postpone(key, record, problem))) return;
      await shared.delete(recordName(key));
      await shared.forget(SESSION_LIST, key);
    } finally {
      lease.release();
    }
  }

  async function logOutOver(where: Parameters<SweepOptions['reach']>[0], session: Session): Promise<string | null> {
    const http = reach(where);
    try {
      return await logOut(http, session, LOG_OUT_MS);
    } finally {
      await http.close();
    }
  }

  /** False: it has ended by itself by now. */
  async function postpone(key: string, record: SessionRecord, problem: string): Promise<boolean> {
    const closingSince = record.closingSince ?? Date.now();
    if (Date.now() - closingSince > ENDED_MS) return false;
    if (record.closingSince === null) log.warn({ host: record.host, problem }, 'BMC session is left open for now');
    await shared.set(recordName(key), JSON.stringify({ ...record, closingSince }), RECORD_MS);
    await shared.remind(SESSION_LIST, key, AGAIN_MS);
    return true;
  }

  /** A session of this process that the others do not know of, because Redis was away or lost it. */
  async function closeOrphan(keeper: SessionKeeper): Promise<void> {
    const session = keeper.current();
    if (session === null || session.path === null) return;
    const { host, origin } = keeper.bmc;
    const record = await readRecord(kit, keeper.key);
    keeper.drop();
    if (record !== null && record.token === tokenOf(session)) return; // it stands on the list
    const problem = await logOutOver({ origin, host, fingerprint256: null }, session);
    if (problem !== null) log.warn({ host, problem }, 'BMC session may be left open');
  }

  function idleHere(): SessionKeeper[] {
    const before = Date.now() - idleMs * 1.5;
    return [...keepers.values()].filter(
      (keeper) => keeper.current() !== null && keeper.usedAt < before && keeper.users === 0,
    );
  }

  return {
    async sweep() {
      const limit = pLimit(AT_ONCE);
      const due = await shared.due(SESSION_LIST, 500);
      await Promise.all(due.map((key) => limit(() => close(key))));
      await Promise.all(idleHere().map((keeper) => limit(() => closeOrphan(keeper))));
    },
    async closeAll(withinMs) {
      const limit = pLimit(AT_ONCE * 2);
      const giveUpAt = Date.now() + withinMs;
      await Promise.all(
        [...keepers.values()].map((keeper) =>
          limit(async () => {
            await keeper.entering()?.catch(() => undefined);
            if (Date.now() > giveUpAt || keeper.current() === null || keeper.users > 0) return;
            keeper.bmc.lane.rest();
            await close(keeper.key);
            await closeOrphan(keeper);
          }),
        ),
      );
    },
  };
}

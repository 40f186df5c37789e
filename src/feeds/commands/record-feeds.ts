import type { TxCtx } from '../../core/ctx.ts';
import { type Feed, type FeedLevel, feederName } from '../model.ts';
import { dropFeedsBefore, saveFeeds } from '../store.ts';

/** A port of a server as a source shows it. */
export interface SeenPort {
  assetId: string;
  level: FeedLevel;
  port: string;
  management: boolean;
  /** What it hangs on; null: the source knows of the port, and of nothing at its other end. */
  on: { name: string; outlet: string | null } | null;
}

/** As long as labels are. */
const LONGEST = { port: 100, text: 200 };
/** A port that is silent is not known to be loose: what it heard last counts for so long, while others of the server are heard. */
const SILENT_DAYS = 30;

/**
 * A system of record shows all ports of a server: what it said before takes its leave. A server of which no port of a kind is shown is left
 * as it was: that may be for want of a permission, and says nothing of its cables.
 * @returns how many feeds there are now
 */
export async function recordPorts(tx: TxCtx, source: string, ports: readonly SeenPort[]): Promise<number> {
  const seenAt = tx.now().toISOString();
  const feeds = feedsIn(source, seenAt, ports);
  await saveFeeds(tx.db, feeds);
  for (const level of ['pdu', 'switch'] as const) {
    const assetIds = new Set(ports.filter((port) => port.level === level).map(({ assetId }) => assetId));
    await dropFeedsBefore(tx.db, { source, level, assetIds: [...assetIds], before: seenAt });
  }
  return feeds.length;
}

/** What a server hears of its link partners, and when it heard it: only of the ports that hear any. @returns how many */
export async function recordHeard(
  tx: TxCtx,
  { assetId, heardAt, ports }: { assetId: string; heardAt: string; ports: readonly SeenPort[] },
): Promise<number> {
  const source = 'lldp';
  const feeds = feedsIn(source, heardAt, ports);
  if (feeds.length === 0) return 0;
  await saveFeeds(tx.db, feeds);
  const own = { source, level: 'switch', assetIds: [assetId] } as const;
  await dropFeedsBefore(tx.db, { ...own, before: heardAt, ports: feeds.map(({ port }) => port) });
  const long = new Date(Date.parse(heardAt) - SILENT_DAYS * 86_400_000).toISOString();
  await dropFeedsBefore(tx.db, { ...own, before: long });
  return feeds.length;
}

function feedsIn(source: string, seenAt: string, ports: readonly SeenPort[]): Feed[] {
  return ports.flatMap(({ assetId, level, port, management, on }) => {
    const name = on === null ? '' : feederName(on.name);
    if (on === null || name === '') return [];
    const outlet = on.outlet === null ? null : on.outlet.slice(0, LONGEST.text);
    const said = on.name.trim().slice(0, LONGEST.text);
    return [{ assetId, source, level, port: port.slice(0, LONGEST.port), name, said, outlet, management, seenAt }];
  });
}

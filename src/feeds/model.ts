export type FeedLevel = 'pdu' | 'switch';

/** One port of a server, and the PDU or switch that it hangs on. */
export interface Feed {
  assetId: string;
  /** Who says so: `netbox`, `lldp`. */
  source: string;
  level: FeedLevel;
  /** The server's own: `PSU1`, `eth0`. */
  port: string;
  /** See `feederName`. */
  name: string;
  /** The same as it was said. */
  said: string;
  /** Of the PDU or switch; null: not known. */
  outlet: string | null;
  /** A network port that only manages the server. */
  management: boolean;
  seenAt: string;
}

/** A PDU or switch as one server knows it: all that its sources say of it. */
export interface Feeder {
  level: FeedLevel;
  /** The shortest of the names that it is known by. */
  name: string;
  names: string[];
  said: string;
  feeds: Feed[];
}

const LONGEST_NAME = 200;

/** By which names are compared: without regard to case, and without the port of an exporter (`pdu-a:161`). Empty: it names nothing. */
export function feederName(said: string): string {
  const text = said.trim().toLowerCase().replace(/\.$/, '');
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([^:]+):\d+$/.exec(text)?.[1];
  return (bare ?? text).slice(0, LONGEST_NAME);
}

/** The same name, or one of them with its domain behind it. What only looks like a domain (`r12.a`, `r12.b`) keeps its names apart. */
export function sameFeeder(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

/** What feeds one server, each PDU and switch once; in the order of their names. */
export function feedersIn(feeds: readonly Feed[]): Feeder[] {
  const found: Feeder[] = [];
  for (const feed of feeds.toSorted((a, b) => a.name.length - b.name.length || (a.name < b.name ? -1 : 1))) {
    const known = found.find(({ level, name }) => level === feed.level && sameFeeder(name, feed.name));
    if (known === undefined) {
      const { level, name, said } = feed;
      found.push({ level, name, names: [name], said, feeds: [feed] });
      continue;
    }
    known.feeds.push(feed);
    if (!known.names.includes(feed.name)) known.names.push(feed.name);
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

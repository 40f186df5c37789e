import type { TlsMemory } from '../../src/kit/connector.ts';
import type { Http } from '../../src/kit/http.ts';
import { Breaker } from './broker-breaker.ts';
import { Lane, type LaneRules } from './broker-lane.ts';
import { Learnt } from './learn.ts';
import type { ServiceRoot } from './schema.ts';

/** Connections to one BMC with one kind of trust. */
export interface Pool {
  bmc: KnownBmc;
  /** The pinned fingerprint; empty: none. */
  label: string;
  http: Http;
  users: number;
  idleSince: number;
}

const NONE: readonly Pool[] = [];

/**
 * One BMC as this process knows it, whoever logs in there. It stays between two polls, ten thousand times: fields and no closures, and nothing
 * empty of its own.
 */
export class KnownBmc {
  readonly host: string;
  readonly origin: string;
  readonly lane: Lane;
  readonly breaker: Breaker;
  readonly learnt = new Learnt();
  readonly tls: TlsMemory = { last: null };
  root: { value: ServiceRoot; until: number } | null = null;
  users = 0;
  usedAt = 0;
  lookedAt = 0;
  #pools = NONE;

  constructor({ origin, host }: { origin: string; host: string }, rules: LaneRules) {
    this.origin = copyOf(origin);
    this.host = copyOf(host);
    this.lane = new Lane(this.host, rules);
    this.breaker = new Breaker(rules.system, this.host);
  }

  get isConnected(): boolean {
    return this.#pools.length > 0;
  }

  poolFor(label: string): Pool | undefined {
    return this.#pools.find((pool) => pool.label === label);
  }

  addPool(pool: Pool): void {
    this.#pools = [...this.#pools, pool];
  }

  removePool(pool: Pool): void {
    const others = this.#pools.filter((other) => other !== pool);
    this.#pools = others.length === 0 ? NONE : others;
  }
}

/** What `URL` hands out are pieces of a longer text, which would all stay for them. */
function copyOf(piece: string): string {
  return Buffer.from(piece).toString();
}

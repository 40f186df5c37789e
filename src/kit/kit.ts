import type { Http, HttpOptions } from './http.ts';
import type { Shared } from './shared-store.ts';

/** A structured logger: static message, fields first. pino's shape, reduced. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Log;
}

/**
 * Remembers which credentials the other side refused, for all processes: no second job tries the same wrong password until a
 * person acts (a BMC locks out). `target` is the host; `credential` any string that identifies the credentials (it is hashed).
 * Other credentials for the same target are not blocked.
 */
export interface Lockouts {
  /** @throws AdapterError unauthorized where these credentials were refused before */
  check(target: string, credential: string): Promise<void>;
  report(target: string, credential: string, reason: string): Promise<void>;
}

/** What the hub lends to an adapter's `connect`. */
export interface Kit {
  /** The adapter's id, for errors and metrics. */
  system: string;
  log: Log;
  now(): Date;
  /** An HTTP client on a keep-alive pool; the caller closes it. */
  http(options: HttpOptions): Http;
  lockouts: Lockouts;
  /** What all processes of the hub share: leases, sealed values, lists. */
  shared: Shared;
}

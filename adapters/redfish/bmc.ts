import type { AdapterError } from '../../src/ports/adapter-error.ts';
import type { MultipartBody } from './multipart.ts';
import type { HttpStream, StreamedBody } from '../../src/kit/http.ts';
import type { ServiceRoot } from './schema.ts';

/** An answer, whatever its status. */
export interface BmcAnswer {
  status: number;
  /** Null: there was none, or it is no JSON object. */
  body: Record<string, unknown> | null;
  etag: string | null;
  /** Where the BMC points to, as a path with query; null: nowhere, or off its own origin. */
  location: string | null;
  retryAfterMs: number | null;
  messageIds: string[];
  text: string;
}

/** One write. `body` is sent as JSON; `multipart` and `stream` are read as they go out. */
export interface BmcWrite {
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  link: string;
  body?: unknown;
  multipart?: MultipartBody;
  stream?: StreamedBody;
  /** 'ladder': read the resource just before and send its ETag, in the way that this BMC takes. Default: 'ladder' for PATCH and PUT, else 'none'. */
  etag?: 'ladder' | 'none';
  timeoutMs?: number;
}

export interface StreamOptions {
  headers: Record<string, string>;
  /** So long without a single byte, and it is over. */
  idleMs: number;
  signal: AbortSignal;
}

/** One BMC, logged in. Everything through it shares one session and the BMC's in-flight limit with everybody else in the hub. */
export interface Bmc {
  root: ServiceRoot;
  /** What `$expand` understands here; null: not offered, or offered and found not to work (which is remembered when it is set). */
  expand: '.' | '*' | null;
  /**
   * The resource behind a link of the BMC; each is read once in this use and remembered.
   * @throws AdapterError not-found | unauthorized | unreachable | throttled | malformed | rejected
   */
  get(link: string, options?: { timeoutMs?: number }): Promise<Record<string, unknown>>;
  /** Reads anew, past what is remembered. Only a 2xx is returned. @throws AdapterError as get; `detail.messageIds` */
  read(link: string, options?: { timeoutMs?: number }): Promise<BmcAnswer>;
  /**
   * One write. Only a 2xx is returned.
   * @throws AdapterError rejected (the BMC's messages in the text; `status`, `detail.messageIds`) | not-found | unsupported (501) |
   * unauthorized | throttled | unreachable (`detail.sent`: false where it certainly never went out, true where the BMC may have
   * taken it; it is not repeated here)
   */
  send(write: BmcWrite): Promise<BmcAnswer>;
  /**
   * An answer that goes on. It outlives `close` and ends by its own signal; while it is read, the session is not closed as idle, and no other
   * request waits for it. Only a 2xx is returned.
   * @throws AdapterError as read
   */
  stream(link: string, options: StreamOptions): Promise<HttpStream>;
  /** What was learnt of this BMC and is remembered over uses and processes for a week (ETag mode, boot via @Redfish.Settings …). */
  learnt(name: string): string | undefined;
  learn(name: string, value: string): void;
  /** What makes going on pointless: refused credentials, silence. Every later call throws it. */
  fatal(): AdapterError | null;
  /** Fewer requests at a time to this BMC from now on, for everybody. */
  narrow(atATime: number): void;
  requests(): number;
  fingerprint256(): string | null;
  /** Gives it back: stops what is under way. The session stays for the next user. Never throws; returns what a person should know. */
  close(): Promise<string[]>;
}

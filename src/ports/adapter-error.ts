/** What went wrong on the other side, in the words that decide what happens next. */
export type AdapterErrorKind =
  | 'unreachable' // no connection, no answer in time, 5xx: the work waits and is tried again for as long as it takes
  | 'unauthorized' // wrong or missing credentials: nobody tries them again until a person acts
  | 'throttled' // 429/503 with Retry-After: wait as told
  | 'rejected' // the other side understood and refused: repeating the same request cannot help
  | 'not-found' // the object is not there
  | 'unsupported' // this version or model cannot do it
  | 'malformed'; // the answer is not what the other side's contract says

export interface AdapterErrorOptions {
  /** The adapter's id. */
  system: string;
  /** HTTP status where there was one. */
  status?: number | undefined;
  /** Milliseconds after which the other side said it may be asked again. */
  retryAfterMs?: number | undefined;
  /** What a person needs to mend it: field errors as the other side named them. Never a secret. */
  detail?: Record<string, unknown> | undefined;
  cause?: unknown;
}

/** The only error that leaves an adapter. */
export class AdapterError extends Error {
  readonly kind: AdapterErrorKind;
  readonly system: string;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly detail: Record<string, unknown> | undefined;

  constructor(kind: AdapterErrorKind, message: string, options: AdapterErrorOptions) {
    super(message, { cause: options.cause });
    this.name = 'AdapterError';
    this.kind = kind;
    this.system = options.system;
    this.status = options.status;
    this.retryAfterMs = options.retryAfterMs;
    this.detail = options.detail;
  }

  /** 'later': the same call may succeed later without anybody acting. 'never': it cannot. */
  get retry(): 'later' | 'never' {
    return RETRY[this.kind];
  }
}

const RETRY = {
  unreachable: 'later',
  throttled: 'later',
  malformed: 'later',
  unauthorized: 'never',
  rejected: 'never',
  'not-found': 'never',
  unsupported: 'never',
} as const satisfies Record<AdapterErrorKind, 'later' | 'never'>;

/** Every refusal of the hub, by what the caller can do about it. Status and retry follow from the kind in `PROBLEMS`. */
export type HubErrorKind =
  | 'invalid' // the input is wrong: names the field and the remedy
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'conflict' // the state does not allow it now: says what would be
  | 'too-large'
  | 'unsupported-media'
  | 'rate-limited'
  | 'unavailable' // something that we need is away or not configured
  | 'internal';

export const PROBLEMS = {
  invalid: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'Who are you?' },
  forbidden: { status: 403, title: 'Not allowed' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'Not with this method' },
  conflict: { status: 409, title: 'Conflicts with the present state' },
  'too-large': { status: 413, title: 'Too large' },
  'unsupported-media': { status: 415, title: 'Unsupported media type' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  unavailable: { status: 503, title: 'Not available now' },
  internal: { status: 500, title: 'Something went wrong in the hub' },
} as const satisfies Record<HubErrorKind, { status: number; title: string }>;

/** One fault of the input: where it is (`/events/3/type`, `query.limit`) and what would be right. */
export interface FieldFault {
  field: string;
  message: string;
}

export interface HubErrorOptions {
  fields?: FieldFault[];
  /** More members for the problem document, e.g. the states that would be legal. */
  extra?: Record<string, unknown>;
  cause?: unknown;
}

export class HubError extends Error {
  readonly kind: HubErrorKind;
  readonly fields: FieldFault[];
  readonly extra: Record<string, unknown>;

  constructor(kind: HubErrorKind, message: string, options: HubErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'HubError';
    this.kind = kind;
    this.fields = options.fields ?? [];
    this.extra = options.extra ?? {};
  }
}

/** Field → NetBox's words. `__all__` is about the whole object. */
export type FieldErrors = Record<string, unknown>;

/** A write that the real one answers with 400. */
export class Invalid extends Error {
  readonly errors: FieldErrors;
  constructor(errors: FieldErrors) {
    super('invalid');
    this.errors = errors;
  }
}
/** What makes the real one fail (500), with the exception's name. */
export class Crash extends Error {
  readonly exception: string;
  constructor(message: string, exception = 'ValueError') {
    super(message);
    this.exception = exception;
  }
}

/** If-Match names another state of the object. */
export class PreconditionFailed extends Error {
  readonly etag: string;
  constructor(etag: string) {
    super('Precondition failed.');
    this.etag = etag;
  }
}

/** A write whose object lies outside of what the user may write, before or after. */
export class Forbidden extends Error {}

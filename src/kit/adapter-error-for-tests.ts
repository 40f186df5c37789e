import { AdapterError } from '../ports/adapter-error.ts';

/** What a call fails with. @throws Error where it succeeds, or fails with anything else than an AdapterError */
export async function errorOf(call: Promise<unknown>): Promise<AdapterError> {
  const error: unknown = await call.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof AdapterError) return error;
  throw new Error('expected an AdapterError', { cause: error });
}

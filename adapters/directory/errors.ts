import { AdapterError, type AdapterErrorKind } from '#src/ports/adapter-error.ts';

/**
 * A full or broken disk is 'unreachable': the work waits until somebody made room. What the file system forbids waits for a person;
 * only what no repeat can mend is refused.
 */
const BY_CODE: Record<string, AdapterErrorKind> = {
  EACCES: 'unauthorized',
  EPERM: 'unauthorized',
  EROFS: 'unauthorized',
  ENAMETOOLONG: 'rejected',
  ENOTDIR: 'rejected',
  EISDIR: 'rejected',
};

/** The signal's reason is the caller's own and passes as it is. */
export function directoryError(system: string, what: string, error: unknown, signal?: AbortSignal): unknown {
  if (error instanceof AdapterError) return error;
  if (signal?.aborted === true) return signal.reason;
  const { code = '', message } = error as NodeJS.ErrnoException;
  return new AdapterError(BY_CODE[code] ?? 'unreachable', `${system}: ${what}: ${message}`, { system, cause: error });
}

export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

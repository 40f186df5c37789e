import type { AdapterError } from '#src/ports/adapter-error.ts';

/** Of a request that was announced: whether it certainly changed nothing, so that it may be asked for again. */
export function wasRefused({ kind, detail }: AdapterError): boolean {
  if (detail?.['sent'] === false) return true;
  return kind !== 'unreachable' && kind !== 'malformed';
}

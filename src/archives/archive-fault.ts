export type ArchiveFaultKind = 'too-large' | 'malformed';

interface FaultDetails {
  cause?: unknown;
  unreadable?: boolean;
}

/** An archive that is not taken. The message names the member, and the limit or the remedy; it is fit for whoever sent the archive. */
export class ArchiveFault extends Error {
  readonly kind: ArchiveFaultKind;
  /** The bytes cannot be read, and nothing shows ill will: of a member of another archive it costs that member only. */
  readonly unreadable: boolean;

  constructor(kind: ArchiveFaultKind, message: string, { cause, unreadable = false }: FaultDetails = {}) {
    super(message, { cause });
    this.name = 'ArchiveFault';
    this.kind = kind;
    this.unreadable = unreadable;
  }
}

/**
 * What a decoder threw, as a fault of the member. What is no fault of the bytes passes unchanged: a fault that was said before, an abort,
 * a disk that does not read.
 */
export function asArchiveFault(error: unknown, member: string, signal: AbortSignal): Error {
  if (signal.aborted) return signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason));
  if (error instanceof ArchiveFault) return error;
  if (error instanceof Error && 'syscall' in error) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new ArchiveFault('malformed', `${shown(member)} is damaged or was cut off: ${shown(reason)}`, {
    cause: error,
    unreadable: true,
  });
}

/** Names come from strangers and may be as long as the archive. */
export function shown(name: string): string {
  const clean = name.replaceAll(/[\p{Cc}\p{Cs}\p{Cf}]/gu, '\uFFFD');
  return clean.length <= 160 ? clean : `${clean.slice(0, 100)}… (${clean.length} characters)`;
}

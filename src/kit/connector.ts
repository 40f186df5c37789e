import { readFileSync } from 'node:fs';
import { checkServerIdentity, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';

export interface TlsTrust {
  /** PEM file of the CA that signs the other side's certificate. */
  caFile?: string | undefined;
  /** Exactly this certificate (SHA-256, upper-case hex pairs with colons), whoever signed it. */
  fingerprint256?: string | undefined;
  /** Take whatever certificate comes, and tell its fingerprint, so that the caller pins it from then on. */
  firstUse?: boolean | undefined;
  /** Where the last TLS session is kept, so that the next connection resumes it. Left out: every connection shakes hands in full. */
  resume?: TlsMemory | undefined;
}

/** One other side's TLS session. A BMC spends most of a first request on the handshake, and thousands of open sockets cost too much. */
export interface TlsMemory {
  /** The session as text of one byte a character: a Buffer costs half as much again beside it, and there are thousands. */
  last: { session: string; fingerprint256: string } | null;
}

type Connect = ReturnType<typeof buildConnector>;

/** Requests whose connection never came about: nothing of them was sent. */
const neverSent = new WeakSet<object>();

export function markNeverSent(error: unknown): void {
  if (typeof error === 'object' && error !== null) neverSent.add(error);
}

export function wasNeverSent(error: unknown): boolean {
  return typeof error === 'object' && error !== null && neverSent.has(error);
}

const contexts = new Map<string, SecureContext>();

/** One for all connections that trust the same: node makes another for each of them otherwise, which is most of what a connection costs in memory. */
function contextOf(caFile: string | undefined): SecureContext {
  const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8');
  const known = contexts.get(ca ?? '');
  if (known) return known;
  const made = createSecureContext(ca === undefined ? {} : { ca });
  contexts.set(ca ?? '', made);
  return made;
}

/** Opens the connections of a pool, and compares what certificate they show. */
export function connector(trust: TlsTrust | undefined, saw: (fingerprint256: string) => void): Connect {
  const byFingerprint = trust?.fingerprint256 !== undefined || trust?.firstUse === true;
  const memory = trust?.resume;
  const options = {
    timeout: 10_000,
    // HTTP/1.1 is what every BMC speaks well.
    allowH2: false,
    // With a pin (or on first use) the certificate's own signature says nothing: the fingerprint is what is compared below.
    rejectUnauthorized: !byFingerprint,
    checkServerIdentity: byFingerprint ? () => undefined : checkServerIdentity,
    // A resumed session shows no certificate. It is kept here beside the fingerprint that was compared when it was made: only the
    // holder of that certificate's key can have the other half of it.
    maxCachedSessions: 0,
    secureContext: contextOf(trust?.caFile),
  };
  const inFull = buildConnector(options);

  return (where, callback) => {
    const kept = memory?.last ?? null;
    const fits = kept !== null && (trust?.fingerprint256 ?? kept.fingerprint256) === kept.fingerprint256;
    const connect = fits ? buildConnector({ ...options, session: bytesOf(kept.session) }) : inFull;
    return connect(where, (...result) => {
      const [error, socket] = result;
      if (error !== null) {
        neverSent.add(error);
        if (memory) memory.last = null;
        return callback(...result);
      }
      if (where.protocol !== 'https:') return callback(...result);
      const secured = socket as TLSSocket;
      const resumed = fits && secured.isSessionReused();
      const fingerprint256 = resumed ? kept.fingerprint256 : (secured.getPeerCertificate().fingerprint256 ?? '');
      if (trust?.fingerprint256 !== undefined && fingerprint256 !== trust.fingerprint256) {
        socket.destroy();
        const changed = new CertificateChanged(trust.fingerprint256, fingerprint256);
        neverSent.add(changed);
        return callback(changed, null);
      }
      saw(fingerprint256);
      if (memory) {
        // With TLS 1.2 it is there already; with 1.3 it comes after the handshake.
        const session = secured.getSession();
        if (session !== undefined && secured.getProtocol() !== 'TLSv1.3')
          memory.last = { session: session.toString('latin1'), fingerprint256 };
        secured.on('session', (given: Buffer) => (memory.last = { session: given.toString('latin1'), fingerprint256 }));
      }
      return callback(...result);
    });
  };
}

/** Not out of node's pool: a piece of it would keep all of its 64 KB for as long as the connection stands. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(text.length);
  bytes.write(text, 'latin1');
  return bytes;
}

class CertificateChanged extends Error {
  constructor(pinned: string, shown: string) {
    super(`certificate changed: pinned ${pinned}, shown ${shown}; if it was renewed on purpose, clear the pin`);
  }
}

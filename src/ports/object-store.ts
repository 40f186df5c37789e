import type { Readable } from 'node:stream';

/**
 * What a key looks like, e.g. `bundles/ab/cdef…`: segments of lower-case letters, digits, `.`, `_` and `-`, none beginning with a mark, so that
 * it is the same on every file system and in every URL. `.zst` at the end belongs to the store. Anything else is AdapterError rejected.
 */
export const OBJECT_KEY = /^(?=.{1,512}$)[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*(?<!\.zst)$/;

/** A file on this machine that holds the content. `bytes` is its length: another length is AdapterError rejected. */
export interface ObjectFile {
  path: string;
  bytes: number;
}

export interface StoredObject {
  key: string;
  /** What it takes up in the store; less than its content where the store compresses. */
  storedBytes: number;
  /** When it was put, by the store's clock. Whoever removes what nobody refers to leaves the young ones alone. */
  storedAt: Date;
}

/**
 * Keeps immutable objects. A key is made from the SHA-256 of the content, so the same key always means the same content. All methods
 * throw AdapterError only, or the signal's reason where the caller gave up.
 */
export interface ObjectStore {
  /**
   * Durable when it returns: a power cut loses nothing. Never visible half written. A key that is there already is a success.
   * May be repeated at any time, also while another process puts the same key.
   */
  put(key: string, content: Buffer | ObjectFile, signal: AbortSignal): Promise<void>;
  /**
   * The content as it was put. The caller reads it to its end or destroys it; the signal ends it too. What breaks off or proves damaged on
   * the way is an AdapterError on the stream. A store may not notice every damage: who must know compares the content's hash with the key.
   * @throws AdapterError not-found
   */
  get(key: string, signal: AbortSignal): Promise<Readable>;
  has(key: string, signal: AbortSignal): Promise<boolean>;
  /**
   * The next objects whose keys come after `afterKey` (null: from the first), ascending by code unit; at most 1,000. Empty: there are no more.
   * An object that is put or removed meanwhile may be listed or not.
   */
  list(afterKey: string | null, signal: AbortSignal): Promise<StoredObject[]>;
  /** A key that is not there is a success. */
  remove(key: string, signal: AbortSignal): Promise<void>;
}

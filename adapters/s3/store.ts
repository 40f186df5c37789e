import type { Readable } from 'node:stream';
import type { Kit } from '#src/kit/kit.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { OBJECT_KEY, type ObjectStore, type StoredObject } from '#src/ports/object-store.ts';
import type { S3Line } from './client.ts';
import { readObject } from './read-object.ts';
import { checkFile, notS3, sendObject, type Target } from './send-object.ts';
import { sendParts } from './send-parts.ts';
import type { Settings } from './settings.ts';

/** Above this a look whether it is there already is cheaper than to send it again. */
const LOOK_FIRST_BYTES = 1024 * 1024;

export function createS3Store(
  settings: Pick<Settings, 'bucket' | 'prefix' | 'partBytes'>,
  line: S3Line,
  kit: Pick<Kit, 'system' | 'log'>,
): ObjectStore {
  const { bucket, prefix, partBytes } = settings;
  const { system } = kit;
  let bucketSeen = false;

  function target(key: string, signal: AbortSignal): Target {
    if (!OBJECT_KEY.test(key)) throw new AdapterError('rejected', `${system}: not an object's key: ${key}`, { system });
    return { line, system, bucket, name: prefix + key, key, signal };
  }

  /** Undefined where it is not there. */
  async function sizeOf({ name, key, signal }: Target): Promise<number | undefined> {
    try {
      return await line.ask(`looking for ${key}`, signal, async (client, sdk) => {
        const command = new sdk.HeadObjectCommand({ Bucket: bucket, Key: name });
        const { ETag, ContentLength } = await client.send(command, { abortSignal: signal });
        if (ETag === undefined) throw notS3(system, `looking for ${key}`);
        return ContentLength ?? 0;
      });
    } catch (error) {
      if (!(error instanceof AdapterError) || error.status !== 404) throw error;
      await checkBucket(signal);
      return undefined;
    }
  }

  /** The answer to a HEAD has no body: "no such key" and "no such bucket", or a proxy's 404, look the same. Asked once. */
  async function checkBucket(signal: AbortSignal): Promise<void> {
    if (!bucketSeen) await listPage(null, signal);
    bucketSeen = true;
  }

  async function listPage(
    afterKey: string | null,
    signal: AbortSignal,
  ): Promise<{ objects: StoredObject[]; last: string | null }> {
    const { Contents = [], IsTruncated } = await line.ask('listing', signal, async (client, sdk) => {
      const command = new sdk.ListObjectsV2Command({
        ...{ Bucket: bucket, Prefix: prefix, MaxKeys: 1000 },
        ...(afterKey === null ? {} : { StartAfter: prefix + afterKey }),
      });
      const answer = await client.send(command, { abortSignal: signal });
      // A page of somebody else reads as an empty list, and an empty list would say that every object is lost.
      if (answer.Name !== bucket) throw notS3(system, 'listing');
      return answer;
    });
    const objects = Contents.flatMap(({ Key = '', Size = 0, LastModified }) => {
      const key = Key.slice(prefix.length);
      return OBJECT_KEY.test(key) ? [{ key, storedBytes: Size, storedAt: LastModified ?? new Date(0) }] : [];
    });
    const lastName = Contents.at(-1)?.Key;
    return { objects, last: IsTruncated && lastName !== undefined ? lastName.slice(prefix.length) : null };
  }

  return {
    async put(key, content, signal) {
      signal.throwIfAborted();
      const to = target(key, signal);
      const bytes = Buffer.isBuffer(content) ? content.length : content.bytes;
      if (!Buffer.isBuffer(content)) await checkFile(content, system);
      const isThere = async (): Promise<boolean> => (await sizeOf(to)) === bytes;
      if (bytes > LOOK_FIRST_BYTES && (await isThere())) return;
      if (Buffer.isBuffer(content) || bytes <= 4 * partBytes) await sendObject(to, content);
      else await sendParts(to, content, { partBytes, log: kit.log, isThere });
    },
    async get(key, signal) {
      const { name } = target(key, signal);
      const body = await line.ask(`reading ${key}`, signal, async (client, sdk) => {
        const command = new sdk.GetObjectCommand({ Bucket: bucket, Key: name });
        const answer = await client.send(command, { abortSignal: signal });
        if (answer.ETag === undefined || answer.Body === undefined) throw notS3(system, `reading ${key}`);
        return answer.Body as Readable;
      });
      return readObject(body, { system, key, signal });
    },
    async has(key, signal) {
      return (await sizeOf(target(key, signal))) !== undefined;
    },
    async list(afterKey, signal) {
      for (let after = afterKey; ;) {
        const { objects, last } = await listPage(after, signal);
        if (objects.length > 0 || last === null) return objects;
        after = last; // a whole page of what is not ours
      }
    },
    async remove(key, signal) {
      const { name } = target(key, signal);
      await line.ask(`removing ${key}`, signal, async (client, sdk) => {
        const command = new sdk.DeleteObjectCommand({ Bucket: bucket, Key: name });
        const { $metadata } = await client.send(command, { abortSignal: signal });
        if ($metadata.httpStatusCode !== 204) throw notS3(system, `removing ${key}`);
      });
    },
  };
}

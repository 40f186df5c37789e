import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Ctx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { newId } from '../../core/id.ts';
import {
  endTurn,
  findUpload,
  oldUploads,
  type PartialUpload,
  removeUpload,
  renewTurn,
  startUpload,
  takeTurn,
} from '../upload-store.ts';
import { chunksOf } from './chunks-of-body.ts';
import { onDisk } from './keep-incoming.ts';
import { tooLarge } from './receive-body.ts';
import { sweepFolder } from './sweep-folder.ts';

/** A writer that says nothing for so long has died. */
const TURN_MS = 120_000;
/** Whoever comes back after a broken line waits for the end of the part before; it has tries for about a minute. */
const PART_SILENT_MS = 30_000;
const ABANDONED_MS = 7 * 86_400_000;

export interface Parts {
  folder: string;
  maxBytes: number;
}

/** @returns where the next part has to begin */
export async function beginUpload(
  ctx: Ctx,
  parts: Parts,
  wanted: { sha256: string; bytes: number; fileName: string | null },
): Promise<{ id: string; offset: number; isNew: boolean }> {
  if (wanted.bytes > parts.maxBytes) throw tooLarge(parts.maxBytes);
  await dropAbandoned(ctx, parts);
  const { upload, isNew } = await startUpload(ctx.db, { ...wanted, id: newId(), actor: ctx.actor, now: ctx.now() });
  if (upload.bytes !== wanted.bytes)
    throw new HubError('conflict', `These bytes were announced as ${upload.bytes} before, now as ${wanted.bytes}`);
  return { id: upload.id, offset: await offsetOf(parts, upload.id), isNew };
}

/**
 * Appends a part. What has arrived stays, also when the connection breaks in the middle of it.
 * @param take gets the whole file once it is complete and its SHA-256 is right; nobody else does meanwhile
 * @throws HubError conflict with the true `offset`, where the part does not begin there or another one is being written
 */
export async function appendPart<T>(
  ctx: Ctx,
  parts: Parts,
  part: { id: string; offset: number; body: Readable },
  take: (complete: PartialUpload & { path: string }) => Promise<T>,
): Promise<{ offset: number; taken: T | null }> {
  const upload = await findUpload(ctx.db, { id: part.id, actor: ctx.actor });
  if (!upload) throw gone(part.id);
  if (!(await takeTurn(ctx.db, { id: part.id, ...turnFrom(ctx) })))
    throw new HubError('conflict', 'Another part of this upload is being written', {
      extra: { offset: await offsetOf(parts, part.id) },
    });
  const turn = keepTurn(ctx, part.id);
  try {
    // It may have been finished between the two questions above; a part must not begin a file that nobody knows.
    if (!(await findUpload(ctx.db, { id: part.id, actor: ctx.actor }))) throw gone(part.id);
    const before = await offsetOf(parts, part.id);
    if (before !== part.offset)
      throw new HubError('conflict', `The next part has to begin at ${before}, not at ${part.offset}`, {
        extra: { offset: before },
      });
    await write(parts, upload, before, part.body);
    const offset = await offsetOf(parts, part.id);
    if (offset < upload.bytes) return { offset, taken: null };
    await verify(ctx, parts, upload);
    return { offset, taken: await take({ ...upload, path: fileOf(parts, upload.id) }) };
  } finally {
    await turn.end();
  }
}

function gone(id: string): HubError {
  return new HubError('not-found', `There is no upload ${id}: begin again`);
}

function turnFrom(ctx: Ctx): { now: Date; until: Date } {
  const now = ctx.now();
  return { now, until: new Date(now.getTime() + TURN_MS) };
}

/** A slow line, or a large archive that is being read, takes longer than a turn. */
function keepTurn(ctx: Ctx, id: string): { end(): Promise<void> } {
  let renewing: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    renewing = renewTurn(ctx.db, { id, until: turnFrom(ctx).until }).catch((error: unknown) =>
      ctx.log.warn({ err: error, upload: id }, 'the turn of an upload could not be renewed'),
    );
  }, TURN_MS / 4);
  return {
    async end() {
      clearInterval(timer);
      await renewing;
      await endTurn(ctx.db, id);
    },
  };
}

export async function dropUpload(ctx: Ctx, parts: Parts, id: string): Promise<void> {
  await removeUpload(ctx.db, id);
  await rm(fileOf(parts, id), { force: true });
}

function fileOf({ folder }: Parts, id: string): string {
  return path.join(folder, `${id}.part`);
}

async function offsetOf(parts: Parts, id: string): Promise<number> {
  try {
    return (await stat(fileOf(parts, id))).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

async function write(parts: Parts, upload: PartialUpload, offset: number, body: Readable): Promise<void> {
  const file = await onDisk(async () => {
    await mkdir(parts.folder, { recursive: true });
    return open(fileOf(parts, upload.id), 'a', 0o600);
  });
  let written = offset;
  const broke = (cause: unknown): HubError =>
    new HubError('invalid', `body: the connection broke; go on at ${written}`, { extra: { offset: written }, cause });
  try {
    for await (const chunk of chunksOf(body, { silentMs: PART_SILENT_MS, broke })) {
      if (written + chunk.length > upload.bytes)
        throw new HubError('invalid', `body: goes beyond the ${upload.bytes} bytes that were announced`, {
          extra: { offset: written },
        });
      await onDisk(() => file.writeFile(chunk));
      written += chunk.length;
    }
  } finally {
    try {
      await onDisk(() => file.datasync());
    } finally {
      await file.close();
    }
  }
}

async function verify(ctx: Ctx, parts: Parts, upload: PartialUpload): Promise<void> {
  const hash = createHash('sha256');
  await onDisk(() => pipeline(createReadStream(fileOf(parts, upload.id)), hash));
  if (hash.digest('hex') === upload.sha256) return;
  await dropUpload(ctx, parts, upload.id);
  throw new HubError(
    'unavailable',
    'What came in does not have the SHA-256 that was announced; all of it was dropped. Begin again',
  );
}

/** Also files that a crash left without a row. */
async function dropAbandoned(ctx: Ctx, parts: Parts): Promise<void> {
  const before = new Date(ctx.now().getTime() - ABANDONED_MS);
  for (const id of await oldUploads(ctx.db, { before, now: ctx.now() })) await dropUpload(ctx, parts, id);
  await sweepFolder(parts.folder, before, /\.part$/);
}

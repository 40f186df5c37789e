import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
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
  startUpload,
  takeTurn,
} from '../upload-store.ts';
import { tooLarge } from './receive-body.ts';

/** A writer that says nothing for so long has died. */
const TURN_MS = 120_000;
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
 * @returns the whole file once it is complete and its SHA-256 is right
 * @throws HubError conflict with the true `offset`, where the part does not begin there
 */
export async function appendPart(
  ctx: Ctx,
  parts: Parts,
  part: { id: string; offset: number; body: Readable },
): Promise<{ offset: number; complete: (PartialUpload & { path: string }) | null }> {
  const upload = await findUpload(ctx.db, { id: part.id, actor: ctx.actor });
  if (!upload) throw new HubError('not-found', `There is no upload ${part.id}: begin again`);
  const now = ctx.now();
  if (!(await takeTurn(ctx.db, { id: part.id, now, until: new Date(now.getTime() + TURN_MS) })))
    throw new HubError('conflict', 'Another part of this upload is being written', {
      extra: { offset: await offsetOf(parts, part.id) },
    });
  try {
    const before = await offsetOf(parts, part.id);
    if (before !== part.offset)
      throw new HubError('conflict', `The next part has to begin at ${before}, not at ${part.offset}`, {
        extra: { offset: before },
      });
    await write(parts, upload, before, part.body);
    const offset = await offsetOf(parts, part.id);
    if (offset < upload.bytes) return { offset, complete: null };
    return { offset, complete: await finish(ctx, parts, upload) };
  } finally {
    await endTurn(ctx.db, part.id);
  }
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
  await mkdir(parts.folder, { recursive: true });
  const file = await open(fileOf(parts, upload.id), 'a', 0o600);
  let written = offset;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      if (written + chunk.length > upload.bytes)
        throw new HubError('invalid', `body: goes beyond the ${upload.bytes} bytes that were announced`, {
          extra: { offset: written },
        });
      await file.write(chunk);
      written += chunk.length;
    }
  } catch (error) {
    if (error instanceof HubError) throw error;
    throw new HubError('invalid', `body: the connection broke; go on at ${written}`, {
      extra: { offset: written },
      cause: error,
    });
  } finally {
    await file.datasync();
    await file.close();
  }
}

async function finish(ctx: Ctx, parts: Parts, upload: PartialUpload): Promise<PartialUpload & { path: string }> {
  const file = fileOf(parts, upload.id);
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  if (hash.digest('hex') === upload.sha256) return { ...upload, path: file };
  await dropUpload(ctx, parts, upload.id);
  throw new HubError(
    'unavailable',
    'What came in does not have the SHA-256 that was announced; all of it was dropped. Begin again',
  );
}

/** Also files that a crash left without a row. */
async function dropAbandoned(ctx: Ctx, parts: Parts): Promise<void> {
  const before = new Date(ctx.now().getTime() - ABANDONED_MS);
  for (const id of await oldUploads(ctx.db, before)) await dropUpload(ctx, parts, id);
  await mkdir(parts.folder, { recursive: true });
  for (const name of await readdir(parts.folder)) {
    const file = path.join(parts.folder, name);
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined; // somebody else finished it meanwhile
      throw error;
    });
    if (found && /\.(part|upload)$/.test(name) && found.mtimeMs < before.getTime()) await rm(file, { force: true });
  }
}

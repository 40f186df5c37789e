import { z } from 'zod';
import { HubError } from '../../core/error.ts';
import { Cursor, Limit, pageOf, toCursor } from '../../core/page.ts';
import { get, invalid, type Route, upload } from '../../core/route.ts';
import { Id } from '../../core/schemas.ts';
import type { Ctx } from '../../core/ctx.ts';
import { AdapterError } from '../../ports/adapter-error.ts';
import { inUtc } from '../routes/clocks.ts';
import { findBundle, listBundles, viewBundles } from './bundle-reads.ts';
import { BundleView } from './bundle-view.ts';
import { type Intake, keyOf } from './intake.ts';
import { onDisk } from './keep-incoming.ts';
import { receiveBody } from './receive-body.ts';
import { shortName } from './short-name.ts';
import { sweepFolder } from './sweep-folder.ts';

const tag = 'Bundles';
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256: 64 hexadecimal digits in lower case');
const HintQuery = z.object({
  asset_id: Id.optional().meta({ description: 'Whose it is, where the file does not say' }),
  collected_at: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'When it was collected, where the file does not say' }),
});

export interface IntakeSettings {
  /** Where uploads wait until they are in whole. */
  folder: string;
  maxBytes: number;
}

const DAY_MS = 86_400_000;

export function intakeRoutes(intake: Intake, settings: IntakeSettings): Route[] {
  const sweep = sweepDaily(settings.folder);
  return [
    upload(
      {
        method: 'post',
        id: 'ingestLogBundle',
        path: '/v1/ingest/logbundle',
        summary: 'Upload whatever a server or its BMC can tell: any file, archive or collection of tool outputs',
        tag,
        scope: 'bundles:write',
        query: HintQuery,
        takes:
          'The file as it is (application/octet-stream), or a form with one file. X-File-Name (percent-encoded) names it; X-Content-SHA256 is compared with what comes in',
        answers: {
          201: { says: 'Taken: what was found in it', schema: BundleView },
          200: { says: 'These bytes were here before: what was found then', schema: BundleView },
        },
      },
      async (ctx, { body, query, headers }) => {
        const said = headers['x-content-sha256']?.toLowerCase();
        if (said !== undefined && !Sha256.safeParse(said).success)
          throw invalid('header X-Content-SHA256', 'is no SHA-256: 64 hexadecimal digits');
        const fileName = nameOf(headers['x-file-name']);
        await sweep(ctx.now());
        const received = await receiveBody(body, {
          ...settings,
          contentType: headers['content-type'],
          contentLength: headers['content-length'],
        });
        try {
          if (said !== undefined && said !== received.sha256)
            throw new HubError(
              'unavailable',
              `X-Content-SHA256 says ${said}, but what came in is ${received.sha256}: send it again`,
            );
          const { isNew } = await intake.take(ctx, received, {
            assetId: query.asset_id ?? null,
            collectedAt: inUtc(query.collected_at) ?? null,
            fileName: fileName ?? received.fileName,
          });
          return {
            status: isNew ? 201 : 200,
            body: await viewOf(ctx, received.sha256),
            headers: locationOf(received.sha256),
          };
        } finally {
          await received.drop();
        }
      },
    ),
    get(
      {
        id: 'listBundles',
        path: '/v1/bundles',
        summary: 'List what was uploaded or collected, newest first',
        tag,
        scope: 'bundles:read',
        query: z.object({ cursor: Cursor, limit: Limit }),
        answers: { 200: { says: 'A page of them', schema: pageOf(BundleView).meta({ id: 'BundlePage' }) } },
      },
      async (ctx, { query }) => {
        const rows = await listBundles(ctx, { before: placeIn(query.cursor), limit: query.limit + 1 });
        const page = rows.slice(0, query.limit);
        const next = rows.length > query.limit ? toCursor([String(page.at(-1)?.id ?? 0)]) : null;
        return { status: 200, body: { items: await viewBundles(ctx, page), next } };
      },
    ),
    get(
      {
        id: 'getBundle',
        path: '/v1/bundles/{sha256}',
        summary: 'What was found in a bundle',
        tag,
        scope: 'bundles:read',
        params: z.object({ sha256: Sha256 }),
        answers: { 200: { says: 'The bundle', schema: BundleView } },
      },
      async (ctx, { params }) => ({ status: 200, body: await viewOf(ctx, params.sha256) }),
    ),
    get(
      {
        id: 'getBundleContent',
        path: '/v1/bundles/{sha256}/content',
        summary: 'The bytes as they were sent',
        tag,
        scope: 'bundles:read',
        params: z.object({ sha256: Sha256 }),
        answers: { 200: { says: 'The bytes', schema: null, contentType: 'application/octet-stream' } },
      },
      async (ctx, { params }) => {
        const bundle = await findBundle(ctx, params.sha256);
        if (!bundle) throw notFound(params.sha256);
        const content = await intake.store().get(keyOf(params.sha256), ctx.signal).catch(sayGone);
        return {
          status: 200,
          headers: {
            'content-type': 'application/octet-stream',
            'content-length': String(bundle.bytes),
            'content-disposition': `attachment; filename="${params.sha256.slice(0, 12)}.bin"`,
            'x-content-type-options': 'nosniff',
            etag: `"${params.sha256}"`,
          },
          stream: async (write, signal) => {
            for await (const chunk of content) {
              if (signal.aborted) break;
              await write(chunk as Buffer);
            }
            content.destroy();
          },
        };
      },
    ),
  ];
}

/** Before an upload, once a day: what a hub left that was killed while one came in. No upload takes a day. */
function sweepDaily(folder: string): (now: Date) => Promise<void> {
  let next = 0;
  return async (now) => {
    if (now.getTime() < next) return;
    next = now.getTime() + DAY_MS;
    await onDisk(() => sweepFolder(folder, new Date(now.getTime() - DAY_MS), /\.upload$/));
  };
}

export async function viewOf(ctx: Ctx, sha256: string): Promise<BundleView> {
  const bundle = await findBundle(ctx, sha256);
  const [view] = bundle ? await viewBundles(ctx, [bundle]) : [];
  if (!view) throw notFound(sha256);
  return view;
}

function notFound(sha256: string): HubError {
  return new HubError('not-found', `There is no bundle ${sha256}`);
}

/** What is known from them stays; `history check --objects` names all such bundles. */
function sayGone(error: unknown): never {
  if (!(error instanceof AdapterError)) throw error;
  if (error.kind === 'not-found')
    throw new HubError('not-found', 'The bytes of this bundle are not in the object store any more', { cause: error });
  throw new HubError('unavailable', `The object store does not answer now (${error.message})`, { cause: error });
}

export function locationOf(sha256: string): Record<string, string> {
  return { location: `/v1/bundles/${sha256}` };
}

export function nameOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  try {
    return shortName(decodeURIComponent(header));
  } catch {
    throw invalid('header X-File-Name', 'is not percent-encoded UTF-8');
  }
}

/** Bundles have numbers, in the order in which they came. */
function placeIn(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [place] = z
      .tuple([z.string().regex(/^\d{1,10}$/)])
      .parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return Number(place);
  } catch {
    throw invalid('query.cursor', 'is not a cursor of this list: pass `next` of the page before, or leave it out');
  }
}

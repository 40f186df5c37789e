import { z } from 'zod';
import type { Ctx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { command, invalid, type Route, upload } from '../../core/route.ts';
import { IdParams } from '../../core/schemas.ts';
import { findBundle } from './bundle-reads.ts';
import { BundleView } from './bundle-view.ts';
import type { Intake } from './intake.ts';
import { type IntakeSettings, locationOf, nameOf, Sha256, viewOf } from './routes.ts';
import { appendPart, beginUpload, dropUpload } from './upload-parts.ts';

const tag = 'Bundles';
const Begun = z
  .object({ id: z.string(), offset: z.int().meta({ description: 'Where the next part has to begin' }) })
  .meta({ id: 'Upload' });
const Arrived = z.object({ bundle: BundleView }).meta({ id: 'ArrivedUpload' });

/** For large files over bad lines: begin, append parts, go on where the connection broke. */
export function partRoutes(intake: Intake, settings: IntakeSettings): Route[] {
  return [
    command(
      {
        id: 'beginUpload',
        path: '/v1/ingest/uploads',
        summary: 'Announce a file that comes in parts, or ask how far it has come',
        tag,
        scope: 'bundles:write',
        body: z.strictObject({ sha256: Sha256, bytes: z.int().min(1) }),
        answers: {
          201: { says: 'Begun', schema: Begun },
          200: { says: 'Begun before, or here already', schema: z.union([Begun, Arrived]) },
        },
      },
      async (ctx, { body, headers }) => {
        const known = await findBundle(ctx, body.sha256);
        if (known)
          return { status: 200, body: { bundle: await viewOf(ctx, body.sha256) }, headers: locationOf(body.sha256) };
        const begun = await beginUpload(ctx, settings, { ...body, fileName: nameOf(headers['x-file-name']) });
        return {
          status: begun.isNew ? 201 : 200,
          body: { id: begun.id, offset: begun.offset },
          headers: { location: `/v1/ingest/uploads/${begun.id}`, 'upload-offset': String(begun.offset) },
        };
      },
    ),
    upload(
      {
        method: 'patch',
        id: 'appendUpload',
        path: '/v1/ingest/uploads/{id}',
        summary: 'Append a part; the last one answers as an upload in one piece does',
        tag,
        scope: 'bundles:write',
        params: IdParams,
        takes: 'The next bytes (application/octet-stream). Upload-Offset says where they begin',
        answers: {
          202: { says: 'More is to come', schema: Begun },
          201: { says: 'Complete and taken', schema: BundleView },
          200: { says: 'Complete; these bytes were here before', schema: BundleView },
        },
      },
      async (ctx, { params, body, headers }) => {
        const said = headers['upload-offset'] ?? '';
        const offset = Number(said);
        if (!/^\d{1,15}$/.test(said))
          throw invalid('header Upload-Offset', 'is missing or no number: say at which byte this part begins');
        const { offset: next, taken } = await appendPart(
          ctx,
          settings,
          { id: params.id, offset, body },
          async (complete) => {
            const { isNew } = await takeComplete(ctx, intake, complete).catch(async (error: unknown) => {
              // What cannot be read now cannot be read later: sending the end of it again would not help.
              if (error instanceof HubError && error.kind !== 'unavailable') await dropUpload(ctx, settings, params.id);
              throw error;
            });
            await dropUpload(ctx, settings, params.id);
            return { isNew, sha256: complete.sha256 };
          },
        );
        if (taken === null)
          return { status: 202, body: { id: params.id, offset: next }, headers: { 'upload-offset': String(next) } };
        return {
          status: taken.isNew ? 201 : 200,
          body: await viewOf(ctx, taken.sha256),
          headers: locationOf(taken.sha256),
        };
      },
    ),
  ];
}

function takeComplete(
  ctx: Ctx,
  intake: Intake,
  file: { sha256: string; bytes: number; path: string; fileName: string | null },
): ReturnType<Intake['take']> {
  const { sha256, bytes, fileName } = file;
  return intake.take(
    ctx,
    { sha256, bytes, content: { path: file.path } },
    { assetId: null, collectedAt: null, fileName },
  );
}

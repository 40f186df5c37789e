import type { ProbeCheck } from '#src/ports/adapter.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { S3Line } from './client.ts';
import { notS3 } from './send-object.ts';
import type { Settings } from './settings.ts';

/** A name that no object's key can have. */
const PROBE_NAME = '.reanimator-doctor';

/** Lists, puts, reads and removes one small object. Goes on as far as the answers allow. */
export async function probe(
  { bucket, prefix }: Pick<Settings, 'bucket' | 'prefix'>,
  line: S3Line,
  system: string,
  signal: AbortSignal,
): Promise<ProbeCheck[]> {
  const of = { Bucket: bucket, Key: `${prefix}${PROBE_NAME}` };
  const listing = await told(
    line.ask('listing', signal, async (client, sdk) => {
      const answer = await client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }), {
        abortSignal: signal,
      });
      if (answer.Name !== bucket) throw notS3(system, 'listing');
    }),
  );
  const early = explainListing(listing, bucket);
  if (early.some((check) => !check.ok)) return early;
  const steps: [string, string, () => Promise<unknown>][] = [
    [
      'put',
      's3:PutObject',
      () =>
        line.ask('putting', signal, (client, sdk) => client.send(new sdk.PutObjectCommand({ ...of, Body: 'doctor' }))),
    ],
    [
      'read',
      's3:GetObject',
      () => line.ask('reading', signal, (client, sdk) => client.send(new sdk.HeadObjectCommand(of))),
    ],
    [
      'remove',
      's3:DeleteObject',
      () => line.ask('removing', signal, (client, sdk) => client.send(new sdk.DeleteObjectCommand(of))),
    ],
  ];
  for (const [may, right, act] of steps) {
    const failure = await told(act());
    if (failure === undefined) continue;
    const remedy = `Give the access key ${right} on the bucket: it could not ${may} an object`;
    return [...early, { name: 'permissions', ok: false, found: failure.message, remedy }];
  }
  return [...early, { name: 'permissions', ok: true, found: 'may list, put, read and remove' }];
}

function explainListing(failure: AdapterError | undefined, bucket: string): ProbeCheck[] {
  const reachable: ProbeCheck = { name: 'reachable', ok: true, found: 'S3 answers' };
  const authorised: ProbeCheck = { name: 'authorised', ok: true, found: 'the signature was accepted' };
  if (failure === undefined)
    return [reachable, authorised, { name: 'configuration', ok: true, found: `bucket ${bucket}` }];
  const found = failure.message;
  const code = String(failure.detail?.['code'] ?? '');
  if (failure.kind === 'unreachable' || failure.kind === 'malformed' || failure.kind === 'throttled')
    return [
      {
        name: 'reachable',
        ok: false,
        found,
        remedy: 'Check url, caFile, and that nothing in between answers in its place',
      },
    ];
  if (code === 'AccessDenied') {
    const remedy = 'Give the access key s3:ListBucket on the bucket: without it S3 does not tell what is not there';
    return [reachable, authorised, { name: 'permissions', ok: false, found, remedy }];
  }
  if (failure.kind === 'unauthorized')
    return [
      reachable,
      { name: 'authorised', ok: false, found, remedy: 'Check accessKeyId, accessKeySecret and region' },
    ];
  const remedy =
    code === 'NoSuchBucket' ? `Make the bucket ${bucket}, or set another` : 'Check bucket, region and pathStyle';
  return [reachable, authorised, { name: 'configuration', ok: false, found, remedy }];
}

async function told(call: Promise<unknown>): Promise<AdapterError | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof AdapterError) return error;
    return new AdapterError('unreachable', 'no answer in time', { system: 's3', cause: error });
  }
}

import { createHash } from 'node:crypto';
import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { refuse, xml } from './answers.ts';
import { uploadRoute } from './uploads.ts';

export interface StoredBody {
  body: Buffer;
  etag: string;
  at: Date;
}

export interface Bucket {
  name: string;
  objects: Map<string, StoredBody>;
  /** Uploads in parts that were begun and not completed, by id. */
  uploads: Map<string, { key: string; parts: Map<number, { body: Buffer; etag: string }> }>;
}

export function createBucket(name: string): Bucket {
  return { name, objects: new Map(), uploads: new Map() };
}

export function bucketRoute(bucket: Bucket, request: SimulatedRequest): SimulatedAnswer {
  if (request.method === 'HEAD') return { status: 200 };
  if (request.method === 'GET' && request.query.get('list-type') === '2') return list(bucket, request.query);
  return refuse(501, 'NotImplemented', 'A header or query you provided is not simulated');
}

export function objectRoute(bucket: Bucket, key: string, request: SimulatedRequest): SimulatedAnswer {
  const upload = uploadRoute(bucket, key, request);
  if (upload !== undefined) return upload;
  if (request.method === 'PUT') return put(bucket, key, request);
  if (request.method === 'DELETE') {
    bucket.objects.delete(key);
    return { status: 204 };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return refuse(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
  const found = bucket.objects.get(key);
  if (found === undefined) return refuse(404, 'NoSuchKey', 'The specified key does not exist.');
  const headers = {
    etag: found.etag,
    'last-modified': found.at.toUTCString(),
    'content-type': 'application/octet-stream',
    'content-length': String(found.body.length),
  };
  return { status: 200, headers, body: found.body };
}

function put(bucket: Bucket, key: string, request: SimulatedRequest): SimulatedAnswer {
  if (request.headers['if-none-match'] === '*' && bucket.objects.has(key))
    return refuse(412, 'PreconditionFailed', 'At least one of the pre-conditions you specified did not hold');
  const etag = `"${createHash('md5').update(request.body).digest('hex')}"`;
  bucket.objects.set(key, { body: request.body, etag, at: new Date() });
  return { status: 200, headers: { etag } };
}

/** Keys in the order of their UTF-8 bytes, as S3 lists them. */
function list(bucket: Bucket, query: URLSearchParams): SimulatedAnswer {
  const prefix = query.get('prefix') ?? '';
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
  const most = Math.min(Number(query.get('max-keys') ?? 1000), 1000);
  const keys = [...bucket.objects.keys()]
    .filter((key) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
    .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const page = keys.slice(0, most);
  const more = keys.length > page.length;
  return xml(200, 'ListBucketResult', {
    Name: bucket.name,
    Prefix: prefix,
    MaxKeys: most,
    KeyCount: page.length,
    IsTruncated: more,
    NextContinuationToken: more ? Buffer.from(page.at(-1) ?? '').toString('base64url') : undefined,
    Contents: page.map((key) => {
      const { body, etag, at } = bucket.objects.get(key) ?? { body: Buffer.alloc(0), etag: '', at: new Date(0) };
      return { Key: key, LastModified: at.toISOString(), ETag: etag, Size: body.length, StorageClass: 'STANDARD' };
    }),
  });
}

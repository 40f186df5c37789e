import { createHash, randomUUID } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { refuse, xml } from './answers.ts';
import type { Bucket } from './bucket.ts';

const LEAST_PART_BYTES = 5 * 1024 * 1024;
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Part' });
const noSuchUpload = (): SimulatedAnswer => refuse(404, 'NoSuchUpload', 'The specified upload does not exist.');

/** Requests about an upload in parts; undefined where it is not one. */
export function uploadRoute(bucket: Bucket, key: string, request: SimulatedRequest): SimulatedAnswer | undefined {
  const { method, query } = request;
  if (method === 'POST' && query.has('uploads')) {
    const uploadId = randomUUID();
    bucket.uploads.set(uploadId, { key, parts: new Map() });
    return xml(200, 'InitiateMultipartUploadResult', { Bucket: bucket.name, Key: key, UploadId: uploadId });
  }
  const uploadId = query.get('uploadId');
  if (uploadId === null) return undefined;
  const upload = bucket.uploads.get(uploadId);
  if (upload === undefined || upload.key !== key) return noSuchUpload();
  if (method === 'DELETE') {
    bucket.uploads.delete(uploadId);
    return { status: 204 };
  }
  if (method === 'PUT') {
    const number = Number(query.get('partNumber'));
    if (!Number.isInteger(number) || number < 1 || number > 10_000)
      return refuse(400, 'InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
    const etag = `"${createHash('md5').update(request.body).digest('hex')}"`;
    upload.parts.set(number, { body: request.body, etag });
    return { status: 200, headers: { etag } };
  }
  return method === 'POST' ? complete(bucket, key, uploadId, request) : undefined;
}

function complete(bucket: Bucket, key: string, uploadId: string, request: SimulatedRequest): SimulatedAnswer {
  const parts = bucket.uploads.get(uploadId)?.parts;
  if (parts === undefined) return noSuchUpload();
  const wanted = readParts(request.body);
  if (wanted === undefined || wanted.length === 0)
    return refuse(400, 'MalformedXML', 'The XML you provided was not well-formed');
  const bodies: Buffer[] = [];
  for (const [index, { number, etag }] of wanted.entries()) {
    const part = parts.get(number);
    if (part === undefined || part.etag.replaceAll('"', '') !== etag.replaceAll('"', ''))
      return refuse(400, 'InvalidPart', 'One or more of the specified parts could not be found.');
    if (index > 0 && number <= (wanted[index - 1]?.number ?? 0))
      return refuse(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
    if (index < wanted.length - 1 && part.body.length < LEAST_PART_BYTES)
      return refuse(400, 'EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    bodies.push(part.body);
  }
  const body = Buffer.concat(bodies);
  const etag = `"${createHash('md5').update(body).digest('hex')}-${wanted.length}"`;
  bucket.objects.set(key, { body, etag, at: new Date() });
  bucket.uploads.delete(uploadId);
  return xml(200, 'CompleteMultipartUploadResult', { Bucket: bucket.name, Key: key, ETag: etag });
}

function readParts(body: Buffer): { number: number; etag: string }[] | undefined {
  try {
    const read = parser.parse(body.toString('utf8')) as {
      CompleteMultipartUpload?: { Part?: { PartNumber?: string; ETag?: string }[] };
    };
    const parts = read.CompleteMultipartUpload?.Part;
    return parts?.map(({ PartNumber = '', ETag = '' }) => ({
      number: Number(PartNumber),
      etag: ETag.replaceAll('&quot;', '"'),
    }));
  } catch {
    return undefined; // not XML: the caller answers as S3 does
  }
}

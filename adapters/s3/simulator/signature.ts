import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { refuse } from './answers.ts';

const SKEW_MS = 15 * 60_000;

export interface Credentials {
  accessKeyId: string;
  accessKeySecret: string;
  region: string;
}

/** AWS Signature Version 4 in the Authorization header, over the body's hash. Undefined: it holds. */
export function refuseSignature(request: SimulatedRequest, credentials: Credentials): SimulatedAnswer | undefined {
  const given = parseAuthorization(request.headers['authorization'] ?? '');
  if (given === undefined) return refuse(403, 'AccessDenied', 'Access Denied.');
  if (given.accessKeyId !== credentials.accessKeyId)
    return refuse(403, 'InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.');
  if (given.region !== credentials.region || given.service !== 's3')
    return refuse(400, 'AuthorizationHeaderMalformed', `the region is wrong; expecting '${credentials.region}'`);
  const stamp = request.headers['x-amz-date'] ?? '';
  const at = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!stamp.startsWith(given.day) || !(Math.abs(at - Date.now()) < SKEW_MS))
    return refuse(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large.',
    );
  if (!given.signed.includes('host') || !given.signed.includes('x-amz-content-sha256'))
    return refuse(403, 'AccessDenied', 'There were headers present in the request which were not signed');
  const expected = signatureOf(request, given, stamp, credentials.accessKeySecret);
  if (!equal(expected, given.signature))
    return refuse(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    );
  return refuseBody(request);
}

function refuseBody({ headers, body }: SimulatedRequest): SimulatedAnswer | undefined {
  const said = headers['x-amz-content-sha256'] ?? '';
  const hash = createHash('sha256').update(body);
  const sum = hash.copy().digest('base64');
  if (/^STREAMING-/.test(said)) return refuse(501, 'NotImplemented', 'A body in signed chunks is not simulated');
  if (said !== 'UNSIGNED-PAYLOAD' && said !== hash.digest('hex'))
    return refuse(400, 'XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match");
  const checksum = headers['x-amz-checksum-sha256'];
  if (checksum !== undefined && checksum !== sum)
    return refuse(400, 'BadDigest', 'The SHA256 you specified did not match the calculated checksum.');
  return undefined;
}

interface Authorization {
  accessKeyId: string;
  day: string;
  region: string;
  service: string;
  signed: string[];
  signature: string;
}

function parseAuthorization(header: string): Authorization | undefined {
  const found =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/.exec(
      header,
    );
  if (found === null) return undefined;
  const [, accessKeyId = '', day = '', region = '', service = '', signed = '', signature = ''] = found;
  return { accessKeyId, day, region, service, signed: signed.split(';'), signature };
}

function signatureOf(request: SimulatedRequest, given: Authorization, stamp: string, secret: string): string {
  const query = [...request.query]
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  const canonical = [
    request.method,
    request.path
      .split('/')
      .map((segment) => encode(decodeSegment(segment)))
      .join('/'),
    query.map(([name, value]) => `${name}=${value}`).join('&'),
    ...given.signed.map((name) => `${name}:${(request.headers[name] ?? '').trim().replaceAll(/ +/g, ' ')}`),
    '',
    given.signed.join(';'),
    request.headers['x-amz-content-sha256'] ?? '',
  ].join('\n');
  const scope = `${given.day}/${given.region}/${given.service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', stamp, scope, createHash('sha256').update(canonical).digest('hex')].join('\n');
  let key: Buffer = Buffer.from(`AWS4${secret}`);
  for (const part of scope.split('/')) key = hmac(key, part);
  return hmac(key, text).toString('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.codePointAt(0)?.toString(16).toUpperCase()}`,
  );
}

/** What decodeURI leaves as it was sent: ; / ? : @ & = + $ , # */
const RESERVED = /%(?:3B|2F|3F|3A|40|26|3D|2B|24|2C|23)/gi;

/** One segment of a path as it was meant. A key that itself holds such a sequence cannot be told from one that was sent so. */
export function decodeSegment(segment: string): string {
  return segment.replaceAll(RESERVED, (mark) => decodeURIComponent(mark));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function equal(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)];
  return a.length === b.length && timingSafeEqual(a, b);
}

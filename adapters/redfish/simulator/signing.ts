import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';
import { boolean, childrenOf, derOf, integer, octets, oid, pemOf, sequence, set, tag, time } from './der.ts';

const ecdsaWithSha256 = (): Buffer => sequence(oid('1.2.840.10045.4.3.2'));
const nameOf = (commonName: string): Buffer =>
  sequence(set(sequence(oid('2.5.4.3'), tag(0x0c, Buffer.from(commonName, 'utf8')))));
const signed = (body: Buffer, key: KeyObject): Buffer =>
  sequence(body, ecdsaWithSha256(), tag(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, key)])));

export interface SigningRequest {
  /** PEM (PKCS #10). */
  csr: string;
  /** PEM. Never leaves the BMC. */
  key: string;
}

/** A fresh P-256 key pair and a request to certify it. */
export function makeRequest(names: { commonName: string; alternativeNames: readonly string[] }): SigningRequest {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = sequence(
    integer(Buffer.from([0])),
    nameOf(names.commonName),
    publicKey.export({ type: 'spki', format: 'der' }),
    tag(0xa0, sequence(oid('1.2.840.113549.1.9.14'), set(sequence(alternatives(names.alternativeNames))))),
  );
  return {
    csr: pemOf('CERTIFICATE REQUEST', signed(body, privateKey)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function alternatives(names: readonly string[]): Buffer {
  const parts = names.map((name) =>
    /^[\d.]+$/.test(name) ? tag(0x87, Buffer.from(name.split('.').map(Number))) : tag(0x82, Buffer.from(name)),
  );
  return sequence(oid('2.5.29.17'), octets(sequence(...parts)));
}

export interface CertificateAuthority {
  /** PEM. */
  cert: string;
  /** @returns PEM of the certificate. `days`: how long it is good; may be in the past. */
  sign(csr: string, days?: number): string;
}

/** Somebody who signs requests, for tests. */
export function certificateAuthority(commonName = 'Test CA'): CertificateAuthority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const issuer = nameOf(commonName);
  const isCa = sequence(oid('2.5.29.19'), boolean(true), octets(sequence(boolean(true))));

  function issue(subject: Buffer, spki: Buffer, extensions: readonly Buffer[], days: number): string {
    const now = Date.now();
    const until = now + days * 86_400_000;
    const validity = sequence(time(new Date(Math.min(now, until) - 86_400_000)), time(new Date(until)));
    const body = sequence(
      tag(0xa0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([0x01]), randomBytes(15)])),
      ...[ecdsaWithSha256(), issuer, validity, subject, spki],
      ...(extensions.length === 0 ? [] : [tag(0xa3, sequence(...extensions))]),
    );
    return new X509Certificate(signed(body, privateKey)).toString();
  }

  return {
    cert: issue(issuer, publicKey.export({ type: 'spki', format: 'der' }), [isCa], 3650),
    sign(csr, days = 365) {
      const [info] = childrenOf(derOf(csr));
      const [, subject, spki, attributes] = childrenOf(info ?? Buffer.alloc(0));
      if (subject === undefined || spki === undefined) throw new Error('not a signing request');
      createPublicKey({ key: spki, format: 'der', type: 'spki' }); // throws where it is none
      const asked = attributes === undefined ? [] : childrenOf(attributes).flatMap((one) => childrenOf(one).slice(1));
      const extensions = asked.flatMap((one) => childrenOf(one)).flatMap((one) => childrenOf(one));
      return issue(subject, spki, extensions, days);
    },
  };
}

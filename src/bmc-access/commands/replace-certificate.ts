import { X509Certificate } from 'node:crypto';
import { findAsset } from '../../assets/reads.ts';
import type { TxCtx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { append } from '../../events/append.ts';
import { lockCertificateState, saveCertificateState } from '../certificate-store.ts';
import { bmcCertificateReplaced, bmcCertificateRequested, bmcSigningRequested } from '../events.ts';
import { mustBeReachable } from '../model.ts';

/**
 * Records that the BMC shall make a key pair and a signing request; a job asks it.
 * @returns the event's id: the cause of that job
 * @throws HubError not-found | conflict
 */
export async function requestSigning(
  tx: TxCtx,
  wish: { assetId: string; commonName: string; alternativeNames: string[]; reason: string },
): Promise<{ eventId: string }> {
  const { assetId, ...data } = wish;
  mustBeReachable(await findAsset(tx, assetId), assetId);
  const { pendingPem } = await lockCertificateState(tx.db, assetId);
  if (pendingPem !== null)
    throw new HubError(
      'conflict',
      'A certificate is being installed: a new key would make it useless; wait for its end',
    );
  return { eventId: await append(tx, bmcSigningRequested, { subject: { type: 'asset', id: assetId }, data }) };
}

export async function keepSigningRequest(tx: TxCtx, { assetId, pem }: { assetId: string; pem: string }): Promise<void> {
  await lockCertificateState(tx.db, assetId);
  const signingRequestAt = tx.now().toISOString();
  await saveCertificateState(tx.db, assetId, { signingRequest: pem, signingRequestAt, failure: null });
}

/**
 * Records that the BMC shall show this certificate; a job installs it. Kept until it is shown: then it is the one that is expected.
 * @throws HubError not-found | conflict | invalid
 */
export async function requestCertificate(
  tx: TxCtx,
  wish: { assetId: string; pem: string; reason: string },
): Promise<{ eventId: string }> {
  const { assetId, reason } = wish;
  mustBeReachable(await findAsset(tx, assetId), assetId);
  const leaf = mustBeCertificates(wish.pem, tx.now());
  await lockCertificateState(tx.db, assetId);
  const { fingerprint256, subject, validTo } = leaf;
  await saveCertificateState(tx.db, assetId, {
    pendingPem: wish.pem,
    pendingFingerprint256: fingerprint256,
    sentAt: null,
    failure: null,
  });
  const data = { fingerprint256, name: oneLine(subject), validUntil: new Date(validTo).toISOString(), reason };
  return { eventId: await append(tx, bmcCertificateRequested, { subject: { type: 'asset', id: assetId }, data }) };
}

const oneLine = (name: string): string => name.replaceAll('\n', ', ').slice(0, 200);

/** The BMC's own one, which stands first. @throws HubError invalid */
function mustBeCertificates(pem: string, now: Date): X509Certificate {
  const wrong = (message: string): HubError =>
    new HubError('invalid', message, { fields: [{ field: '/pem', message }] });
  if (pem.includes('PRIVATE KEY'))
    throw wrong('send the certificate without its key: the BMC has the key, and nobody else needs it');
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  const [leaf, ...chain] = blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw wrong('one of the certificates cannot be read: PEM is expected');
    }
  });
  if (leaf === undefined) throw wrong('no certificate in it: PEM is expected, that of the BMC first');
  if (Date.parse(leaf.validTo) <= now.getTime()) throw wrong(`it ran out at ${leaf.validTo}`);
  const [issuer] = chain;
  if (issuer !== undefined && !leaf.checkIssued(issuer))
    throw wrong('the second certificate did not issue the first: the BMC’s own comes first, then its issuer');
  return leaf;
}

/** From here on it may be shown. */
export async function noteCertificateSent(tx: TxCtx, assetId: string): Promise<void> {
  await lockCertificateState(tx.db, assetId);
  await saveCertificateState(tx.db, assetId, { sentAt: tx.now().toISOString() });
}

/** The BMC refused it: the one before stays. */
export async function dropCertificate(tx: TxCtx, assetId: string, failure: string): Promise<void> {
  await lockCertificateState(tx.db, assetId);
  const none = { pendingPem: null, pendingFingerprint256: null, sentAt: null };
  await saveCertificateState(tx.db, assetId, { ...none, failure: failure.slice(0, 1000) });
}

export async function noteCertificateFailure(tx: TxCtx, assetId: string, failure: string): Promise<void> {
  await lockCertificateState(tx.db, assetId);
  await saveCertificateState(tx.db, assetId, { failure: failure.slice(0, 1000) });
}

/** It is shown. The server gets it in the same transaction (`setBmcFingerprint`). */
export async function finishCertificate(
  tx: TxCtx,
  done: { assetId: string; fingerprint256: string; before: string | null },
): Promise<void> {
  const { assetId, fingerprint256, before } = done;
  const { pendingFingerprint256 } = await lockCertificateState(tx.db, assetId);
  if (pendingFingerprint256 !== fingerprint256) return;
  const none = {
    pendingPem: null,
    pendingFingerprint256: null,
    sentAt: null,
    signingRequest: null,
    signingRequestAt: null,
  };
  await saveCertificateState(tx.db, assetId, { ...none, installedAt: tx.now().toISOString(), failure: null });
  await append(tx, bmcCertificateReplaced, {
    subject: { type: 'asset', id: assetId },
    data: { fingerprint256, before },
  });
}

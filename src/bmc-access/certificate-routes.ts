import { z } from 'zod';
import { findAsset } from '../assets/reads.ts';
import { HubError } from '../core/error.ts';
import { get, post, type Route } from '../core/route.ts';
import { Accepted, accepted, IdParams, Nullable } from '../core/schemas.ts';
import { requestCertificate, requestSigning } from './commands/replace-certificate.ts';
import { findCertificateState } from './reads.ts';

const tag = 'BMC access';
const Reason = z.string().trim().min(1).max(500);
export const CommonName = z.string().regex(/^[A-Za-z0-9*][A-Za-z0-9.:_-]{0,252}$/, 'a host name or an address');
const answers = { 202: { says: 'On its way', schema: Accepted } };
const { text, time } = Nullable;

const CertificateView = z
  .object({
    fingerprint256: text.meta({ description: 'Of the certificate that is expected; null: none is known yet' }),
    signing_request: text.meta({ description: 'PEM, to be signed; the key stays in the BMC' }),
    signing_request_at: time,
    pending_fingerprint256: text.meta({ description: 'Of one that is being installed' }),
    installed_at: time,
    failure: text.meta({ description: 'Why the last one did not come to its end' }),
  })
  .meta({ id: 'BmcCertificate' });

export const certificateRoutes: Route[] = [
  get(
    {
      id: 'getBmcCertificate',
      path: '/v1/assets/{id}/bmc-access/certificate',
      summary: 'The certificate of a BMC: expected, asked to be signed, being installed',
      tag,
      scope: 'assets:read',
      params: IdParams,
      answers: { 200: { says: 'As it is now', schema: CertificateView } },
    },
    async (ctx, { params }) => {
      const asset = await findAsset(ctx, params.id);
      if (!asset) throw new HubError('not-found', `There is no asset ${params.id}`);
      const state = await findCertificateState(ctx, params.id);
      const body = {
        fingerprint256: asset.bmcFingerprint256,
        signing_request: state?.signingRequest ?? null,
        signing_request_at: state?.signingRequestAt ?? null,
        pending_fingerprint256: state?.pendingFingerprint256 ?? null,
        installed_at: state?.installedAt ?? null,
        failure: state?.failure ?? null,
      };
      return { status: 200, body };
    },
  ),
  post(
    {
      id: 'requestBmcSigning',
      path: '/v1/assets/{id}/bmc-access/signing-requests',
      summary: 'Have the BMC make a key pair and a request for its certificate',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({
        common_name: CommonName,
        alternative_names: z.array(CommonName).max(20).default([]),
        reason: Reason,
      }),
      answers,
    },
    async (tx, { params, body }) => {
      const { common_name: commonName, alternative_names: alternativeNames, reason } = body;
      const wish = { assetId: params.id, commonName, alternativeNames, reason };
      const { eventId } = await requestSigning(tx, wish);
      return accepted(eventId);
    },
  ),
  post(
    {
      id: 'replaceBmcCertificate',
      path: '/v1/assets/{id}/bmc-access/certificates',
      summary: 'Install a signed certificate, and expect it from then on',
      tag,
      scope: 'assets:write',
      params: IdParams,
      body: z.strictObject({
        pem: z.string().min(1).max(100_000).meta({ description: "PEM: the BMC's own first, then its issuers. No key" }),
        reason: Reason,
      }),
      answers,
    },
    async (tx, { params, body }) => {
      const { eventId } = await requestCertificate(tx, { assetId: params.id, pem: body.pem, reason: body.reason });
      return accepted(eventId);
    },
  ),
];

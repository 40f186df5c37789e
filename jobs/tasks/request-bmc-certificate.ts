import { findAsset } from '#src/assets/reads.ts';
import { keepSigningRequest } from '#src/bmc-access/commands/replace-certificate.ts';
import { mustBeReachable } from '#src/bmc-access/model.ts';
import { tx } from '#src/core/tx.ts';
import { requestBmcCertificateJob } from '../catalogue.ts';
import { handle } from '../job-ctx.ts';
import { targetOf } from './bmc-target.ts';

/** Has the BMC make a key pair and a signing request. Each is another one, and makes those before useless. */
export const requestBmcCertificateTask = handle(requestBmcCertificateJob, async (ctx, request) => {
  const { assetId, commonName, alternativeNames, requestId } = request;
  const asset = await findAsset(ctx, assetId);
  mustBeReachable(asset, assetId);
  const { pem } = await ctx.effect({
    key: `bmc-csr-${requestId}`,
    adapter: ctx.adapters.providerOf('bmcAccounts'),
    operation: 'have a BMC make a signing request',
    class: 'idempotent',
    request: { assetId, commonName, alternativeNames },
    async act() {
      const names = { commonName, alternativeNames };
      return { pem: await ctx.adapters.use('bmcAccounts').makeSigningRequest(targetOf(ctx, asset), names, ctx.signal) };
    },
  });
  await tx(ctx, (inside) => keepSigningRequest(inside, { assetId, pem }));
  return { outcome: 'made', common_name: commonName };
});

import type { Asset } from '#src/assets/reads.ts';
import { HubError } from '#src/core/error.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import type { JobCtx } from '../job-ctx.ts';

/**
 * Where a server's BMC is and how to log in there.
 * @throws HubError invalid where no credentials are known, saying where to set them | conflict where it has no address yet
 */
export function targetOf(ctx: Pick<JobCtx, 'seal' | 'settings'>, asset: Asset): BmcTarget {
  if (asset.bmcAddress === null) throw new HubError('conflict', 'its BMC has no known address yet');
  const { scheme, port, username, password } = ctx.settings.bmc;
  const own = asset.bmcUsername !== null && asset.bmcPasswordSealed !== null;
  const credentials = own
    ? { username: asset.bmcUsername ?? '', password: ctx.seal.open(asset.bmcPasswordSealed ?? '') }
    : { username: username ?? '', password: password ?? '' };
  if (credentials.username === '') {
    throw new HubError(
      'invalid',
      'no BMC credentials: set REDFISH_USERNAME and REDFISH_PASSWORD, or bmc_username and bmc_password of the expected machine',
    );
  }
  const address = asset.bmcAddress.includes(':') ? `[${asset.bmcAddress}]` : asset.bmcAddress;
  const host = port === null ? address : `${address}:${port}`;
  // Several servers may stand behind one BMC.
  const server = { serial: asset.serial };
  return { url: `${scheme}://${host}`, ...credentials, fingerprint256: asset.bmcFingerprint256, server };
}

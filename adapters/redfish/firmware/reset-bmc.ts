import { z } from 'zod';
import type { Announce } from '../../../src/ports/bmc-firmware.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { findAction } from '../action.ts';
import { readCollection } from '../collection.ts';
import type { Opened } from './with-opened.ts';

/** Most gentle first: iDRAC knows GracefulRestart only, OpenBMC both. */
const TYPES = ['GracefulRestart', 'ForceRestart'];

/** The server goes on. With several managers the one that answers here is meant, which is the first that can be reset. */
export async function resetBmc({ bmc, system }: Opened, announce: Announce): Promise<void> {
  if (bmc.root.Managers === null)
    throw new AdapterError('unsupported', `${system}: the BMC lists no managers`, { system });
  const { members } = await readCollection(bmc, bmc.root.Managers, z.record(z.string(), z.unknown()));
  const action = members.map((one) => findAction(bmc, one, '#Manager.Reset')).find((one) => one !== null) ?? null;
  if (action === null)
    throw new AdapterError('unsupported', `${system}: the BMC offers no reset of itself`, { system });
  const allowed = await action.allowed('ResetType');
  const ResetType = TYPES.find((type) => allowed === null || allowed.includes(type));
  await announce();
  // iLO's takes none.
  const body = ResetType === undefined ? {} : { ResetType };
  await bmc.send({ method: 'POST', link: action.target, body });
}

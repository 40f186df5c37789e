import { createHash } from 'node:crypto';
import type { WantedServer } from '../../../src/ports/hardware-inventory.ts';
import type { Bmc } from '../client.ts';

/** The BMC as this one of its servers is asked for: what is learnt of its neighbours is not taken for its own. */
export function ofServer(bmc: Bmc, wanted: WantedServer | undefined): Bmc {
  const signs = [wanted?.systemId, wanted?.uuid, wanted?.serial].map((sign) => sign?.trim().toLowerCase() ?? '');
  if (signs.every((sign) => sign === '')) return bmc;
  const mark = createHash('sha256').update(JSON.stringify(signs)).digest('hex').slice(0, 12);
  return {
    ...bmc,
    learnt: (name) => bmc.learnt(`${name}~${mark}`),
    learn: (name, value) => bmc.learn(`${name}~${mark}`, value),
  };
}

import type { Bmc } from '../bmc.ts';
import { filesUnder } from '../tree-kit-for-tests.ts';
import { isMachine, machinesIn } from '../tree-machines.ts';
import { openResources } from '../tree-source.ts';

/** A recorded tree as a BMC that answers out of its files. */
export function openRecorded(folder: string): Bmc {
  const machine = machinesIn(filesUnder(folder)).find(isMachine);
  if (machine === undefined) throw new Error(`${folder} is no machine`);
  return openResources(machine);
}

import type { HostEvidence, SeenComponent, Source } from '#src/ports/bundle-format.ts';
import { fold } from './combine-servers.ts';
import { isPlaceholder } from '../core/placeholder.ts';

/**
 * HPE's boards show the serial of the whole machine as their own, and a technician writes it into the next board as well: it tells nothing
 * of the part. A person who names a serial means that part.
 */
export function withoutMachineSerial(
  source: Source,
  host: HostEvidence,
  components: readonly SeenComponent[],
): SeenComponent[] {
  const machine = host.productSerial;
  if (source === 'person' || machine === null || isPlaceholder(machine)) return [...components];
  const folded = fold(machine);
  return components.map((component) =>
    component.serial !== null && fold(component.serial) === folded ? { ...component, serial: null } : component,
  );
}

import type { Reading } from './reading.ts';
import { NetworkEnd, type NetworkAdapter } from './schema.ts';

/** Whether this BMC's ports say what is plugged into them: most do not, and asking costs a request per card. Learnt anew each week. */
const LEARNT = 'ports-tell-modules';

/**
 * Transceivers as the ports tell of them (Dell: the functions). One that names nothing is an empty cage.
 * @returns whether these ends tell of what is plugged in at all
 */
export function reportModules(reading: Reading, adapter: NetworkAdapter, ends: readonly NetworkEnd[]): boolean {
  let told = false;
  for (const end of ends) {
    const { SFP: sfp, Oem } = end;
    const dell = Oem.Dell.DellNIC;
    if (sfp === null && dell.Id === null) continue;
    told = true;
    reading.looked('transceiver');
    const manufacturer = sfp?.Manufacturer ?? dell.TransceiverVendorName;
    const partNumber = sfp?.PartNumber ?? dell.TransceiverPartNumber;
    const serial = sfp?.SerialNumber ?? dell.TransceiverSerialNumber;
    if (manufacturer === null && partNumber === null && serial === null) continue;
    const port = end.Location.PartLocation.ServiceLabel ?? end.Id ?? '';
    reading.found({
      kind: 'transceiver',
      slot: { label: `${adapter.Id ?? ''} ${port}`.trim(), context: null, id: end.Id, path: end['@odata.id'] },
      status: sfp?.Status ?? { State: null, Health: null },
      manufacturer,
      model: sfp?.Model ?? null,
      partNumber,
      serial,
      attributes: { moduleType: sfp?.Type ?? null },
    });
  }
  return told;
}

/** The ports that nothing else had to be read from. */
export async function readPortModules(reading: Reading, adapters: readonly NetworkAdapter[]): Promise<void> {
  if (adapters.length === 0 || reading.bmc.learnt(LEARNT) === 'no') return;
  let told = false;
  for (const adapter of adapters) {
    if (adapter.Ports === null) continue;
    const ports = await reading.many(adapter.Ports, NetworkEnd, 'transceiver');
    if (reportModules(reading, adapter, ports)) told = true;
  }
  reading.bmc.learn(LEARNT, told ? 'yes' : 'no');
}

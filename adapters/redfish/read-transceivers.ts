import type { Reading } from './reading.ts';
import { NetworkEnd, type NetworkAdapter } from './schema.ts';

/** Whether this BMC's ports say what is plugged into them: most do not, and asking costs a request per card. Learnt anew each week. */
const LEARNT = 'ports-tell-modules';

/**
 * Transceivers as the ports tell of them (Dell: its functions, or its old ports). One that names nothing is an empty cage.
 * @returns whether these ends tell of what is plugged in at all
 */
export function reportModules(reading: Reading, adapter: NetworkAdapter, ends: readonly NetworkEnd[]): boolean {
  let told = false;
  for (const end of ends) {
    const { SFP: sfp } = end;
    const { DellNIC: nic, DellNetworkTransceiver: module } = end.Oem.Dell;
    if (sfp === null && module === null && !tellsModule(end)) continue;
    told = true;
    reading.looked('transceiver');
    const manufacturer = sfp?.Manufacturer ?? module?.VendorName ?? nic.TransceiverVendorName;
    const partNumber = sfp?.PartNumber ?? module?.PartNumber ?? nic.TransceiverPartNumber;
    const serial = sfp?.SerialNumber ?? module?.SerialNumber ?? nic.TransceiverSerialNumber;
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
      attributes: { moduleType: sfp?.Type ?? module?.IdentifierType ?? null },
    });
  }
  return told;
}

/** Whether functions of a Dell card tell all of its modules: they name one, or there is copper behind all of them. Else their ports may. */
export function tellAllModules(functions: readonly NetworkEnd[]): boolean {
  return functions.some(namesModule) || functions.every(tellsModule);
}

function tellsModule(end: NetworkEnd): boolean {
  const { Id, MediaType } = end.Oem.Dell.DellNIC;
  return Id !== null && (namesModule(end) || /^base ?t$/i.test(MediaType ?? ''));
}

function namesModule({ Oem }: NetworkEnd): boolean {
  const { TransceiverVendorName, TransceiverPartNumber, TransceiverSerialNumber } = Oem.Dell.DellNIC;
  return [TransceiverVendorName, TransceiverPartNumber, TransceiverSerialNumber].some((one) => one !== null);
}

/** The ports that nothing else had to be read from. */
export async function readPortModules(
  reading: Reading,
  lists: readonly { adapter: NetworkAdapter; ports: string }[],
): Promise<void> {
  if (lists.length === 0 || reading.bmc.learnt(LEARNT) === 'no') return;
  let told = false;
  for (const { adapter, ports } of lists) {
    const ends = await reading.many(ports, NetworkEnd, 'transceiver');
    if (reportModules(reading, adapter, ends)) told = true;
  }
  reading.bmc.learn(LEARNT, told ? 'yes' : 'no');
}

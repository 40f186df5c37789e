import { fold } from './own-origin.ts';
import type { Reading } from './reading.ts';
import type { Chassis, ComputerSystem } from './schema.ts';

/** The mainboard, where the vendor tells its serial. Elsewhere `mainboard` is out of scope: nothing is known of it. */
export function readBoard(reading: Reading, system: ComputerSystem, chassis: readonly Chassis[]): void {
  const slot = { label: 'System Board', context: null, id: 'System Board', path: system['@odata.id'] };
  const status = { State: null, Health: null };
  if (reading.quirks.board === 'system') {
    reading.looked('mainboard');
    const { Manufacturer: manufacturer, Model: model, PartNumber: partNumber, SerialNumber: serial } = system;
    reading.found({ kind: 'mainboard', slot, status, manufacturer, model, partNumber, serial });
  }
  if (reading.quirks.board !== 'supermicro-chassis') return;
  const own = system.Links.Chassis.map(fold);
  const ours = chassis.filter((one) => own.length === 0 || own.includes(fold(one['@odata.id'] ?? '')));
  const board = ours.find((one) => one.Oem.Supermicro.BoardSerialNumber !== null);
  if (board === undefined) return;
  reading.looked('mainboard');
  const { Manufacturer: manufacturer, Model: model } = board;
  reading.found({
    kind: 'mainboard',
    slot,
    status,
    manufacturer,
    model,
    serial: board.Oem.Supermicro.BoardSerialNumber,
  });
}

import { asInt, seen } from '../json-facts.ts';
import { moduleTypeOf } from './dmidecode-memory.ts';
import { BOARD_SLOT } from './dmidecode-parts.ts';
import type { LshwNode, Placed } from './lshw-node.ts';
import { counted, placeOrHandle } from './slot-names.ts';
import { facts, leadingCount, named, said, spaced } from './words.ts';
import type { SeenComponent } from '#src/ports/bundle-format.ts';

/** Without root lshw knows that there is a board, and nothing of it. */
export function readLshwBoard(board: LshwNode | undefined, biosVersion: string | null): SeenComponent[] {
  const model = named(board?.values.get('product'));
  const serial = said(board?.values.get('serial'));
  if (board === undefined || (model === null && serial === null)) return [];
  return [
    seen('mainboard', {
      slot: BOARD_SLOT,
      manufacturer: named(board.values.get('vendor')),
      model,
      serial,
      firmware: biosVersion,
      attributes: facts({ revision: named(board.values.get('version')) }),
    }),
  ];
}

export function readLshwDimms(nodes: readonly Placed[]): SeenComponent[] {
  const banks = nodes.filter(
    ({ node }) => /^bank\b/.test(node.id) && !/^(?:FLASH|ROM|E+PROM)\b/i.test(node.values.get('description') ?? ''),
  );
  const places = counted(banks.map(({ node }) => named(node.values.get('slot'))));
  const dimms: SeenComponent[] = [];
  for (const { node, parent } of banks) {
    const dimm = readDimm(node, parent);
    const place = named(node.values.get('slot'));
    if (dimm === null) continue;
    // dmidecode tells equal locators apart by the bank, which lshw does not print: no name is better than another one.
    const alone = place !== null && places.get(place) === 1;
    dimm.slot = alone ? place : positionOf(node, place, named(dimm.serial) !== null);
    dimms.push(dimm);
  }
  return dimms;
}

function positionOf(node: LshwNode, place: string | null, identified: boolean): string | null {
  if (identified) return null;
  const handle = node.handle.startsWith('DMI:') ? `0x${node.handle.slice('DMI:'.length)}` : node.id;
  return spaced(`${place ?? ''} (${handle})`);
}

function readDimm(node: LshwNode, parent: LshwNode | null): SeenComponent | null {
  const description = node.values.get('description') ?? '';
  if (/\[empty\]/i.test(description)) return null;
  const capacityBytes = asInt(node.values.get('size'));
  const serial = said(node.values.get('serial'));
  const partNumber = named(node.values.get('product'));
  if (capacityBytes === null && named(serial) === null && partNumber === null) return null;
  const clock = asInt(node.values.get('clock'));
  const width = leadingCount(node.values.get('width'));
  return seen('dimm', {
    manufacturer: named(node.values.get('vendor')),
    partNumber,
    serial,
    attributes: facts({
      capacityBytes,
      type: /\b(?:LP)?DDR[2-6]?\b/.exec(description)?.[0] ?? null,
      moduleType: moduleTypeOf(description),
      ratedSpeedMts: clock === null || clock === 0 ? null : Math.round(clock / 1_000_000),
      // The width that lshw prints is the total; 72 and 80 lines are 64 and their check bits. The array says it too.
      ecc: width === 72 || width === 80 || /ecc/.test(parent?.settings.get('errordetection') ?? '') ? true : null,
    }),
  });
}

/** Sockets of the SMBIOS tables; where there are none (not root, Arm) what the kernel numbers, which is no place. */
export function readLshwProcessors(nodes: readonly Placed[]): SeenComponent[] {
  const sockets = nodes.filter(({ node }) => node.class === 'processor' && node.handle.startsWith('DMI:'));
  const places = counted(sockets.map(({ node }) => named(node.values.get('slot'))));
  const processors: SeenComponent[] = [];
  for (const { node } of sockets) {
    const model = named(node.values.get('product')) ?? named(node.values.get('version'));
    if (/\[empty\]|^Co-processor/i.test(node.values.get('description') ?? '')) continue;
    if (model === null || (node.disabled && asInt(node.values.get('size')) === null)) continue;
    const handle = `0x${node.handle.slice('DMI:'.length)}`;
    processors.push(
      seen('cpu', {
        slot: placeOrHandle(named(node.values.get('slot')), places, handle, 'CPU'),
        manufacturer: makerOf(model, named(node.values.get('vendor'))),
        model,
        serial: said(node.values.get('serial')),
        attributes: facts({
          cores: leadingCount(node.settings.get('cores')),
          threads: leadingCount(node.settings.get('threads')),
          microcode: microcodeOf(node.settings.get('microcode')),
        }),
      }),
    );
  }
  return processors;
}

/** B.02.15 takes the maker from the plug-and-play names: "[AMD]" became "Hynix Semiconductor", "Dell" became "Winbond Electronics". */
function makerOf(model: string, vendor: string | null): string | null {
  if (/\bAMD\b/.test(model)) return 'AMD';
  return /\bIntel\b/.test(model) ? 'Intel' : vendor;
}

/** Printed as a decimal number, while everybody else writes it in hexadecimal digits. */
function microcodeOf(text: string | undefined): string | null {
  const number = asInt(text);
  return number === null || number <= 0 ? null : `0x${number.toString(16)}`;
}

export function readLshwPower(nodes: readonly Placed[]): SeenComponent[] {
  const supplies: SeenComponent[] = [];
  for (const { node } of nodes) {
    if (!/^power\b/.test(node.id)) continue;
    const partNumber = named(node.values.get('product'));
    const serial = said(node.values.get('serial'));
    if (named(serial) === null) continue;
    const description = named(node.values.get('description'));
    supplies.push(
      seen('psu', {
        manufacturer: named(node.values.get('vendor')),
        model: description === 'Power Supply' ? null : description,
        partNumber,
        serial,
        // In milliwatt-hours, says lshw; it is the SMBIOS field in watts.
        attributes: facts({ powerWatts: leadingCount(node.values.get('capacity')) }),
      }),
    );
  }
  return supplies;
}

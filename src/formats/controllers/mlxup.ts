import { macOf } from '../bmc/mac.ts';
import { emptyReading, type FileFormat, type FileReading, type SeenComponent } from '#src/ports/bundle-format.ts';
import { cardAddress, parsePciAddress } from '../host/pci-address.ts';
import { facts, keyAndValue, named, said, wholeLinesOf } from '../host/words.ts';
import { seen } from '../json-facts.ts';

type Fields = Map<string, string>;

/** `mlxup --query` (or `mlxfwmanager`): the adapters of Mellanox with their firmware. */
export const mlxup: FileFormat = {
  id: 'mlxup',
  title: 'mlxup --query',
  recognises: (file) => /^Device #\d{1,3}:/m.test(file.text()) && /^\s{1,8}PSID:/m.test(file.text()),
  read: (file) => [readAdapters(file.text())],
};

function readAdapters(text: string): FileReading {
  const reading = emptyReading('tools');
  const cards = new Map<string, Fields[]>();
  for (const [at, fields] of blocksOf(text).entries()) {
    const address = parsePciAddress(fields.get('PCI Device Name'));
    const slot = address === null ? `#${at}` : cardAddress(address);
    const functions = cards.get(slot) ?? [];
    functions.push(fields);
    cards.set(slot, functions);
  }
  for (const [slot, functions] of cards) reading.components.push(card(slot.startsWith('#') ? null : slot, functions));
  return reading;
}

function blocksOf(text: string): Fields[] {
  const blocks: Fields[] = [];
  for (const line of wholeLinesOf(text)) {
    if (/^Device #\d{1,3}:/.test(line)) {
      blocks.push(new Map());
      continue;
    }
    const fields = blocks.at(-1);
    if (fields === undefined) continue;
    // '     FW             14.29.2002     14.28.2006': what runs, what the tool could bring
    const firmware = /^\s{3,12}(FW|PXE|UEFI)\s+(\S{1,40})\s+\S/.exec(line);
    const pair = firmware === null ? keyAndValue(line) : { key: firmware[1] ?? '', value: firmware[2] ?? '' };
    if (pair !== null && !fields.has(pair.key)) fields.set(pair.key, pair.value);
  }
  return blocks;
}

/** A second function of a card can be listed as a device of its own. */
function card(slot: string | null, functions: readonly Fields[]): SeenComponent {
  const first: Fields = functions[0] ?? new Map<string, string>();
  const macs = functions.map((one) => macOf(one.get('Base MAC'))).filter((mac) => mac !== null);
  return seen('nic', {
    slot,
    manufacturer: 'Mellanox',
    model: named(first.get('Device Type')),
    partNumber: named(first.get('Part Number')),
    firmware: said(first.get('FW')),
    attributes: facts<string | string[]>({
      macAddresses: [...new Set(macs)],
      pciAddress: slot,
      psid: said(first.get('PSID')),
      baseGuid: said(first.get('Base GUID')),
      pxeVersion: said(first.get('PXE')),
      uefiVersion: said(first.get('UEFI')),
    }),
  });
}

import { fullAddress, parsePciAddress, type PciAddress } from './pci-address.ts';
import { keyAndValue, leadingCount, linesOf } from './words.ts';

/** One PCI function, as any of lspci's outputs shows it. Numbers of ids are four hexadecimal digits. */
export interface PciFunction {
  address: PciAddress;
  classId: string | null;
  className: string;
  vendor: PciName;
  device: PciName;
  subVendor: PciName;
  subDevice: PciName;
  revision: string | null;
  driver: string | null;
  physicalSlot: string | null;
  /** What the board calls it ("Integrated NIC 1"). */
  label: string | null;
  capability: PciLink;
  status: PciLink;
  vpd: { product: string | null; partNumber: string | null; serial: string | null };
  /** The eight bytes of the extended capability, `24-8a-07-03-00-9f-d5-76`. */
  deviceSerial: string | null;
}

export interface PciName {
  id: string | null;
  name: string | null;
}

export interface PciLink {
  gigatransfers: string | null;
  lanes: number | null;
}

const NOTHING: PciName = { id: null, name: null };

/** `3b:00.0 Ethernet controller [0200]: Mellanox … [15b3:1015] (rev 01)`, or only numbers: `3b:00.0 0200: 15b3:1015`. */
const HEAD = /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]) (\S[^:]{0,120}): (\S.*)$/i;
const SLOT = /^Slot:\s+(\S+)\s*$/;

export function isLspci(text: string): boolean {
  const start = text.slice(0, 20_000);
  if (/^Slot:\s+(?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]\s*$/im.test(start)) return /^Class:\s/m.test(start);
  const first = linesOf(start).find((line) => HEAD.test(line));
  const classed = HEAD.exec(first ?? '')?.[2] ?? '';
  return /\[[0-9a-f]{4}\]$|^[0-9a-f]{4}$|bridge$|^Bridge|controller$|device$|interface$|accelerators?$|memory$|peripheral$|Instrumentation$|IOMMU$|PIC$/i.test(
    classed,
  );
}

export function readPciFunctions(text: string): PciFunction[] {
  const functions: PciFunction[] = [];
  let one: PciFunction | null = null;
  let keyed = false;
  for (const line of linesOf(text)) {
    const slot = SLOT.exec(line);
    const head = slot === null ? HEAD.exec(line) : null;
    const address = parsePciAddress(slot?.[1] ?? head?.[1]);
    if (address !== null) {
      one = head === null ? emptyFunction(address) : headedFunction(address, head[2] ?? '', head[3] ?? '');
      keyed = head === null;
      functions.push(one);
    } else if (one !== null && keyed) readKeyed(one, line);
    else if (one !== null && /^\s/.test(line)) readDetail(one, line.trim());
  }
  return onceEach(functions);
}

/** `lspci -vmm` shows a function once; a file with several listings in a row would show each as often. */
function onceEach(functions: PciFunction[]): PciFunction[] {
  const known = new Map<string, PciFunction>();
  for (const one of functions) {
    const address = fullAddress(one.address);
    const before = known.get(address);
    known.set(address, before === undefined ? one : merged(before, one));
  }
  return [...known.values()];
}

function merged(first: PciFunction, second: PciFunction): PciFunction {
  const result: Record<string, unknown> = { ...first };
  const further: Record<string, unknown> = { ...second };
  for (const [name, value] of Object.entries(first)) {
    if (value === null || value === '' || isBlank(value)) result[name] = further[name];
  }
  return result as unknown as PciFunction;
}

function isBlank(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every((inner) => inner === null);
}

function emptyFunction(address: PciAddress): PciFunction {
  return {
    address,
    classId: null,
    className: '',
    vendor: NOTHING,
    device: NOTHING,
    subVendor: NOTHING,
    subDevice: NOTHING,
    revision: null,
    driver: null,
    physicalSlot: null,
    label: null,
    capability: { gigatransfers: null, lanes: null },
    status: { gigatransfers: null, lanes: null },
    vpd: { product: null, partNumber: null, serial: null },
    deviceSerial: null,
  };
}

function headedFunction(address: PciAddress, classText: string, text: string): PciFunction {
  const one = emptyFunction(address);
  const classed = nameOf(classText);
  one.classId = classed.id;
  one.className = classed.name ?? '';
  const plain = text.replace(/ \(prog-if [0-9a-f]{2}[^()]{0,200}\)\s*$/i, '');
  const revision = / \(rev ([0-9a-f]{2})\)\s*$/i.exec(plain);
  one.revision = revision?.[1] ?? null;
  const body = revision === null ? plain : plain.slice(0, revision.index);
  const ids = /(?:^|\[)([0-9a-f]{4}):([0-9a-f]{4})\]?\s*$/i.exec(body);
  one.vendor = { id: ids?.[1]?.toLowerCase() ?? null, name: null };
  const words = (ids === null ? body : body.slice(0, ids.index)).trim();
  one.device = { id: ids?.[2]?.toLowerCase() ?? null, name: words === '' ? null : words };
  return one;
}

/** `Ethernet controller [0200]`, `Ethernet controller` or `0200`. */
function nameOf(text: string): PciName {
  const plain = text.trim();
  if (/^[0-9a-f]{4}$/i.test(plain)) return { id: plain.toLowerCase(), name: null };
  const both = / ?\[([0-9a-f]{4})\]$/i.exec(plain);
  if (both === null) return { id: null, name: plain === '' ? null : plain };
  const name = plain.slice(0, both.index).trim();
  return { id: (both[1] ?? '').toLowerCase(), name: name === '' ? null : name };
}

/** `lspci -vmm`, also with -n, -nn, -k. */
function readKeyed(one: PciFunction, line: string): void {
  const pair = keyAndValue(line);
  if (pair === null || pair.value === '') return;
  const { key, value } = pair;
  if (key === 'Class') {
    const classed = nameOf(value);
    one.classId = classed.id;
    one.className = classed.name ?? '';
  } else if (key === 'Vendor') one.vendor = nameOf(value);
  else if (key === 'Device') one.device = nameOf(value);
  else if (key === 'SVendor') one.subVendor = nameOf(value);
  else if (key === 'SDevice') one.subDevice = nameOf(value);
  else if (key === 'Rev') one.revision = value;
  else if (key === 'Driver') one.driver = value;
  else if (key === 'PhySlot') one.physicalSlot = value;
}

/** The indented lines of `lspci -v`, `-vv` and `-vvv`. */
function readDetail(one: PciFunction, line: string): void {
  const serial = /\bDevice Serial Number ((?:[0-9a-f]{2}-){7}[0-9a-f]{2})$/i.exec(line);
  if (serial !== null) {
    one.deviceSerial = (serial[1] ?? '').toLowerCase();
    return;
  }
  const pair = keyAndValue(line);
  if (pair === null) return;
  const { key, value } = pair;
  if (key === 'LnkCap') one.capability = linkOf(value);
  else if (key === 'LnkSta') one.status = linkOf(value);
  else if (key === 'Kernel driver in use') one.driver = value;
  else if (key === 'Physical Slot') one.physicalSlot = value;
  else if (key === 'DeviceName') one.label = value;
  else if (key === 'Subsystem') readSubsystem(one, value);
  else readVpd(one, key, value);
}

function readVpd(one: PciFunction, key: string, value: string): void {
  if (value === '') return;
  if (key === 'Product Name') one.vpd.product = value;
  else if (key === '[PN] Part number') one.vpd.partNumber = value;
  else if (key === '[SN] Serial number') one.vpd.serial = value;
}

function readSubsystem(one: PciFunction, value: string): void {
  const ids = /(?:^|\[)([0-9a-f]{4}):([0-9a-f]{4})\]?$/i.exec(value);
  if (ids === null) return;
  one.subVendor = { id: (ids[1] ?? '').toLowerCase(), name: null };
  one.subDevice = { id: (ids[2] ?? '').toLowerCase(), name: null };
}

/** `Port #0, Speed 8GT/s, Width x8, ASPM …`, `Speed 8GT/s (ok), Width x8 (ok)`. */
function linkOf(value: string): PciLink {
  const speed = /\bSpeed (\d{1,2}(?:\.\d)?)GT\/s/.exec(value)?.[1] ?? null;
  return { gigatransfers: speed, lanes: leadingCount(/\bWidth x(\d{1,2})\b/.exec(value)?.[1]) };
}

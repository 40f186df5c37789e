import { isAbsent, type FoundPart } from './found-part.ts';

// What a host and its HGX baseboard both list: the CPUs of a Grace module, their memory, now and then a GPU.
const KINDS = new Set(['cpu', 'dimm', 'gpu']);

/**
 * One part for what two systems of a server list: of the same serial, or in the same socket where one of them says no serial. Within one
 * system nothing is merged: an HGX baseboard gives all its GPUs its own serial.
 */
export function mergeRepeated(parts: readonly FoundPart[]): FoundPart[] {
  const withSystem = parts.map((part) => ({ part, system: systemOf(part) }));
  if (new Set(withSystem.map(({ system }) => system).filter((system) => system !== '')).size < 2) return [...parts];
  const merged: { part: FoundPart; system: string }[] = [];
  const bySign = new Map<string, number[]>();
  for (const one of withSystem.toSorted((a, b) => (a.system < b.system ? -1 : Number(a.system > b.system)))) {
    const signs = signsOf(one.part);
    const at = signs.flatMap((sign) => bySign.get(sign) ?? []).find((at) => isSame(merged[at], one));
    const first = at === undefined ? undefined : merged[at];
    if (first !== undefined) first.part = fuller(first.part, one.part);
    else merged.push(one);
    for (const sign of signs)
      bySign.set(sign, [...(bySign.get(sign) ?? []).slice(-MAX_ALIKE), at ?? merged.length - 1]);
  }
  return merged.map(({ part }) => part);
}

/** Of more parts of one serial or socket than a server has systems, nothing is to be learnt. */
const MAX_ALIKE = 8;

/** By which another can be the same part; none for what is never merged. */
function signsOf({ kind, serial, slot }: FoundPart): string[] {
  if (!KINDS.has(kind)) return [];
  return [
    ...(serial === undefined || serial === null ? [] : [`${kind} serial ${serial}`]),
    ...(slot.label === null ? [] : [`${kind} in ${slot.label}`]),
  ];
}

function isSame(
  first: { part: FoundPart; system: string } | undefined,
  second: { part: FoundPart; system: string },
): boolean {
  if (first === undefined || first.system === second.system) return false;
  const [one, other] = [first.part, second.part];
  if (isAbsent(one.status) || isAbsent(other.status)) return false;
  const [serial, otherSerial] = [one.serial ?? null, other.serial ?? null];
  if (serial !== null && otherSerial !== null) return serial === otherSerial && /[1-9a-z]{3}/i.test(serial);
  const sameSocket = one.slot.label !== null && one.slot.label === other.slot.label;
  return sameSocket && agree(one.model, other.model) && agree(one.partNumber, other.partNumber);
}

function agree(one: string | null | undefined, other: string | null | undefined): boolean {
  return (one ?? null) === null || (other ?? null) === null || one === other;
}

function fuller(first: FoundPart, second: FoundPart): FoundPart {
  return {
    ...first,
    manufacturer: first.manufacturer ?? second.manufacturer ?? null,
    model: first.model ?? second.model ?? null,
    partNumber: first.partNumber ?? second.partNumber ?? null,
    serial: first.serial ?? second.serial ?? null,
    firmware: first.firmware ?? second.firmware ?? null,
    status: { State: first.status.State ?? second.status.State, Health: first.status.Health ?? second.status.Health },
    devices: [...(first.devices ?? []), ...(second.devices ?? [])],
    attributes: { ...known(second.attributes), ...known(first.attributes) },
  };
}

function known(attributes: FoundPart['attributes']): NonNullable<FoundPart['attributes']> {
  return Object.fromEntries(Object.entries(attributes ?? {}).filter(([, value]) => value !== null));
}

/** `/redfish/v1/systems/system_0` of anything below it; empty for what stands elsewhere. */
function systemOf({ slot }: FoundPart): string {
  return /^\/redfish\/v1\/systems\/[^/]+/i.exec(slot.path ?? '')?.[0].toLowerCase() ?? '';
}

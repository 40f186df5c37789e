import type { Place } from './decode.ts';

/** All that can name the place of a part. */
export interface SlotSigns {
  label: string | null;
  /** What the label is relative to, e.g. `HGX_Chassis_0/ProcessorModule_1`. */
  context: string | null;
  id: string | null;
  /** `@odata.id`; distinguishes where nothing else does. */
  path: string | null;
}

interface Named {
  '@odata.id': string | null;
  Id: string | null;
  MemberId?: string | null;
}

/** `more`: names that serve as the label where the location has none, best first. */
export function slotSigns(of: Named, place: Place | null, ...more: (string | null)[]): SlotSigns {
  return {
    label: [place?.PartLocation.ServiceLabel ?? null, ...more].find((name) => name !== null) ?? null,
    context: place?.PartLocationContext ?? null,
    id: of.Id ?? of.MemberId ?? null,
    path: of['@odata.id'],
  };
}

/**
 * One name for each, distinct, whatever the order. Empty slots should be among them: then a neighbour's name does not change when a
 * part is pulled. Equal labels are told apart by their context (GB300 has `GPU_0_DRAM_0` on each of its modules), then by id, then by the
 * chassis or system that they stand in (each of Cray's nodes has a `HPCNet0`), then the end of the path (two equal cards have the same id
 * on Cisco), then path.
 */
export function nameSlots(all: readonly SlotSigns[], by: 'label' | 'id'): string[] {
  const plain = all.map(
    (signs) => (by === 'id' ? (signs.id ?? signs.label) : (signs.label ?? signs.id)) ?? lastOf(signs.path),
  );
  const inContext = all.map((signs, at) =>
    signs.context === null ? (plain[at] ?? '') : `${signs.context}/${plain[at] ?? ''}`,
  );
  const withId = all.map((signs, at) => `${plain[at] ?? ''} (${signs.id ?? lastOf(signs.path)})`);
  const withOwner = all.map((signs, at) => `${ownerOf(signs.path)}/${plain[at] ?? ''}`);
  const withEnd = all.map((signs, at) => `${plain[at] ?? ''} (${lastOf(signs.path)})`);
  const withPath = all.map((signs, at) => signs.path ?? `${plain[at] ?? ''} (${at})`);
  const names = all.map((_, at) => {
    const candidates = [plain, inContext, withId, withOwner, withEnd, withPath];
    const distinct = candidates.find((names) => names.filter((name) => name === names[at]).length === 1);
    return distinct?.[at] ?? withPath[at] ?? '';
  });
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let n = 2; taken.has(free); n += 1) free = `${name} #${n}`;
    taken.add(free);
    return free;
  });
}

/** `Node0` of `/redfish/v1/Chassis/Node0/NetworkAdapters/HPCNet0`. */
function ownerOf(path: string | null): string {
  return path?.split('/')[4] ?? '';
}

function lastOf(path: string | null): string {
  return path?.split('/').findLast((piece) => piece !== '') ?? 'unnamed';
}

/** Part of a server as the history has it. */
export interface PlacedPart {
  componentId: string;
  kind: string;
  serial: string | null;
  /** As the best source names it. */
  slot: string | null;
  /** As each source names it that saw the part last. */
  slots: readonly string[];
}

/** Kinds of parts, by the kind of work: where nobody knows the part itself, its kind says which ones are meant. */
const KIND_OF: Readonly<Record<string, string>> = {
  REPLACE_DISK: 'drive',
  REPLACE_RAM: 'dimm',
  REPLACE_PSU: 'psu',
  REPLACE_FAN: 'fan',
  REPLACE_NIC: 'nic',
  REPLACE_GPU: 'gpu',
  REPLACE_CPU: 'cpu',
  REPLACE_BATTERY: 'battery',
  REPLACE_TRANSCEIVER: 'transceiver',
  REPLACE_CONTROLLER: 'storage-controller',
};

/** What a kind of work replaces; null: its name does not tell. */
export function kindOfWork(type: string): string | null {
  return KIND_OF[type] ?? null;
}

/**
 * What is in the slot of a ticket, whatever its sources call it (`Disk.Bay.3`, `Bay 3`, `/dev/sdc`). Where the part was that the ticket is about is known by
 * its serial, and goes first; then the name that the alert gave. Each as it is written, then as any source writes it, then by what the names have in common.
 * Empty: nothing is seen there, or the name may mean several slots.
 * @param want.known the slot where the history had the part; null: it does not know
 */
export function findInSlot<P extends PlacedPart>(
  parts: readonly P[],
  want: { component: string; kind: string | null; known: string | null },
): P[] {
  const { component, kind, known } = want;
  const such = kind === null ? [...parts] : parts.filter((part) => part.kind === kind);
  // The kernel deals its names anew at each start: they say less than where the part was.
  const names =
    known === null || known === component ? [component] : [known, ...(isVolatile(component) ? [] : [component])];
  for (const name of names.filter((one) => one !== '')) {
    const found = named(such, name, kind);
    if (found.length > 0) return found;
  }
  return [];
}

function named<P extends PlacedPart>(parts: readonly P[], name: string, kind: string | null): P[] {
  const exact = parts.filter(({ slot }) => slot === name);
  if (exact.length > 0) return exact;
  const other = parts.filter(({ slots }) => slots.includes(name));
  if (other.length > 0) return inOneSlot(other);
  // What `3` is, only the kind tells.
  if (kind === null) return [];
  const key = slotKey(name);
  if (key === '') return [];
  return inOneSlot(parts.filter(({ slot, slots }) => [slot ?? '', ...slots].some((one) => slotKey(one) === key)));
}

function inOneSlot<P extends PlacedPart>(parts: readonly P[]): P[] {
  return new Set(parts.map(({ slot }) => slot)).size === 1 ? [...parts] : [];
}

/** Words that say no more than what kind of slot it is. */
const GENERIC = new Set([
  ...[
    'disk',
    'drive',
    'bay',
    'slot',
    'physicaldisk',
    'hdd',
    'ssd',
    'dev',
    'dimm',
    'socket',
    'memory',
    'psu',
    'ps',
    'power',
  ],
  ...['supply', 'fan', 'cpu', 'proc', 'processor', 'gpu', 'nic'],
]);

/**
 * What of a slot's name tells it from its like: `Disk.Bay.3`, `Bay 3` and `3` are `3`; `DIMM.Socket.A1` is `a 1`. What stands behind a colon says in what
 * it is (`Disk.Bay.3:Enclosure.Internal.0-1`), and is left out.
 */
export function slotKey(name: string): string {
  const [own = ''] = name.toLowerCase().split(':');
  const words = own.match(/[a-z]+|\d+/g) ?? [];
  return words
    .filter((word) => !GENERIC.has(word))
    .map((word) => word.replace(/^0+(?=\d)/, ''))
    .join(' ');
}

/**
 * The one part of the kind that came since then, where only the kernel's names are known: a drive that is swapped while the server runs gets another letter.
 * Empty where the old part is there still, or several came.
 */
export function onlyNewcomer<P extends PlacedPart & { installedAt: string }>(
  parts: readonly P[],
  want: { component: string; kind: string | null; known: string | null; gone: string | null; since: string },
): P[] {
  const { component, kind, known, gone, since } = want;
  if (kind === null || gone === null || !isVolatile(component) || (known !== null && !isVolatile(known))) return [];
  if (parts.some(({ componentId }) => componentId === gone)) return [];
  const came = parts.filter((part) => part.kind === kind && part.installedAt > since);
  return came.length === 1 ? came : [];
}

function isVolatile(name: string): boolean {
  return /^(?:\/dev\/)?(?:[shv]d[a-z]+|nvme\d+(?:n\d+)?|eth\d+)$/.test(name);
}

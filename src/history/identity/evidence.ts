import { isPlaceholder } from '../../core/placeholder.ts';
import { idFrom } from '../../core/id.ts';
import { normalizeMac } from '../../core/mac.ts';
import { emptyEvidence, type HostEvidence } from '../../ports/bundle-format.ts';
import { normalizeSerial } from './identify.ts';

/** Strongest first. An asset's own id is said by who knows it; a product serial is on the sticker; boards are swapped. */
export const EVIDENCE_KINDS = ['id', 'serial', 'uuid', 'board', 'bmc', 'tag'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** `uuid:4c4c4544-…`: a piece of evidence in the one way it is compared. */
export type EvidenceKey = `${EvidenceKind}:${string}`;

/** The evidence that a snapshot shows together. */
export interface Card {
  /** Follows from the keys. */
  id: string;
  /** Strongest first; empty: nothing in the snapshot tells which server it is. */
  keys: EvidenceKey[];
  evidence: HostEvidence;
}

export function cardOf(host: HostEvidence): Card {
  const keys = keysOf(host);
  return { id: idFrom('card', ...keys), keys, evidence: host };
}

/** Of what was seen in a bin or on a bench: the place is said, nothing has to be found out. */
export function cardOfLocation(locationId: string): Card {
  return { id: idFrom('card', 'location', locationId), keys: [], evidence: emptyEvidence() };
}

function keysOf(host: HostEvidence): EvidenceKey[] {
  const keys: EvidenceKey[] = [];
  const add = (kind: EvidenceKind, value: string | null) => {
    if (value !== null && value.length <= 150) keys.push(`${kind}:${value}`);
  };
  add('id', host.assetId?.toLowerCase() ?? null);
  add('serial', normalizeSerial(host.productSerial));
  add('uuid', host.systemUuid === null || isPlaceholder(host.systemUuid) ? null : host.systemUuid.trim().toLowerCase());
  add('board', normalizeSerial(host.boardSerial));
  const macs = host.bmcMacs.map((mac) => normalizeMac(mac)).filter((mac) => mac !== undefined);
  for (const mac of [...new Set(macs)].toSorted()) add('bmc', mac);
  add('tag', normalizeSerial(host.assetTag));
  return [...new Set(keys)];
}

/** The hub's own id of a server that only bundles speak of: it follows from the strongest evidence. */
export function homeOfKey(key: EvidenceKey): string {
  return idFrom('asset', key);
}

/**
 * What ties a card to others: its evidence, and the id that the hub gave to whoever shows it. People may have written that id down before
 * better evidence proved the server to be another one.
 */
export function tiesOf({ keys }: Pick<Card, 'keys'>): EvidenceKey[] {
  const [strongest] = keys;
  return strongest === undefined ? [] : [...keys, `id:${homeOfKey(strongest)}`];
}

export function kindOfKey(key: EvidenceKey): EvidenceKind {
  return key.slice(0, key.indexOf(':')) as EvidenceKind;
}

export function strengthOf(key: EvidenceKey): number {
  return EVIDENCE_KINDS.indexOf(kindOfKey(key));
}

import { isRecord } from '../decode.ts';
import type { Body } from './tree.ts';

type Read = (path: string) => Body | undefined;

/** How many levels the root offers for this query; 0: none. */
export function offeredLevels(root: Body | undefined, kind: string, asked: number): number {
  const features = isRecord(root) ? root['ProtocolFeaturesSupported'] : undefined;
  const query = isRecord(features) && isRecord(features['ExpandQuery']) ? features['ExpandQuery'] : {};
  const offered = kind === '.' ? query['NoLinks'] : query['ExpandAll'];
  if (offered !== true) return 0;
  const most = typeof query['MaxLevels'] === 'number' ? query['MaxLevels'] : 1;
  return Math.min(asked, most);
}

/** `.`, `*` or `~`, and the levels: `.($levels=2)`. Null: not understood. */
export function parseExpand(text: string): { kind: string; levels: number } | null {
  const match = /^([.*~])(?:\(\$levels=(\d+)\))?$/.exec(text);
  return match === null ? null : { kind: match[1] ?? '.', levels: Number(match[2] ?? 1) };
}

/** Puts the linked resources in the place of the links. `.` leaves the Links sections alone (DSP0266, "expand"). */
export function expand(body: Body, kind: string, levels: number, read: Read): Body {
  if (levels <= 0) return body;
  const entries = Object.entries(body).map(([key, value]) => {
    if (key.startsWith('@') || key === 'Oem' || key === 'Actions') return [key, value];
    if (key === 'Links' && kind === '.') return [key, value];
    return [key, inPlace(value, kind, levels, read)];
  });
  return Object.fromEntries(entries) as Body;
}

function inPlace(value: unknown, kind: string, levels: number, read: Read): unknown {
  if (Array.isArray(value)) return value.map((one) => inPlace(one, kind, levels, read));
  if (typeof value !== 'object' || value === null) return value;
  const link = (value as Body)['@odata.id'];
  if (typeof link === 'string' && Object.keys(value).length === 1 && !link.includes('#')) {
    const found = read(link);
    return isRecord(found) ? expand(found, kind, levels - 1, read) : value;
  }
  return value;
}

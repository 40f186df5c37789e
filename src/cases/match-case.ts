import type { Known, KnownWords } from './known-reads.ts';
import { mayName, type Mention, type Place } from './mentions.ts';
import type { FoundLink } from './model.ts';

/** Less than this is a guess that helps nobody. */
const LEAST = 0.1;
/** A case that names hundreds of things (an inventory list) is about none of them in particular: the surest are kept. */
const LINKS_AT_MOST = 100;
/** A part that is named means the server that it is in, a little less. */
const BY_PART = 0.8;

/** Words to ask for: those of the cases, and of a full host name its first label. */
export function wordsToAsk(mentions: readonly Mention[]): string[] {
  return [...new Set(mentions.flatMap(({ value, written }) => [written, ...labelOf(value), ...labelOf(written)]))];
}

/** `SRV-1.AMS1.EXAMPLE.COM` → `SRV-1` */
function labelOf(value: string): string[] {
  const label = value.split('.')[0] ?? '';
  return label !== value && mayName(label.toUpperCase()) ? [label] : [];
}

/** What may be a serial that is cut off, or has `SN` before it: asked for only where the word itself names nothing. */
export function startsToAsk(mentions: readonly Mention[], known: KnownWords): string[] {
  const words = mentions.filter(({ value }) => value.length >= 7 && /[A-Z]/.test(value) && /\d/.test(value));
  const unknown = words.filter((one) => !known.has(one.value) && !labelOf(one.value).some((label) => known.has(label)));
  // Only so many are asked for, and a field for serials means one.
  const likeliest = unknown.toSorted((a, b) => Number(b.place === 'serial field') - Number(a.place === 'serial field'));
  return [...new Set(likeliest.flatMap(({ value }) => [value, ...withoutMark(value)]))];
}

function withoutMark(value: string): string[] {
  const rest = /^S-?N-?(?=.{6})/.test(value) ? value.replace(/^S-?N-?/, '') : undefined;
  return rest === undefined ? [] : [rest];
}

/** What a case is about, surest first. Pure. */
export function matchCase(mentions: readonly Mention[], known: KnownWords, starts: KnownWords): FoundLink[] {
  const best = new Map<string, FoundLink>();
  const keep = (link: FoundLink): void => {
    const key = `${link.subject.type}/${link.subject.id}`;
    const before = best.get(key);
    if (link.confidence >= LEAST && (before === undefined || before.confidence < link.confidence)) best.set(key, link);
  };
  for (const mention of mentions) {
    for (const { word, found, factor } of candidatesOf(mention, known, starts)) {
      const share = sharesOf(found);
      for (const one of found) {
        const full = worth(one, mention) * factor;
        const confidence = round(full / share);
        const why = sentence(one, mention, word, share);
        keep({ subject: { type: one.type, id: one.id }, confidence, why });
        if (one.assetId === null || one.type === 'asset') continue;
        keep({
          subject: { type: 'asset', id: one.assetId },
          confidence: round((full * BY_PART) / share),
          why: one.type === 'ticket' ? `${why}, which is about it` : `${why}, which is in it`,
        });
      }
    }
  }
  return [...best.values()].toSorted((a, b) => b.confidence - a.confidence).slice(0, LINKS_AT_MOST);
}

interface Candidates {
  word: string;
  found: Known[];
  factor: number;
}

function candidatesOf(mention: Mention, known: KnownWords, starts: KnownWords): Candidates[] {
  const { value, written, place } = mention;
  const exact = fitting(known.get(value), written, place);
  if (exact.length > 0) return [{ word: value, found: exact, factor: 1 }];
  for (const label of labelOf(written)) {
    const named = fitting(known.get(label.toUpperCase()), label, place).filter(({ by }) => by === 'name');
    if (named.length > 0) return [{ word: label.toUpperCase(), found: named, factor: 0.95 }];
  }
  for (const word of [value, ...withoutMark(value)]) {
    const found = starts.get(word) ?? (word === value ? [] : fitting(known.get(word), word, place));
    if (found.length > 0) return [{ word, found, factor: word === value ? 1 : 0.8 }];
  }
  return [];
}

/**
 * What the word is by itself, whatever else was asked for beside it: as it is written, or all of it in capitals or small. The name of a
 * project is a common word, and counts only where a project is expected.
 */
function fitting(found: Known[] | undefined, written: string, place: Place): Known[] {
  const spellings = new Set([written, written.toUpperCase(), written.toLowerCase()]);
  return (found ?? []).filter(
    ({ type, by, is }) => spellings.has(is) && (type !== 'project' || by === 'code' || place === 'project field'),
  );
}

/** How many things it may be. A part and the server that it is in are one place; what goes by a serial goes before what goes by a name. */
function sharesOf(found: readonly Known[]): number {
  const assets = new Set(found.filter(({ type }) => type === 'asset').map(({ id }) => id));
  const own = found.filter(({ type, assetId }) => !(type === 'component' && assetId !== null && assets.has(assetId)));
  return Math.max(1, own.length);
}

function worth({ by, is }: Known, { place }: Mention): number {
  if (by === 'start of the serial') return place === 'serial field' ? 0.45 : 0.35;
  if (by === 'serial') {
    if (place === 'serial field') return 0.98;
    return is.length >= 7 ? 0.85 : 0.75;
  }
  if (by === 'barcode') return place === 'tag field' ? 0.95 : 0.75;
  if (by === 'tag') return place === 'tag field' ? 0.95 : 0.7;
  if (by === 'key') return 0.8;
  if (by === 'code') return place === 'project field' ? 0.95 : 0.5;
  return place === 'host field' || place === 'project field' ? 0.7 : 0.6;
}

function sentence({ type, by, is }: Known, { field }: Mention, word: string, share: number): string {
  const where = field === '' ? 'in the text' : `in the field "${field.slice(0, 60)}"`;
  const what = { asset: 'server', component: 'part', project: 'project', ticket: 'ticket' }[type];
  const how =
    by === 'start of the serial' ? `the beginning of the ${what}'s serial ${is}` : `the ${what}'s ${NAMES[by]}`;
  const shared = share > 1 ? `, one of ${share} that it may be` : '';
  return `${word} ${where} is ${how}${shared}`.slice(0, 290);
}

const NAMES = {
  serial: 'serial',
  barcode: 'barcode in stock',
  tag: 'asset tag',
  name: 'name',
  code: 'code',
  key: 'key',
} as const;

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

import type { CaseInput } from './model.ts';

/** Where in a case a word stands. A field whose name says what is in it is worth more than running text. */
export type Place = 'serial field' | 'tag field' | 'host field' | 'project field' | 'field' | 'text';

export interface Mention {
  /** Upper case, single blanks. */
  value: string;
  /** The same as somebody wrote it: names are kept in their own case. */
  written: string;
  place: Place;
  /** Name of the field; '' in running text. */
  field: string;
}

/** Longest text that is looked at, per case, and most words that are looked up. What is beyond is not seen. */
const TEXT_LIMIT = 400_000;
const WORDS_LIMIT = 20_000;

const PLACES: [Place, RegExp][] = [
  ['serial field', /\b(?:serial|s\/n|sn|service ?tag|seriennummer)/i],
  ['tag field', /\b(?:asset ?tag|bar ?code|inventory|tag)\b/i],
  ['host field', /\b(?:host ?name|host|server ?name|server|node|fqdn|device|machine)\b/i],
  ['project field', /\bproject\b/i],
];

/** Amounts, speeds, standards and dates: words with digits in them that name no thing. */
const NO_NAME = [
  /^[\d.,]+(?:[KMGT]I?B(?:PS)?|[KMGT]?HZ|GBE|GBPS|MBPS|RPM|MM|CM|MS|KW|KWH|MA|VA|VAC|VDC|[WVCKHUXS])$/,
  /^\d{4}-\d{2}(?:-\d{2})?(?:T[\d.]*)?$/,
  /^[\d._-]+$/, // addresses, versions, phone numbers; plain numbers are judged below
  /^(?:RAID|DDR|PCIE|SATA|SAS|USB|NVME|CPU|DIMM|PSU|FAN|BAY|SLOT|DISK|PORT|UNIT|RACK|NODE|SERVER|HOST|IPV|SHA|HTTP|X)-?\d{1,4}$/,
  /^N\/?A$/,
];
const PLACEHOLDERS = new Set(['UNKNOWN', 'NONE', 'N/A', 'NA', 'TBD', 'NULL', 'NOT KNOWN', 'TO BE FILLED BY O.E.M.']);

/** Whether a word out of running text may name a thing: common words and short numbers never do. */
export function mayName(value: string): boolean {
  if (value.length < 5 || value.length > 64 || !/\d/.test(value)) return false;
  if (/^\d+$/.test(value)) return value.length >= 7 && !/^(\d)\1*$/.test(value);
  return !NO_NAME.some((pattern) => pattern.test(value));
}

/** What was written by hand into a field that is for it: shorter, and words without a digit, are taken at their word. */
function mayNameInField(value: string): boolean {
  return value.length >= 4 && value.length <= 64 && !PLACEHOLDERS.has(value) && !/^(.)\1*$/.test(value);
}

/**
 * Every word of a case that may name something, once per place. One pass over the text and no pattern that goes back: the time is linear
 * whatever somebody wrote.
 */
export function mentionsIn(one: Pick<CaseInput, 'summary' | 'text' | 'fields' | 'labels'>): Mention[] {
  const found = new Map<string, Mention>();
  const add = (written: string, place: Place, field: string, may: (value: string) => boolean): void => {
    const value = written.toUpperCase();
    const key = `${place}\n${written}`;
    if (found.size < WORDS_LIMIT && !found.has(key) && may(value)) found.set(key, { value, written, place, field });
  };
  for (const [field, content] of Object.entries(one.fields)) {
    if (content === null) continue;
    const text = String(content).slice(0, TEXT_LIMIT);
    const place = placeOf(field);
    if (place === 'field') {
      for (const word of wordsIn(text)) add(word, place, field, mayName);
      continue;
    }
    add(text.trim().replaceAll(/\s+/g, ' '), place, field, mayNameInField);
    for (const word of wordsIn(text)) add(word, place, field, mayNameInField);
  }
  const text = [one.summary, ...one.labels, one.text].join('\n').slice(0, TEXT_LIMIT);
  for (const word of wordsIn(text)) add(word, 'text', '', mayName);
  return [...found.values()];
}

function placeOf(field: string): Place {
  return PLACES.find(([, pattern]) => pattern.test(field))?.[0] ?? 'field';
}

/** What stands between blanks and punctuation; dots, dashes and underlines only inside of a word. */
function* wordsIn(text: string): Generator<string> {
  for (const raw of text.split(/[^A-Za-z0-9._-]+/)) {
    let [start, end] = [0, raw.length];
    while (start < end && isEdge(raw, start)) start += 1;
    while (end > start && isEdge(raw, end - 1)) end -= 1;
    if (end > start) yield raw.slice(start, end);
  }
}

function isEdge(word: string, at: number): boolean {
  const char = word[at];
  return char === '.' || char === '-' || char === '_';
}

import { linearPattern } from '../core/linear-pattern.ts';
import { numberPattern, partWords } from '../core/vendor.ts';
import type { ComponentKind } from '../ports/hardware-inventory.ts';
import { type Fact, factsIn, fillTemplate } from './fact-template.ts';
import { LONGEST_CODE } from './model.ts';
import type { LotRules } from './rules.ts';

/** What is known of a part: the newest, from whatever source. */
export interface Part {
  kind: ComponentKind;
  /** Normalised. */
  vendor: string | null;
  manufacturer: string | null;
  model: string | null;
  partNumber: string | null;
  attributes: Readonly<Record<string, unknown>>;
}

export interface FoundLot {
  lot: string;
  /** Id of the rule. */
  rule: string;
  title: string;
  /** Those that make the lot what it is: the same for every part of it. */
  facts: Record<string, Fact>;
}

/** `missing` names what would have to be known; it is empty for kinds that have no lots, such as fans. */
export type Classified = FoundLot | { lot: null; missing: string[] };
export type Classify = (part: Part) => Classified;

type FactRule = LotRules['facts'][number];
type Value = FactRule['set'][string];
type Facts = Record<string, Fact | undefined>;
type Captures = Readonly<Record<string, string | undefined>>;

interface Look {
  part: Part;
  words: readonly string[];
  name: string | null;
  facts: Facts;
}

const KEPT = 20_000;

/** Made once from the rules; what it answers depends on the part alone. */
export function createClassifier(rules: Pick<LotRules, 'tables' | 'words' | 'facts' | 'lots'>): Classify {
  const kinds = new Map([...new Set(rules.lots.map(({ kind }) => kind))].map((kind) => [kind, prepare(rules, kind)]));
  const known = new Map<string, Classified>();
  return (part) => {
    const prepared = kinds.get(part.kind);
    if (!prepared) return { lot: null, missing: [] };
    const { vendor, manufacturer, model, partNumber, attributes } = part;
    const asked = prepared.attributes.map((name) => attributes[name] ?? null);
    const key = JSON.stringify([part.kind, vendor, manufacturer, model, partNumber, ...asked]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const found = prepared.classify(part);
    if (known.size >= KEPT) known.clear();
    if (key.length < 2000) known.set(key, found);
    return found;
  };
}

function prepare(
  rules: Pick<LotRules, 'tables' | 'words' | 'facts' | 'lots'>,
  kind: ComponentKind,
): { attributes: string[]; classify: Classify } {
  const steps = rules.facts.filter((rule) => rule.kind === kind).map((rule) => ({ rule, match: matcher(rule) }));
  const lots = rules.lots
    .filter((lot) => lot.kind === kind)
    .map((lot) => ({ ...lot, needs: [...new Set([...Object.keys(lot.when), ...factsIn(lot.code)])] }));

  function classify(part: Part): Classified {
    const look: Look = {
      part,
      words: [...new Set([...partWords(part.partNumber), ...partWords(part.model)])],
      name: partWords(part.model)[0] ?? null,
      facts: {},
    };
    for (const { rule, match } of steps) {
      const captures = match(look);
      if (captures === undefined) continue;
      for (const [fact, value] of Object.entries(rule.set)) look.facts[fact] ??= valueOf(value, look, captures, rules);
    }
    const { facts } = look;
    const possible = lots.filter(({ when }) =>
      Object.entries(when).every(([fact, wanted]) => facts[fact] === undefined || facts[fact] === wanted),
    );
    const lacking = possible.map(({ needs }) => needs.filter((fact) => facts[fact] === undefined));
    const [lot] = possible;
    if (lot === undefined) return { lot: null, missing: ['rule'] };
    // Where the facts still allow several lots, what tells them apart is missing first of all.
    if (possible.length > 1 && !isSettled(lot.when, facts)) {
      const telling = possible.flatMap(({ when }) => Object.keys(when).filter((fact) => facts[fact] === undefined));
      return { lot: null, missing: [...new Set(telling)] };
    }
    if (lacking[0]?.length) return { lot: null, missing: lacking[0] };
    const own = Object.fromEntries(lot.needs.map((fact) => [fact, facts[fact] as Fact]));
    const code = fillTemplate(lot.code, facts);
    // Nobody's name is that long: whoever said so knows it no better than one who says nothing.
    if (code.length > LONGEST_CODE) return { lot: null, missing: longest(factsIn(lot.code), facts) };
    return { lot: code, rule: lot.id, title: fillTemplate(lot.title, facts), facts: own };
  }

  return { attributes: attributesOf(steps.map(({ rule }) => rule)), classify };
}

function longest(names: readonly string[], facts: Facts): string[] {
  return [...names].toSorted((a, b) => String(facts[b]).length - String(facts[a]).length).slice(0, 1);
}

function isSettled(when: Record<string, Fact>, facts: Facts): boolean {
  return Object.entries(when).every(([fact, wanted]) => facts[fact] === wanted);
}

/** The attributes that the rules of a kind ask for: nothing else can change what a part is. */
function attributesOf(rules: readonly FactRule[]): string[] {
  const sources = rules.flatMap((rule) => [
    ...rule.when.map(({ of }) => of),
    ...Object.values(rule.set).map((value) => (typeof value === 'object' ? value.from : '')),
  ]);
  return [...new Set(sources.filter((source) => source.startsWith('attributes.')))].map((source) =>
    source.slice('attributes.'.length),
  );
}

/** What a rule's pattern caught; undefined where the rule does not apply. */
function matcher(rule: FactRule): (look: Look) => Captures | undefined {
  const numbers = rule.numbers?.map(numberPattern);
  const pattern = rule.pattern && { of: rule.pattern.of, is: linearPattern(rule.pattern.is) };
  return (look) => {
    if (!rule.when.every(({ of, ...limits }) => isWithin(sourceOf(of, look), limits))) return undefined;
    if (numbers && !look.words.some((word) => numbers.some((fits) => fits(word)))) return undefined;
    if (!pattern) return {};
    for (const text of pattern.of === 'number' ? look.words : [look.name ?? '']) {
      const match = pattern.is.exec(text);
      if (match) return match.groups ?? {};
    }
    return undefined;
  };
}

function valueOf(
  value: Value,
  look: Look,
  captures: Captures,
  { tables, words }: Pick<LotRules, 'tables' | 'words'>,
): Fact | undefined {
  if (typeof value !== 'object') return typeof value === 'string' ? fillTemplate(value, captures) : value;
  let fact = value.from.includes('{') ? fillTemplate(value.from, captures) : sourceOf(value.from, look);
  if (fact === '') return undefined;
  if (value.words !== undefined) fact = words[value.words]?.[String(fact)];
  if (value.as === 'number') fact = Number(fact);
  if (value.as === 'code') fact = codeOf(String(fact ?? ''));
  if (value.times !== undefined) fact = typeof fact === 'number' ? fact * value.times : undefined;
  if (value.table !== undefined) fact = classIn(tables[value.table], fact);
  if (fact === undefined || fact === '' || Number.isNaN(fact)) return undefined;
  return isWithin(fact, value) ? fact : undefined;
}

/** Text in upper case without the blanks around it, as the rules write it; of a list, how many it has. */
function sourceOf(source: string, { part, facts }: Look): Fact | undefined {
  const [room = '', name] = source.split('.');
  const said = name === undefined ? part[room as 'model'] : (room === 'facts' ? facts : part.attributes)[name];
  if (typeof said === 'string') return said.trim().toUpperCase() || undefined;
  if (Array.isArray(said)) return said.length;
  return typeof said === 'number' || typeof said === 'boolean' ? said : undefined;
}

function isWithin(
  fact: Fact | undefined,
  limits: { in?: readonly Fact[] | undefined; atLeast?: number | undefined; atMost?: number | undefined },
): boolean {
  if (fact === undefined) return false;
  if (limits.in && !limits.in.includes(fact)) return false;
  if (limits.atLeast === undefined && limits.atMost === undefined) return true;
  return typeof fact === 'number' && fact >= (limits.atLeast ?? -Infinity) && fact <= (limits.atMost ?? Infinity);
}

/** The nearest class whose tolerance takes the value in. */
function classIn(table: LotRules['tables'][string] | undefined, value: Fact | undefined): number | undefined {
  if (!table || typeof value !== 'number') return undefined;
  const fitting = table.classes.filter((one) => value >= one * (1 - table.below) && value <= one * (1 + table.above));
  return fitting.toSorted((a, b) => Math.abs(a - value) - Math.abs(b - value))[0];
}

/** `E7- 4860` → `E7-4860`: what may stand in a lot's code. */
function codeOf(text: string): string {
  return text
    .toUpperCase()
    .replaceAll(/[^A-Z0-9.+]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

import { linearPattern } from '../core/linear-pattern.ts';
import type { Facts, Match } from './model.ts';
import type { Need, SpareRule, SpareRules } from './spare-rules.ts';

/** What is known of a part that failed, or of one on the shelf. */
export interface Part {
  kind: string | null;
  lot: { id: string; code: string } | null;
  vendor: string | null;
  model: string | null;
  partNumber: string | null;
  /** Of its lot, of what was seen of it, of what people said of it. */
  facts: Facts;
}

/** `rule`, `rank`: which rule lets it stand in; those that stand first in the file are the better ones. */
export interface SpareVerdict {
  match: Match | null;
  rule: string | null;
  rank: number;
  why: string;
}

type Value = string | number | boolean;

/** Whether a spare may stand in for a part, and why (not). Nothing but the two parts counts. */
export function judgeSpare(rules: SpareRules, part: Part, spare: Part): SpareVerdict {
  if (part.lot !== null && spare.lot !== null && part.lot.id === spare.lot.id)
    return { match: 'same-lot', rule: null, rank: 0, why: `same lot, ${part.lot.code}` };
  if (part.kind === null) return no('it is not known what kind of part it is to stand in for');
  if (part.kind !== spare.kind) return no(`a ${spare.kind ?? 'part of no known kind'} is no ${part.kind}`);
  const failed = withNumbers(rules, part);
  const other = withNumbers(rules, spare);
  const forKind = rules.rules.filter(({ kinds }) => (kinds as readonly string[]).includes(part.kind ?? ''));
  if (forKind.length === 0) return no(`only the same lot stands in for a ${part.kind}`);
  const applicable = forKind.filter((rule) => isFor(rule, failed));
  const against: string[] = [];
  for (const rule of applicable) {
    const [fault] = rule.needs.flatMap((need) => whyNotEnough(need, failed, other) ?? []);
    if (fault === undefined) {
      const why = `compatible by ${rule.id}: ${rule.needs.map((need) => shown(need, failed, other)).join(', ')}`;
      const note = rule.note === undefined ? '' : `; ${rule.note}`;
      return { match: 'compatible', rule: rule.id, rank: rules.rules.indexOf(rule) + 1, why: why + note };
    }
    against.push(fault);
  }
  if (against.length === 0) return no(`no rule is for such a ${part.kind}: ${unknownOf(forKind, failed)}`);
  return no([...new Set(against)].join('; '));
}

function no(why: string): SpareVerdict {
  return { match: null, rule: null, rank: Number.MAX_SAFE_INTEGER, why };
}

function isFor(rule: SpareRule, part: Part): boolean {
  return Object.entries(rule.when).every(([source, values]) => {
    const value = sourceOf(part, source);
    return value !== undefined && values.map(folded).includes(value);
  });
}

/** Why no rule was for it: mostly because the fact that would choose one is not known. */
function unknownOf(rules: readonly SpareRule[], part: Part): string {
  const asked = [...new Set(rules.flatMap(({ when }) => Object.keys(when)))];
  const said = asked.map((source) => {
    const value = sourceOf(part, source);
    return `${wordOf(source)} ${value === undefined ? 'is not known' : `is ${value}`}`;
  });
  return said.join(', ');
}

function whyNotEnough(need: Need, part: Part, spare: Part): string | undefined {
  const [wanted, has] = [sourceOf(part, need.of), sourceOf(spare, need.of)];
  const word = wordOf(need.of);
  if (wanted === undefined) return `${word} of the part that failed is not known`;
  if (has === undefined) return `its ${word} is not known`;
  if (need.is === 'equal') return has === wanted ? undefined : `its ${word} is ${has}, not ${wanted}`;
  const [least, is] = [rankOf(need, wanted), rankOf(need, has)];
  if (least === undefined || is === undefined) return `its ${word} ${has} cannot be compared with ${wanted}`;
  if (need.is === 'at-least' && is < least) return `its ${word} is ${has}, less than ${wanted}`;
  if (need.is === 'at-most' && is > least) return `its ${word} is ${has}, more than ${wanted}`;
  if (need.times !== undefined && is > least * need.times)
    return `its ${word} is ${has}, more than ${need.times} times ${wanted}`;
  return undefined;
}

function shown(need: Need, part: Part, spare: Part): string {
  const [wanted, has] = [sourceOf(part, need.of), sourceOf(spare, need.of)];
  return `${wordOf(need.of)} ${has}${wanted === has ? '' : ` for ${wanted}`}`;
}

function rankOf(need: Need, value: Value): number | undefined {
  if (need.order === undefined) return typeof value === 'number' ? value : undefined;
  const rank = need.order.map(folded).indexOf(value);
  return rank < 0 ? undefined : rank + 1;
}

function sourceOf(part: Part, source: string): Value | undefined {
  const [room = '', name] = source.split('.');
  const value = name === undefined ? part[room as 'model'] : part.facts[name];
  if (value === null || value === undefined || value === '') return undefined;
  return folded(value);
}

/** People and machines do not agree on case and blanks. */
function folded(value: Value): Value {
  return typeof value === 'string' ? value.trim().replaceAll(/\s+/g, ' ').toUpperCase() : value;
}

function wordOf(source: string): string {
  return (source.split('.').at(-1) ?? source).replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** What is said goes before what the number tells. */
function withNumbers(rules: SpareRules, part: Part): Part {
  let facts = part.facts;
  for (const { kind, of, is, set } of rules.numbers) {
    const text = part[of];
    if (kind !== part.kind || text === null || !patternOf(is).test(String(folded(text)))) continue;
    facts = { ...set, ...facts };
  }
  return { ...part, facts };
}

/** A look at thousands of spares asks for the same few again and again. */
const patterns = new Map<string, RegExp>();
function patternOf(text: string): RegExp {
  const known = patterns.get(text) ?? linearPattern(text);
  patterns.set(text, known);
  return known;
}

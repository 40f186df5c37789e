import { isRecord } from '../decode.ts';
import { isAskedFor, verdictOf, type NameVerdict } from './secret-names.ts';
import { isMasked, looksLikeHash, looksLikeKey, REDACTED, scrubText } from './secret-shapes.ts';

/** Where a secret stood and what told that it is one. Never the secret. */
export interface Found {
  /** As a JSON pointer. */
  at: string;
  why: string;
}

export interface RedactOptions {
  /** Attributes that a registry marks as passwords, in lower case: see `secretAttributesIn`. */
  marked?: ReadonlySet<string>;
  /** For people outside: also where events go to, since the address or its context is how a receiver knows its sender. */
  forOthers?: boolean;
}

/** Deeper than any resource known; what is deeper is taken out, since nobody looks at it. */
const MAX_DEPTH = 100;

/** Who names something beside its value: `{ Name: 'Users.2#Password', Value: … }`. */
const NAME_KEYS = [
  'Name',
  'AttributeName',
  'Attribute',
  'Key',
  'Property',
  'PropertyName',
  'ParameterName',
  'Parameter',
];
const VALUE_KEYS =
  /^(?:value|currentvalue|defaultvalue|newvalue|oldvalue|previousvalue|pendingvalue|data|text|content)$/i;
/** Properties that are addresses, types and times, and say nothing else. */
const STRUCTURE = /^@odata\.|^@Redfish\.|^target$|^Id$/;

interface Walk {
  marked: ReadonlySet<string>;
  forOthers: boolean;
  found: Found[];
  /** Names and indexes from the top to where the walk is. */
  trail: (string | number)[];
}

/** What holds for everything further down. */
interface Within {
  /** Inside of a user account: what looks like a hash there is one. */
  account: boolean;
  /** Under a name that says so, everything is secret. */
  under: boolean;
}

/** The body without passwords, hashes, keys, community strings, licences and tokens. What holds none is given back as it is. */
export function redactSecrets<T>(body: T, options: RedactOptions = {}): { body: T; found: Found[] } {
  const { marked = new Set<string>(), forOthers = false } = options;
  const walk: Walk = { marked, forOthers, found: [], trail: [] };
  return { body: clean(body, walk, { account: false, under: false }) as T, found: walk.found };
}

export function withoutSecrets<T>(body: T, options: RedactOptions = {}): T {
  return redactSecrets(body, options).body;
}

/** What an attribute registry or an ActionInfo marks as a password, in lower case. */
export function secretAttributesIn(body: unknown): string[] {
  const names: string[] = [];
  const visit = (value: unknown, depth: number): void => {
    if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return;
    if (isRecord(value) && isMarked(value)) {
      const name = NAME_KEYS.map((key) => value[key]).find((one) => typeof one === 'string');
      if (typeof name === 'string') names.push(name.toLowerCase());
    }
    for (const inner of Object.values(value)) visit(inner, depth + 1);
  };
  visit(body, 0);
  return names;
}

/** `Type: Password` of an attribute registry; `WriteOnly` values are not for reading either. */
function isMarked(body: Record<string, unknown>): boolean {
  const type = body['Type'] ?? body['DataType'] ?? body['AttributeType'];
  return (typeof type === 'string' && /^(?:password|secret)$/i.test(type)) || body['WriteOnly'] === true;
}

function clean(value: unknown, walk: Walk, within: Within): unknown {
  if (typeof value === 'string') return cleanText(value, walk, within);
  if (typeof value === 'number') return within.under ? takenOut(value, 'under a name of secrets', walk) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (walk.trail.length > MAX_DEPTH) return takenOut(' deep', 'too deep to be looked at', walk);
  if (Array.isArray(value)) return cleanList(value, walk, within);
  return cleanRecord(value as Record<string, unknown>, walk, within);
}

function cleanList(list: unknown[], walk: Walk, within: Within): unknown[] {
  // A message's arguments: the refused value stands beside the property's name.
  const isArgs = /args$/i.test(String(walk.trail.at(-1) ?? '')) && list.some(namesSecret);
  let copy: unknown[] | null = null;
  for (const [index, one] of list.entries()) {
    const under = within.under || (isArgs && isScalar(one) && !namesSecret(one) && !isAddress(one));
    walk.trail.push(index);
    const now = clean(one, walk, under === within.under ? within : { ...within, under });
    walk.trail.pop();
    if (now !== one) (copy ??= [...list])[index] = now;
  }
  return copy ?? list;
}

function cleanRecord(body: Record<string, unknown>, walk: Walk, within: Within): Record<string, unknown> {
  const type = body['@odata.type'];
  const isAccount = typeof type === 'string' && /^#(?:ManagerAccount|\w*AccountService)\./.test(type);
  const inside = isAccount && !within.account ? { ...within, account: true } : within;
  const isSubscription = walk.forOthers && typeof type === 'string' && type.startsWith('#EventDestination.');
  const isPair = isPairOfSecret(body, walk);
  let copy: Map<string, unknown> | null = null;
  for (const name of Object.keys(body)) {
    const told = (isPair && VALUE_KEYS.test(name)) || (isSubscription && /^(?:Destination|Context)$/.test(name));
    walk.trail.push(name);
    const now = cleanProperty(name, body[name], told, walk, inside);
    walk.trail.pop();
    if (now !== body[name]) (copy ??= new Map(Object.entries(body))).set(name, now);
  }
  return copy === null ? body : Object.fromEntries(copy);
}

function cleanProperty(name: string, value: unknown, told: boolean, walk: Walk, within: Within): unknown {
  if (STRUCTURE.test(name)) return clean(value, walk, within.under ? { ...within, under: false } : within);
  const verdict = told || walk.marked.has(name.toLowerCase()) ? 'secret' : verdictOf(name);
  if (isScalar(value)) {
    const why = whySecret(name, value, verdict, within);
    return why === null ? clean(value, walk, within) : takenOut(value, why, walk);
  }
  if (typeof value !== 'object' || value === null) return value;
  const under = within.under || (verdict === 'secret' && !isLink(value));
  const account = within.account || /^(?:users|accounts?|admins?)$/i.test(name);
  return clean(value, walk, under === within.under && account === within.account ? within : { under, account });
}

function whySecret(name: string, value: string | number, verdict: NameVerdict, within: Within): string | null {
  if (within.under) return 'under a name of secrets';
  if (verdict === 'secret') return isAskedFor(name, value) ? null : 'by its name';
  const text = String(value);
  if (verdict === 'maybe' && looksLikeKey(text) && isKeyName(name, text)) return 'by its name and look';
  if (typeof value !== 'string' || text.length < 16) return null;
  const inAccount = within.account || /^(?:users?|accounts?)\.\d+[.#]/i.test(name);
  return inAccount && looksLikeHash(text) ? 'a hash in an account' : null;
}

/** Digests of firmware and measurements are to be compared with published ones; `Data` and the like tell nothing by name. */
function isKeyName(name: string, text: string): boolean {
  const plain = name.toLowerCase();
  if (/pin(?:code)?$/.test(plain))
    return /^\d{4,12}$/.test(text) && /^(?:\w*[^a-z])?pin(?:code)?$|user|access|security/.test(plain);
  if (/^\d+$/.test(text)) return false;
  return /keys?$|session(?:id)?$|credential|licen[cs]estring$/.test(plain);
}

function cleanText(text: string, walk: Walk, within: Within): string {
  if (within.under) return takenOut(text, 'under a name of secrets', walk) as string;
  if (isAddress(text) || !/\W/.test(text)) return text;
  const inner = cleanJsonText(text, walk, within);
  if (inner !== null) return inner;
  const { text: clear, why } = scrubText(text);
  if (why !== null) note(why, walk);
  return clear;
}

/** A document inside a string (a server profile, a saved answer). Null: it is none. */
function cleanJsonText(text: string, walk: Walk, within: Within): string | null {
  if (text.length < 8 || !/^\s*[{[]\s*["[{]/.test(text.slice(0, 40))) return null;
  let inner: unknown;
  try {
    inner = JSON.parse(text);
  } catch {
    return null;
  }
  walk.trail.push('(text)');
  const cleared = clean(inner, walk, within);
  walk.trail.pop();
  return cleared === inner ? text : JSON.stringify(cleared);
}

function takenOut(value: string | number, why: string, walk: Walk): unknown {
  if (typeof value === 'string' && isMasked(value)) return value;
  if (value === 0) return value;
  note(why, walk);
  return typeof value === 'number' ? 0 : REDACTED;
}

function note(why: string, { found, trail }: Walk): void {
  found.push({ at: trail.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''), why });
}

function isPairOfSecret(body: Record<string, unknown>, { marked }: Walk): boolean {
  for (const key of NAME_KEYS) {
    const name = body[key];
    if (typeof name !== 'string') continue;
    if ((marked.size > 0 && marked.has(name.toLowerCase())) || namesSecret(name)) return true;
  }
  return isMarked(body);
}

const namesSecret = (text: unknown): boolean =>
  typeof text === 'string' &&
  text.length <= 100 &&
  /^[\w.#/[\]-]{2,}$/.test(text) &&
  !isAddress(text) &&
  verdictOf(text) === 'secret';

const isAddress = (value: unknown): boolean =>
  typeof value === 'string' && value.startsWith('/redfish/') && !value.includes('?') && !value.includes('=');

function isLink(value: object): boolean {
  return (
    isRecord(value) &&
    typeof value['@odata.id'] === 'string' &&
    Object.keys(value).length <= 3 &&
    !('@odata.type' in value)
  );
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

import type { SourceFile } from '../../src/ports/bundle-format.ts';
import { asNumber, asText, isRecord } from './decode.ts';
import { fold } from './own-origin.ts';

/** One Redfish resource out of a file. */
export interface Found {
  /** Which machine it is of, as far as the file tells: the origin of a URL, the key of a map. Compared only, never shown. */
  machine: string;
  /** Folded, with its query; null where the body does not say and nothing else does. */
  uri: string | null;
  body: Record<string, unknown>;
  /** Written out inside another resource ($expand): counts less than the resource by itself. */
  nested: boolean;
  /** When it was asked for, where a recording says. */
  at: string | null;
}

export interface Documents {
  found: Found[];
  /** The file is a collection of answers, not one resource. */
  crawl: boolean;
  warnings: string[];
}

const CAPS = { wrappers: 3, nesting: 30, textOfUri: 2_000 };
const BODY_KEYS = ['body', 'data', 'response', 'json', 'content', 'payload', 'result', 'value'];
const URI_KEYS = ['uri', 'url', 'path', 'endpoint', 'href', '@odata.id'];
const NONE: Documents = { found: [], crawl: false, warnings: [] };

const read = new WeakMap<SourceFile, Documents>();

/** The Redfish resources of a file, told by its content alone; none where it is something else. Never throws. */
export function documentsOf(file: SourceFile): Documents {
  const known = read.get(file);
  if (known !== undefined) return known;
  const documents = looksLikeJson(file.bytes) ? readDocuments(file) : NONE;
  read.set(file, documents);
  return documents;
}

/** `/redfish/v1/…`, the same behind an origin, or without the first slash; null for what leads elsewhere, and for parts of a resource. */
export function addressOf(text: unknown): { machine: string; uri: string } | null {
  if (typeof text !== 'string' || text.length > CAPS.textOfUri) return null;
  const found = /^(https?:\/\/[^/\s?#]+)?\/?(redfish(?:[/?].*)?)$/i.exec(text.trim());
  if (found === null || text.includes('#')) return null;
  return { machine: (found[1] ?? '').toLowerCase(), uri: fold(`/${found[2] ?? ''}`) };
}

/** A big log or image must not be decoded only to learn that it is none of ours. */
function looksLikeJson(bytes: Buffer): boolean {
  // Blanks, NUL and the bytes of byte-order marks
  const before = [0x20, 0x09, 0x0a, 0x0d, 0x00, 0xef, 0xbb, 0xbf, 0xfe, 0xff];
  const first = bytes.find((byte) => !before.includes(byte));
  return first === 0x7b || first === 0x5b;
}

/** Every resource says where or what it is; what says neither need not be searched to its last value. */
const MENTIONS_REDFISH = /redfish[\\/?]|@odata/i;

function readDocuments(file: SourceFile): Documents {
  if (!MENTIONS_REDFISH.test(file.text())) return NONE;
  const json = file.json() ?? parseLoosely(file.text());
  if (json === undefined) return readLines(file.text());
  const found: Found[] = [];
  const crawl = collect(json, { machine: '', at: null, depth: 0 }, found);
  return { found, crawl, warnings: [] };
}

/** BMCs send bare control characters inside strings, and what saves their answers keeps them. */
function parseLoosely(text: string): unknown {
  // oxlint-disable-next-line no-control-regex
  return parse(text.replaceAll(/[\u0000-\u001f\ufeff]/g, ' '));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // no JSON: what it is then, the caller decides
  }
}

function readLines(text: string): Documents {
  const found: Found[] = [];
  const unread: number[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const json = parse(line.trim());
    // A text that is no JSON lines shows it at once: not every line of a big file is tried.
    if (json === undefined && found.length === 0) return NONE;
    if (json === undefined) unread.push(at + 1);
    else collect(json, { machine: '', at: null, depth: 0 }, found);
  }
  if (found.length === 0) return NONE;
  const shown = unread.slice(0, 5).join(', ');
  const warnings = unread.length === 0 ? [] : [`${unread.length} of the lines are not JSON (line ${shown})`];
  return { found, crawl: true, warnings };
}

interface Place {
  machine: string;
  at: string | null;
  depth: number;
}

/** Adds the resources in `json`; true when it is a collection of answers and not itself a resource. */
function collect(json: unknown, place: Place, found: Found[]): boolean {
  if (place.depth > CAPS.wrappers) return false;
  const inner = { ...place, depth: place.depth + 1 };
  if (Array.isArray(json)) {
    for (const item of json) collect(item, inner, found);
    return true;
  }
  if (!isRecord(json)) return false;
  const entries = isRecord(json['log']) ? json['log']['entries'] : undefined;
  if (Array.isArray(entries)) {
    for (const entry of entries) if (isRecord(entry)) collectExchange(entry, found);
    return true;
  }
  if (isResource(json) && !isAnswer(json)) {
    const address = addressOf(json['@odata.id']);
    add(json, { ...place, machine: address?.machine || place.machine }, address?.uri ?? null, found);
    return false;
  }
  if (isAnswer(json)) return collectAnswer(json, place, found);
  const keyed = Object.entries(json).flatMap(([key, value]) => {
    const address = addressOf(key);
    return address === null ? [] : [{ address, value }];
  });
  for (const { address, value } of keyed) {
    const body = unwrap(value);
    if (body !== null) add(body, { ...place, machine: address.machine || place.machine }, address.uri, found);
  }
  if (keyed.length > 0) return true;
  const before = found.length;
  for (const [key, value] of Object.entries(json)) {
    if (typeof value !== 'object' || value === null) continue;
    collect(value, { ...inner, machine: place.machine || `key:${key}` }, found);
  }
  return found.length > before;
}

function isResource(body: Record<string, unknown>): boolean {
  const id = body['@odata.id'];
  // Other OData services (Dell's OpenManage) look the same but for the address.
  if (typeof id === 'string') return /^(https?:\/\/[^/\s?#]+)?\/?redfish[/?#]|\/redfish$/i.test(id);
  const type = body['@odata.type'];
  return typeof type === 'string' && /^#[A-Za-z]\w*\./.test(type);
}

/** `{uri, body}` in any of the words that crawlers use for it. */
function isAnswer(item: Record<string, unknown>): boolean {
  if (typeof item['@odata.type'] === 'string') return false;
  return addressIn(item) !== null && BODY_KEYS.some((key) => typeof item[key] === 'object' || isJsonText(item[key]));
}

function isJsonText(value: unknown): boolean {
  return typeof value === 'string' && /^\s*[{[]/.test(value.slice(0, 200));
}

function addressIn(item: Record<string, unknown>): { machine: string; uri: string } | null {
  for (const key of URI_KEYS) {
    const address = addressOf(item[key]);
    if (address !== null) return address;
  }
  const request = item['request'];
  return isRecord(request) ? (addressOf(request['url']) ?? addressOf(request['path'])) : null;
}

function collectAnswer(item: Record<string, unknown>, place: Place, found: Found[]): true {
  const address = addressIn(item);
  const body = unwrap(item);
  const host = asText(item['host']) ?? asText(item['bmc']) ?? '';
  if (address === null || body === null) return true;
  const at = asText(item['timestamp']) ?? asText(item['collected_at']) ?? place.at;
  add(body, { ...place, at, machine: address.machine || host || place.machine }, address.uri, found);
  return true;
}

/** The resource inside an answer; null where the answer is an error, or has none. */
function unwrap(value: unknown): Record<string, unknown> | null {
  let inner = value;
  for (let depth = 0; depth <= CAPS.wrappers; depth += 1) {
    if (isJsonText(inner)) inner = parseLoosely(String(inner));
    if (!isRecord(inner)) return null;
    const own = inner;
    const status = asNumber(own['status'] ?? own['statusCode'] ?? own['status_code']);
    if (status !== null && status >= 400) return null;
    if (typeof own['@odata.type'] === 'string' || Array.isArray(own['Members'])) return own;
    const key = BODY_KEYS.find((name) => isRecord(own[name]) || isJsonText(own[name]));
    if (key === undefined) return own;
    inner = own[key];
  }
  return null;
}

/** One request of an HTTP archive (HAR 1.2). */
function collectExchange(entry: Record<string, unknown>, found: Found[]): void {
  const { request, response } = entry;
  if (!isRecord(request) || !isRecord(response) || !isRecord(response['content'])) return;
  const address = addressOf(request['url']);
  const { text, encoding } = response['content'];
  const status = asNumber(response['status']) ?? 0;
  const method = asText(request['method'])?.toUpperCase() ?? 'GET';
  if (address === null || typeof text !== 'string' || method !== 'GET' || status < 200 || status > 299) return;
  const plain = encoding === 'base64' ? Buffer.from(text, 'base64').toString('utf8') : text;
  const body = parseLoosely(plain);
  const at = asText(entry['startedDateTime']);
  if (isRecord(body)) add(body, { machine: address.machine, at, depth: 0 }, address.uri, found);
}

function add(body: Record<string, unknown>, { machine, at }: Place, uri: string | null, found: Found[]): void {
  found.push({ machine, uri, body, nested: false, at });
  addNested(body, (inner, innerUri) => found.push({ machine, uri: innerUri, body: inner, nested: true, at }));
}

/** What `$expand` wrote out in the place of links, to any depth. */
function addNested(body: object, take: (inner: Record<string, unknown>, uri: string) => void): void {
  const open: { value: object; depth: number }[] = [{ value: body, depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.depth >= CAPS.nesting) continue;
    for (const value of Object.values(next.value) as unknown[]) {
      if (typeof value !== 'object' || value === null) continue;
      open.push({ value, depth: next.depth + 1 });
      // Every resource has a Name. iLO's ResourceDirectory has address and type of all, and nothing else of them.
      if (!isRecord(value) || typeof value['@odata.type'] !== 'string' || typeof value['Name'] !== 'string') continue;
      const address = addressOf(value['@odata.id']);
      if (address !== null) take(value, address.uri);
    }
  }
}

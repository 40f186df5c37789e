import type { SourceFile } from '../../src/ports/bundle-format.ts';
import { asLink, asText, isRecord } from './decode.ts';
import { fold } from './own-origin.ts';
import { documentsOf, type Found } from './tree-documents.ts';

const ROOT = '/redfish/v1';
const SYSTEMS = '/redfish/v1/systems';

/** The resources of one machine by folded URI. */
export type Resources = Map<string, Found>;

/** Where a file of a mockup tree says that its resource is: `…/redfish/v1/Systems/1/index.json`, or `…/Systems/1.json`. */
function uriOfPath(path: string): { uri: string; isIndex: boolean } | null {
  const at = path.toLowerCase().lastIndexOf('redfish/v1');
  if (at < 0 || (at > 0 && path[at - 1] !== '/')) return null;
  const isIndex = /\/index\.json$/i.test(path);
  const rest = path.slice(at).replace(/(\/index)?\.json$/i, '');
  return { uri: fold(`/${rest}`), isIndex };
}

/** The folder that a tree begins in: what is before `redfish/v1`, or where the file lies. */
export function baseOf(path: string): string {
  const at = path.toLowerCase().lastIndexOf('redfish/v1');
  if (at === 0) return '';
  if (at > 0 && path[at - 1] === '/') return path.slice(0, at - 1);
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** What the files say, with the address that the path gives where the body has none, or another one. */
function foundIn(file: SourceFile): Found[] {
  const { found, crawl } = documentsOf(file);
  const place = crawl ? null : uriOfPath(file.path);
  if (place === null) return found;
  const own = found.find((one) => !one.nested);
  if (own !== undefined) {
    const uri = place.isIndex || own.uri === null ? place.uri : own.uri;
    // Under its own address too: some recordings replace characters of it in the name of the folder.
    const alias = own.uri === null || own.uri === uri ? [] : [{ ...own, nested: true }];
    return [...found.filter((one) => one !== own), ...alias, { ...own, uri }];
  }
  const body = place.isIndex ? file.json() : undefined;
  return isRecord(body) ? [{ machine: '', uri: place.uri, body, nested: false, at: null }] : [];
}

/** The machines that these files show; a crawl may hold several, told apart by the origin of its URLs or the keys of its map. */
export function machinesIn(files: readonly SourceFile[]): Resources[] {
  const named = new Map<string, Resources>();
  const nameless: Resources = new Map();
  for (const file of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    for (const one of foundIn(file)) {
      if (one.uri === null) continue;
      const resources = one.machine === '' ? nameless : (named.get(one.machine) ?? new Map<string, Found>());
      if (one.machine !== '') named.set(one.machine, resources);
      const known = resources.get(one.uri);
      if (known === undefined || isBetter(one, known)) resources.set(one.uri, one);
    }
  }
  const machines = mergeKeys(named);
  if (nameless.size === 0) return machines;
  if (machines.length === 0) return [nameless];
  const [only] = machines;
  if (machines.length > 1 || only === undefined) return [...machines, nameless];
  return [new Map([...nameless, ...only])];
}

/** Of two answers for one address: the one by itself, then the fuller one, then the later one. */
function isBetter(one: Found, known: Found): boolean {
  if (one.nested !== known.nested) return known.nested;
  return Object.keys(one.body).length >= Object.keys(known.body).length;
}

/** The keys of a map are machines where each has a list of systems; else they are chapters of one (`systems`, `chassis`, …). */
function mergeKeys(named: ReadonlyMap<string, Resources>): Resources[] {
  const machines: Resources[] = [];
  const chapters: Resources = new Map();
  for (const [name, resources] of named) {
    if (!name.startsWith('key:') || isMachine(resources)) machines.push(resources);
    else for (const [uri, one] of resources) chapters.set(uri, one);
  }
  const [only] = machines;
  if (chapters.size === 0) return machines;
  if (machines.length === 1 && only !== undefined) return [new Map([...chapters, ...only])];
  return [...machines, chapters];
}

/** A list of systems, and at least one of them: without it nothing tells which server the parts belong to. */
export function isMachine(resources: Resources): boolean {
  const root = resources.get(ROOT)?.body;
  const link = root === undefined ? SYSTEMS : asLink(root['Systems']);
  const systems = link === null ? undefined : resources.get(fold(link))?.body;
  if (systems === undefined) return false;
  const { Members: members } = systems;
  const listed = Array.isArray(members) ? members : [members ?? systems['Links']];
  return listed.some((member: unknown) => {
    const uri = asLink(member);
    return uri !== null && resources.has(fold(uri));
  });
}

/** Two systems at one address that are not the same: samples of several machines thrown together, and no tree. */
export function isMixture(files: readonly SourceFile[]): boolean {
  const systems = new Map<string, string[]>();
  for (const file of files) {
    for (const { uri, body, nested, machine } of foundIn(file)) {
      if (uri === null || nested || !/^#ComputerSystem\./.test(asText(body['@odata.type']) ?? '')) continue;
      const key = `${machine} ${uri}`;
      const identity = ['SerialNumber', 'SKU', 'UUID', 'Manufacturer', 'Model'].map((name) => asText(body[name]) ?? '');
      const known = systems.get(key);
      if (known?.some((value, at) => value !== '' && identity[at] !== '' && value !== identity[at])) return true;
      systems.set(key, known?.map((value, at) => value || (identity[at] ?? '')) ?? identity);
    }
  }
  return false;
}

import { isRecord } from '../decode.ts';
import { fold } from '../own-origin.ts';

/** Deeper than any resource known. */
const MAX_DEPTH = 60;

/**
 * Never asked for. What is there to be read only once or starts something by being read; other people's sessions; megabytes that are the same
 * on every machine.
 */
const NOT_FOLLOWED: readonly { pattern: RegExp; why: string }[] = [
  { pattern: /\/actions\/(?!.*actioninfo)/i, why: 'an action' },
  // Lenovo deletes a task when its monitor is read (bmclib: lenovo.go).
  { pattern: /\/taskmonitors?(\/|$)|\/monitor$/i, why: 'a task monitor: reading it may end it' },
  { pattern: /\/sessionservice\/sessions\/|\/v1\/sessions\/|\/sessions\/members\//i, why: "somebody's session" },
  { pattern: /\/v1\/(jsonschemas|schemas|schemastore|registrystore|\$metadata|odata)(\/|$)/i, why: 'the schema store' },
  { pattern: /\/(sse|serversentevents?|eventstream)(\/|$)/i, why: 'a stream' },
  {
    pattern:
      /\/(attachment|download|image|dump|blackbox|export|stream|console|video|screenshot|capture)$|\.(png|jpe?g|zip|gz|tgz|bin|iso|xml|pdf|txt|log)$/i,
    why: 'a file',
  },
];

/** What one needs least where not everything can be read. */
const LATE =
  /\/logservices?\/|\/logs?\/|\/registries\/|\/telemetryservice\/|\/metricreports?|\/jobs\/|\/tasks\/|certificate|secureboot|\/oem\/|dellattributes|\/sensors\/|bootoptions|pcieslots|\/entries/i;

export interface Links {
  paths: string[];
  /** Not followed, and why. */
  left: { path: string; why: string }[];
}

/** Where a resource points to: `@odata.id` and ActionInfo, at any depth. Targets of actions are none of these. */
export function linksIn(body: Record<string, unknown>): Links {
  const found = new Map<string, string>();
  visit(body, 0, found);
  const paths: string[] = [];
  const left: Links['left'] = [];
  for (const path of found.values()) {
    const rule = NOT_FOLLOWED.find(({ pattern }) => pattern.test(path));
    if (rule === undefined) paths.push(path);
    else left.push({ path, why: rule.why });
  }
  return { paths, left };
}

function visit(value: unknown, depth: number, found: Map<string, string>): void {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) return value.forEach((one) => visit(one, depth + 1, found));
  if (!isRecord(value)) return;
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner !== 'string') visit(inner, depth + 1, found);
    else if (name === '@odata.id' || name === '@Redfish.ActionInfo') add(inner, found);
  }
}

function add(link: string, found: Map<string, string>): void {
  const [path = ''] = link.split(/[#?]/);
  if (path.startsWith('/redfish/') && path.length < 1_000) found.set(fold(path), path.replace(/\/+$/, ''));
}

export const isLate = (path: string): boolean => LATE.test(path);

/** Of a log only the first entries are read: there are thousands. */
export const isLogList = (path: string): boolean =>
  /\/log(?:service)?s?\/.*entries$|\/lclog$|\/sel\/?$|\/entries$|\/journal/i.test(path);

/** The next page of a list. */
export function nextPageOf(body: Record<string, unknown>): string | null {
  const next = body['Members@odata.nextLink'] ?? body['@odata.nextLink'];
  return typeof next === 'string' && next.startsWith('/redfish/') ? next : null;
}

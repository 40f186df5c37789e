import type { SimulatedAnswer, SimulatedRequest, SimulatorServer } from '#src/kit/simulator.ts';
import { MODEL_NAMES, MODELS } from './model.ts';

/** The last part of a list's path: `devices`, `module-bays`, `object-changes`. */
export type ListName = string;

/** Things that go wrong on purpose. Unless told how often, once. */
export interface NetboxFaults {
  /** 200 and nothing in it, as from a NetBox whose database is not the one that it should be. */
  emptyListing(list: ListName, times?: number): void;
  /** This page (from 1) of the next listing is answered with an error. */
  failPage(list: ListName, page: number, status?: number): void;
  /** This page's JSON ends in the middle. */
  truncatePage(list: ListName, page: number): void;
  /** The last rows of this page are its first ones again: some come twice, some not at all, and `next` and `count` look right. */
  repeatRows(list: ListName, page: number, rows?: number): void;
  /** Rows out of the middle of this page are missing; `next` and `count` look right. */
  leaveOutRows(list: ListName, page: number, rows?: number): void;
  /** Filters are ignored, as those of a name that NetBox does not know. */
  ignoreFilters(list: ListName, times?: number): void;
  /** 429 with Retry-After in seconds, as from a proxy in front; for all requests. */
  throttle(seconds: number, times?: number): void;
  /** The answer takes longer. */
  slow(list: ListName, ms: number, times?: number): void;
  /** A write is done, but its answer is lost. */
  loseAnswer(list: ListName, times?: number): void;
  /** A write is refused before anything was done. */
  failWrite(list: ListName, status?: number, times?: number): void;
  clear(): void;
}

interface PageFault {
  list: string;
  /** Undefined: every page. */
  page: number | undefined;
  left: number;
  spoil(answer: SimulatedAnswer): SimulatedAnswer;
}

interface ListBody {
  count: number | null;
  next: string | null;
  previous: string | null;
  results: unknown[];
}

export interface FaultGate extends NetboxFaults {
  /** What the request is answered for: another one where filters are ignored. */
  before(request: SimulatedRequest, url: URL): URL;
  after(request: SimulatedRequest, url: URL, answer: SimulatedAnswer): SimulatedAnswer;
}

export function createFaults(server: () => SimulatorServer): FaultGate {
  let pageFaults: PageFault[] = [];
  const ignoring = new Map<string, number>();
  /** Where the pages of the latest listing began: a page that is asked for again has the same number. */
  const begun = new Map<string, string[]>();

  function onPage(list: string, page: number | undefined, times: number, spoil: PageFault['spoil']): void {
    pageFaults.push({ list: pathOf(list), page, left: times, spoil });
  }
  function spoilRows(list: string, page: number, spoil: (rows: unknown[]) => unknown[]): void {
    onPage(list, page, 1, (answer) => {
      const body = answer.body as ListBody;
      return { ...answer, body: { ...body, results: spoil(body.results) } };
    });
  }

  function pageOf(path: string, url: URL): number {
    const from = beginOf(url);
    if (from === undefined) begun.set(path, []);
    const known = begun.get(path) ?? [];
    const at = known.indexOf(from ?? '');
    return at === -1 ? known.push(from ?? '') : at + 1;
  }

  return {
    emptyListing: (list, times = 1) =>
      onPage(list, undefined, times, (answer) => {
        const { count } = answer.body as ListBody;
        return { ...answer, body: { count: count === null ? null : 0, next: null, previous: null, results: [] } };
      }),
    failPage: (list, page, status = 500) =>
      onPage(list, page, 1, () => ({
        status,
        body: { error: 'could not connect to server', exception: 'OperationalError' },
      })),
    truncatePage: (list, page) =>
      onPage(list, page, 1, (answer) => {
        const text = JSON.stringify(answer.body);
        return {
          ...answer,
          headers: { ...answer.headers, 'content-type': 'application/json' },
          body: text.slice(0, text.length / 2),
        };
      }),
    repeatRows: (list, page, rows = 1) =>
      spoilRows(list, page, (all) => [...all.slice(0, all.length - rows), ...all.slice(0, rows)]),
    leaveOutRows: (list, page, rows = 1) =>
      spoilRows(list, page, (all) => {
        const middle = Math.max(0, Math.floor(all.length / 2) - 1);
        return all.toSpliced(middle, rows);
      }),
    ignoreFilters: (list, times = 1) => void ignoring.set(pathOf(list), times),
    throttle: (seconds, times = 1) =>
      server().addFault({
        kind: 'status',
        status: 429,
        body: { detail: 'Too many requests.' },
        headers: { 'retry-after': String(seconds) },
        times,
      }),
    slow: (list, ms, times = 1) => server().addFault({ kind: 'slow', match: `${pathOf(list)}`, ms, times }),
    loseAnswer: (list, times = 1) =>
      server().addFault({ kind: 'drop-answer', match: `${WRITES} ${pathOf(list)}`, times }),
    failWrite: (list, status = 500, times = 1) =>
      server().addFault({
        kind: 'status',
        match: `${WRITES} ${pathOf(list)}`,
        status,
        body: { error: 'could not connect to server', exception: 'OperationalError' },
        times,
      }),
    clear() {
      pageFaults = [];
      ignoring.clear();
      server().clearFaults();
    },
    before(request, url) {
      const left = ignoring.get(request.path) ?? 0;
      if (left === 0 || request.method !== 'GET') return url;
      ignoring.set(request.path, left - 1);
      const bare = new URL(url);
      for (const name of new Set(url.searchParams.keys())) if (!NO_FILTERS.has(name)) bare.searchParams.delete(name);
      return bare;
    },
    after(request, url, answer) {
      if (request.method !== 'GET' || answer.status !== 200 || !PATHS.includes(request.path)) return answer;
      const page = pageOf(request.path, url);
      const fault = pageFaults.find(
        (one) => one.list === request.path && (one.page === undefined || one.page === page),
      );
      if (!fault) return answer;
      fault.left -= 1;
      if (fault.left <= 0) pageFaults = pageFaults.filter((one) => one !== fault);
      return fault.spoil(Buffer.isBuffer(answer.body) ? { ...answer, body: JSON.parse(String(answer.body)) } : answer);
    },
  };
}

const PATHS = [...MODEL_NAMES.map((name) => MODELS[name].path), '/api/core/object-changes/'];
const WRITES = '^(POST|PATCH|PUT|DELETE)';
const NO_FILTERS = new Set(['limit', 'offset', 'start', 'ordering', 'fields', 'omit', 'brief', 'exclude']);

function pathOf(list: ListName): string {
  const path = PATHS.find((one) => one.endsWith(`/${list}/`));
  if (!path) throw new Error(`no list ${list}; there are ${PATHS.map((one) => one.split('/').at(-2)).join(', ')}`);
  return path;
}

/** Where a page begins, by whichever way the client goes on; undefined: at the start of a listing. A cursor begins at 0 or 1. */
function beginOf(url: URL): string | undefined {
  const [offset, start, after] = ['offset', 'start', 'id__gt'].map((name) => Number(url.searchParams.get(name) ?? 0));
  return offset || (start ?? 0) > 1 || after ? `${offset} ${start} ${after}` : undefined;
}

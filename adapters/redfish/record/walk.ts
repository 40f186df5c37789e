import { setTimeout as sleep } from 'node:timers/promises';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { Bmc, BmcAnswer } from '../bmc.ts';
import { asText } from '../decode.ts';
import { fold } from '../own-origin.ts';
import { isLate, isLogList, linksIn, nextPageOf } from './follow-links.ts';

/** Where a recording stands. JSON, so that one that was broken off can go on. */
export interface WalkState {
  waiting: string[];
  late: string[];
  /** By folded path: what became of it. */
  seen: Record<string, 'waiting' | 'saved' | 'failed' | 'left'>;
  /** As they are written. */
  saved: string[];
  failures: { path: string; status: number | null; why: string }[];
  left: { path: string; why: string }[];
  /** Lists that were cut, with what they had. */
  cut: { path: string; kept: number; of: number }[];
  requests: number;
}

export interface WalkLimits {
  maxRequests: number;
  /** Entries of one log. */
  logEntries: number;
  /** Pages of one list. */
  pages: number;
}

export interface Walk {
  state: WalkState;
  limits: WalkLimits;
  atATime: number;
  signal: AbortSignal;
  fits(path: string): boolean;
  save(path: string, body: Record<string, unknown>): Promise<void>;
  /** After every few requests. */
  tick(): Promise<void>;
}

export const START = '/redfish/v1';

export function startOfWalk(): WalkState {
  const waiting = [START];
  return { waiting, late: [], seen: { [START]: 'waiting' }, saved: [], failures: [], left: [], cut: [], requests: 0 };
}

/** Reads what is waiting, and what that leads to. @returns true when nothing waits any more. GET only. */
export async function walkOn(bmc: Bmc, walk: Walk, most: number): Promise<boolean> {
  const { state, limits, signal } = walk;
  const until = Math.min(limits.maxRequests, state.requests + most);
  while (state.waiting.length + state.late.length > 0 && state.requests < until) {
    signal.throwIfAborted();
    const room = Math.min(walk.atATime, until - state.requests);
    const batch = [...state.waiting.slice(0, room), ...state.late.slice(0, Math.max(0, room - state.waiting.length))];
    // Taken off the list only when done, so that what was under way when it broke off is read again.
    const results = await Promise.allSettled(batch.map((path) => take(bmc, path, walk)));
    const done = batch.filter((_path, at) => results[at]?.status === 'fulfilled');
    state.waiting = state.waiting.filter((path) => !done.includes(path));
    state.late = state.late.filter((path) => !done.includes(path));
    const broken = results.find((one) => one.status === 'rejected');
    if (broken !== undefined) throw broken.reason;
    await walk.tick();
  }
  return state.waiting.length + state.late.length === 0;
}

async function take(bmc: Bmc, path: string, walk: Walk): Promise<void> {
  const { state } = walk;
  let body: Record<string, unknown>;
  try {
    body = await readWhole(bmc, path, walk);
  } catch (error) {
    if (!(error instanceof AdapterError) || bmc.fatal() !== null || error.kind === 'throttled') throw error;
    if (walk.signal.aborted) throw error;
    state.failures.push({ path, status: error.status ?? null, why: error.kind });
    state.seen[fold(path)] = 'failed';
    return;
  }
  const { paths, left } = linksIn(body);
  await walk.save(path, body);
  state.seen[fold(path)] = 'saved';
  state.saved.push(path);
  for (const one of left) {
    if (state.seen[fold(one.path)] !== undefined) continue;
    state.seen[fold(one.path)] = 'left';
    state.left.push(one);
  }
  for (const next of paths) add(next, walk);
}

function add(path: string, { state, fits }: Walk): void {
  const key = fold(path);
  if (Object.hasOwn(state.seen, key)) return;
  if (!fits(path)) {
    state.seen[key] = 'left';
    state.left.push({ path, why: 'its name cannot be a file' });
    return;
  }
  state.seen[key] = 'waiting';
  (isLate(path) ? state.late : state.waiting).push(path);
}

/** A list with all its pages; of a log only the first entries. */
async function readWhole(bmc: Bmc, path: string, walk: Walk): Promise<Record<string, unknown>> {
  const { state, limits } = walk;
  const first = await read(bmc, path === START ? `${START}/` : path, walk);
  const members = first['Members'];
  if (!Array.isArray(members)) return first;
  const all: unknown[] = [...members];
  const most = isLogList(path) ? limits.logEntries : Number.MAX_SAFE_INTEGER;
  const pages = new Set<string>();
  let next = nextPageOf(first);
  while (next !== null && all.length < most && pages.size < limits.pages && !pages.has(fold(next))) {
    pages.add(fold(next));
    const page = await read(bmc, next, walk);
    if (Array.isArray(page['Members'])) all.push(...(page['Members'] as unknown[]));
    next = nextPageOf(page);
  }
  if (pages.size === 0 && all.length <= most) return first;
  const kept = all.slice(0, most);
  const of = Number(asText(first['Members@odata.count']) ?? all.length);
  if (kept.length < all.length || next !== null) state.cut.push({ path, kept: kept.length, of });
  const { 'Members@odata.nextLink': _next, '@odata.nextLink': _also, ...rest } = first;
  return { ...rest, Members: kept, 'Members@odata.count': kept.length };
}

async function read(bmc: Bmc, link: string, { state, signal }: Walk): Promise<Record<string, unknown>> {
  for (let tries = 1; ; tries += 1) {
    state.requests += 1;
    try {
      return bodyOf(await bmc.read(link), link);
    } catch (error) {
      const again = error instanceof AdapterError && (error.kind === 'throttled' || error.status === 503);
      if (!again || tries >= 4 || bmc.fatal() !== null) throw error;
      await sleep(Math.min(error.retryAfterMs ?? 5_000, 30_000), undefined, { signal });
    }
  }
}

function bodyOf(answer: BmcAnswer, link: string): Record<string, unknown> {
  if (answer.body !== null) return answer.body;
  const system = 'redfish';
  throw new AdapterError('malformed', `${system}: ${link} is not a resource`, { system, status: answer.status });
}

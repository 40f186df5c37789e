import { randomUUID } from 'node:crypto';
import { atLeast } from 'netbox-client';
import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import type { NetboxSimulatorOptions } from '../simulator.ts';
import { authenticate, type Access, type SimulatedToken } from './access.ts';
import { answerAccounts, whoAmI } from './account-api.ts';
import { answerApi } from './api.ts';
import { answerChangeLog } from './change-log-api.ts';
import type { ChangeLogControl } from './change-log.ts';
import type { FaultGate } from './faults.ts';
import { BadFilter } from './filter-shape.ts';
import { MODELS, MODEL_NAMES } from './model.ts';
import { answerPage } from './pages.ts';
import { BadPaging } from './paging.ts';
import type { Operation, World } from './tell.ts';

interface Answering {
  world: World;
  tokens: readonly SimulatedToken[];
  changeLog: ChangeLogControl;
  clock(): number;
  ignoredFilters: string[];
  faults: FaultGate;
  options: NetboxSimulatorOptions;
}

const LONGEST_LINE = 4094;
const HTML_404: SimulatedAnswer = {
  status: 404,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html><html lang="en"><title>Page Not Found | NetBox</title><p>The requested page does not exist.</p></html>',
};
const NOT_ALLOWED = { status: 403, body: { detail: 'You do not have permission to perform this action.' } };

/** Answers requests: what every answer has, who may ask, and which part of NetBox is asked. */
export function createAnswering(of: Answering): (request: SimulatedRequest) => Promise<SimulatedAnswer> {
  const { world, faults, options } = of;
  const common = { 'api-version': world.version.split('.').slice(0, 2).join('.') };
  return async (request) => {
    const url = urlOf(request, options.tls !== undefined);
    const line = lineLength(request, url);
    // gunicorn answers by itself: no request id, no version.
    if (line > LONGEST_LINE) return tooLong(line);
    const requestId = randomUUID();
    const found = faults.after(request, url, answer(of, request, faults.before(request, url), requestId));
    if (options.webhookBeforeResponse) await world.webhooks.idle();
    const date = options.clockAheadMs === undefined ? {} : { date: new Date(of.clock()).toUTCString() };
    return { ...found, headers: { 'x-request-id': requestId, ...common, ...date, ...found.headers } };
  };
}

function answer(of: Answering, request: SimulatedRequest, url: URL, requestId: string): SimulatedAnswer {
  const { world, options } = of;
  const { database, version } = world;
  if (!request.path.startsWith('/api/'))
    return (request.method === 'GET' && answerPage(database, version, request.path)) || HTML_404;
  // The API's root needs no token: pynetbox reads the version from its headers.
  if (request.path === '/api/')
    return {
      status: 200,
      body: Object.fromEntries(MODEL_NAMES.map((name) => [name, `${url.origin}${MODELS[name].path}`])),
    };
  const access = authenticate(world, of.tokens, request.headers.authorization, of.clock());
  // Never 401.
  if ('refused' in access) return { status: 403, body: { detail: access.refused } };
  if (request.path === '/api/status/') {
    const workers = options.rqWorkers ?? 1;
    return {
      status: 200,
      body: {
        'django-version': '6.1.2',
        'netbox-version': version,
        'netbox-full-version': version,
        plugins: {},
        'rq-workers-running': workers,
      },
    };
  }
  return answerAuthenticated(of, request, url, requestId, access);
}

function answerAuthenticated(
  of: Answering,
  request: SimulatedRequest,
  url: URL,
  requestId: string,
  access: Access,
): SimulatedAnswer {
  const { world } = of;
  const { database, version, users } = world;
  const accounts = { version, users, tokens: of.tokens, access, rqWorkers: of.options.rqWorkers ?? 1 };
  if (request.path === '/api/authentication-check/' && atLeast(version, '4.5'))
    return { status: 200, body: whoAmI(accounts, url) };
  if (request.method === 'GET') {
    const found = answerAccounts(accounts, request.path, url);
    if (found) return found;
  }
  if (request.path === '/api/core/object-changes/' && request.method === 'GET') {
    if (!access.may('objectChange', 'view')) return NOT_ALLOWED;
    return refusable(() => answerChangeLog({ database, version, now: of.clock(), users }, url));
  }
  const bulk = Array.isArray(request.json) && request.json.length > 1;
  const operation: Operation = {
    world,
    events: [],
    request: { id: requestId, method: request.method, path: request.path, user: access.user },
    visibleFrom: (row) => of.changeLog.visibleFrom(row, bulk),
    views: access.views,
  };
  const ignored = (names: readonly string[]): void => {
    const list = request.path.split('/').at(-2) ?? '';
    of.ignoredFilters.push(...names.map((name) => `${list}: ${name}`));
  };
  const found = answerApi({ world, request, url, operation, access, ignored });
  if (!found) return HTML_404;
  // Before 4.6.9 webhooks also went out for what was rolled back.
  if (found.status < 300 || !atLeast(version, '4.6.9'))
    world.webhooks.dispatch(operation.events, operation.request, bulk);
  return found;
}

function refusable(work: () => SimulatedAnswer): SimulatedAnswer {
  try {
    return work();
  } catch (error) {
    if (error instanceof BadFilter) return { status: 400, body: { [error.field]: [error.message] } };
    if (error instanceof BadPaging) return { status: 400, body: [error.message] };
    throw error;
  }
}

function urlOf(request: SimulatedRequest, tls: boolean): URL {
  const url = new URL(`${tls ? 'https' : 'http'}://${request.headers.host ?? 'localhost'}${request.path}`);
  url.search = request.query.toString();
  return url;
}

/** As the client may have sent it: commas and colons need no escape. */
function lineLength(request: SimulatedRequest, url: URL): number {
  return `${request.method} ${url.pathname}${url.search} HTTP/1.1`.replaceAll(/%(2C|3A)/g, ',').length;
}

function tooLong(length: number): SimulatedAnswer {
  const what = `Request Line is too large (${length} &gt; ${LONGEST_LINE})`;
  return {
    status: 400,
    headers: { 'content-type': 'text/html' },
    body: `<html>\n  <head>\n    <title>Bad Request</title>\n  </head>\n  <body>\n    <h1><p>Bad Request</p></h1>\n    ${what}\n  </body>\n</html>\n`,
  };
}

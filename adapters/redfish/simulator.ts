import { setTimeout as sleep } from 'node:timers/promises';
import {
  startSimulatorServer,
  type SimulatedAnswer,
  type SimulatedRequest,
  type SimulatorServer,
} from '../../src/kit/simulator.ts';
import { asLink, isRecord } from './decode.ts';
import { refuse } from './simulator/answers.ts';
import { openDoor } from './simulator/door.ts';
import { expand, offeredLevels, parseExpand } from './simulator/expand.ts';
import { disguiseAs, type BmcIdentity } from './simulator/identity.ts';
import { etagOf, patch } from './simulator/patch.ts';
import { powerOf } from './simulator/power.ts';
import { selfSigned } from './simulator/self-signed.ts';
import { foldPath, openTree, type Body, type Tree } from './simulator/tree.ts';

export interface BmcSimulatorOptions {
  /** A recorded folder (mockup layout) or bodies by path; simulators of the same tree share it. */
  tree: string | Tree;
  /** Default admin / password. */
  username?: string;
  password?: string;
  /** HTTPS with a certificate of its own, made at start. */
  tls?: boolean;
  /** 0 or left out: any free port. */
  port?: number;
  host?: string;
  /** Further sessions get 503 SessionLimitExceeded. Default 8. */
  sessionCap?: number;
  /** A session not used for so long is gone. Default 30 minutes. */
  sessionTimeoutMs?: number;
  sessions?: 'normal' | 'at-older-path' | 'none';
  /** Each request takes so long. Default 0. */
  latencyMs?: number;
  identity?: BmcIdentity;
  /** 'ignored': advertised as the tree has it, and answered unexpanded all the same. */
  expand?: 'as-advertised' | 'ignored';
  /** Collections come in pages of so many, with `Members@odata.nextLink`. Default: whole. */
  pageSize?: number;
  lockoutAfter?: number;
  passwordChangeRequired?: boolean;
  /** Default 20. */
  powerDelayMs?: number;
  whenAlready?: 204 | 400 | 409;
  etags?: 'optional' | 'required';
}

export interface BmcCounters {
  requests: number;
  sessionsOpened: number;
  sessionsClosed: number;
  refusedLogins: number;
  maxInFlight: number;
}

export interface BmcSimulator extends SimulatorServer {
  username: string;
  password: string;
  /** Of the certificate; null over plain HTTP. */
  fingerprint256: string | null;
  /** PEM of the certificate; null over plain HTTP. */
  cert: string | null;
  counters(): BmcCounters;
  openSessions(): number;
  locked(): boolean;
  unlock(): void;
  expireSessions(): void;
  /** The resource as it would be served now; undefined: 404. */
  read(path: string): Body | undefined;
  /** Changes properties of a resource of this instance, or adds the resource. Null deletes it. */
  change(path: string, properties: Body | null): void;
  powerState(): unknown;
}

/** A BMC that serves a recorded or own-made tree. Only its service root is open; what is changed is this instance's own. */
export async function startBmcSimulator(options: BmcSimulatorOptions): Promise<BmcSimulator> {
  const { username = 'admin', password = 'password' } = options;
  const tree = openTree(options.tree);
  const disguise = disguiseAs(options.identity, tree);
  const changed = new Map<string, Body | null>();
  const counts = { requests: 0, inFlight: 0, maxInFlight: 0 };

  function read(path: string): Body | undefined {
    const own = changed.get(foldPath(path));
    if (own !== undefined) return own ?? undefined;
    const body = tree.get(path);
    return body === undefined ? undefined : disguise(body);
  }
  function change(path: string, properties: Body | null): void {
    changed.set(foldPath(path), properties === null ? null : { ...read(path), ...properties });
  }

  const root = tree.get('/redfish/v1');
  const links = isRecord(root) && isRecord(root['Links']) ? root['Links'] : {};
  const door = openDoor({
    username,
    password,
    sessionsPath: asLink(links['Sessions']) ?? '/redfish/v1/SessionService/Sessions',
    sessions: options.sessions ?? 'normal',
    sessionCap: options.sessionCap ?? 8,
    sessionTimeoutMs: options.sessionTimeoutMs ?? 1_800_000,
    lockoutAfter: options.lockoutAfter ?? 0,
    passwordChangeRequired: options.passwordChangeRequired ?? false,
  });
  const systemPaths = [...tree.paths()].filter((path) => /^\/redfish\/v1\/systems\/[^/]+$/.test(path));
  const power = powerOf(systemPaths, {
    delayMs: options.powerDelayMs ?? 20,
    whenAlready: options.whenAlready ?? 204,
    read,
    write: change,
  });

  function view(body: Body, request: SimulatedRequest): SimulatedAnswer {
    // A tree made wrong on purpose is served as it is.
    if (!isRecord(body)) return { status: 200, body: JSON.stringify(body) };
    const asked = request.query.get('$expand');
    let shown = page(body, request, options.pageSize);
    if (asked !== null && options.expand !== 'ignored') {
      const query = parseExpand(asked);
      if (query === null) return refuse(400, 'QueryParameterValueFormatError', `$expand=${asked} is not understood.`);
      shown = expand(shown, query.kind, offeredLevels(root, query.kind, query.levels), read);
    }
    return { status: 200, headers: { etag: etagOf(body), 'odata-version': '4.0' }, body: shown };
  }

  function answer(request: SimulatedRequest): SimulatedAnswer {
    const atDoor = door.session(request) ?? door.keepOut(request);
    if (atDoor) return atDoor;
    const reset = power.reset(request);
    if (reset) return reset;
    const body = read(request.path);
    if (body === undefined)
      return refuse(404, 'ResourceMissingAtURI', `The resource at the URI ${request.path} was not found.`);
    if (request.method === 'GET') return view(body, request);
    const isSystem = systemPaths.includes(foldPath(request.path));
    if (request.method === 'PATCH' && isSystem) {
      return patch(request, body, options.etags ?? 'optional', (part) => change(request.path, part));
    }
    return refuse(405, 'OperationNotAllowed', `${request.method} is not allowed here.`);
  }

  const certificate = options.tls === true ? selfSigned(options.identity?.serial ?? 'bmc') : null;
  const server = await startSimulatorServer({
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(certificate === null ? {} : { tls: certificate }),
    async handle(request) {
      counts.requests += 1;
      counts.inFlight += 1;
      counts.maxInFlight = Math.max(counts.maxInFlight, counts.inFlight);
      try {
        if (options.latencyMs !== undefined) await sleep(options.latencyMs);
        return answer(request);
      } finally {
        counts.inFlight -= 1;
      }
    },
  });
  return {
    ...server,
    username,
    password,
    fingerprint256: certificate?.fingerprint256 ?? null,
    cert: certificate?.cert ?? null,
    counters: () => ({ ...door.counters, requests: counts.requests, maxInFlight: counts.maxInFlight }),
    openSessions: door.openSessions,
    locked: door.locked,
    unlock: door.unlock,
    expireSessions: door.expire,
    read,
    change,
    powerState: () => read(systemPaths[0] ?? '')?.['PowerState'],
    async close() {
      power.close();
      await server.close();
    },
  };
}

/** The part of a collection that `$skip` asks for. */
function page(body: Body, request: SimulatedRequest, size: number | undefined): Body {
  const members = body['Members'];
  if (size === undefined || !Array.isArray(members)) return body;
  const from = Number(request.query.get('$skip') ?? 0);
  const rest = from + size < members.length ? { 'Members@odata.nextLink': `${request.path}?$skip=${from + size}` } : {};
  return { ...body, Members: members.slice(from, from + size), ...rest };
}

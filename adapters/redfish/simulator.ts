import { setTimeout as sleep } from 'node:timers/promises';
import {
  startSimulatorServer,
  type SimulatedAnswer,
  type SimulatedRequest,
  type SimulatorServer,
} from '../../src/kit/simulator.ts';
import { asLink, isRecord } from './decode.ts';
import { type AccountOptions, accountsOf, type SimulatedAccount } from './simulator/accounts.ts';
import { refuse } from './simulator/answers.ts';
import { openDoor } from './simulator/door.ts';
import { eventsOf, type SimulatedEvents } from './simulator/events.ts';
import { expand, offeredLevels, parseExpand } from './simulator/expand.ts';
import { disguiseAs, type BmcIdentity } from './simulator/identity.ts';
import { controlOf, type ControlOptions } from './simulator/control.ts';
import { etagOf } from './simulator/patch.ts';
import { protocolOf } from './simulator/protocol.ts';
import { eraseOf, type EraseOptions, type SimulatedErase } from './simulator/erase.ts';
import { tasksOf, type TaskLife } from './simulator/tasks.ts';
import { updatesOf, type SimulatedUpdates, type UpdateOptions } from './simulator/updates.ts';
import { certificatesOf, type SimulatedCertificates } from './simulator/certificates.ts';
import { selfSigned } from './simulator/self-signed.ts';
import { foldPath, openTree, type Body, type Tree } from './simulator/tree.ts';

export interface BmcSimulatorOptions extends ControlOptions, AccountOptions {
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
  /** So many wrong passwords, and the account is locked until `unlock` or `lockoutMs`; 0: never. */
  lockoutAfter?: number;
  passwordChangeRequired?: boolean;
  /** Sessions of an account end when its password is changed. */
  passwordEndsSessions?: boolean;
  /** Takes firmware. Default: not, whatever the tree says. */
  updates?: UpdateOptions;
  /** Erases drives. Default: not. */
  erase?: EraseOptions;
  /** Takes subscriptions and tells of events. Default: not, whatever the tree says. */
  events?: boolean;
  /** How the tasks of both live. */
  tasks?: TaskLife;
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
  /** Of the certificate that is shown now; null over plain HTTP. */
  readonly fingerprint256: string | null;
  /** PEM of it; null over plain HTTP. */
  readonly cert: string | null;
  counters(): BmcCounters;
  openSessions(): number;
  locked(): boolean;
  unlock(): void;
  /** Who may log in, with what. */
  accounts(): SimulatedAccount[];
  expireSessions(): void;
  /** The resource as it would be served now; undefined: 404. */
  read(path: string): Body | undefined;
  /** Changes properties of a resource of this instance, or adds the resource. Null deletes it. */
  change(path: string, properties: Body | null): void;
  powerState(): unknown;
  updates: SimulatedUpdates | null;
  erase: SimulatedErase | null;
  events: SimulatedEvents | null;
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
    if (body === undefined) return undefined;
    const shown = disguise(body);
    const withAccounts = foldPath(path) === '/redfish/v1' && isRecord(shown) && ownService === null;
    return withAccounts ? { ...shown, AccountService: { '@odata.id': service } } : shown;
  }
  function change(path: string, properties: Body | null): void {
    changed.set(foldPath(path), properties === null ? null : { ...read(path), ...properties });
  }

  const root = tree.get('/redfish/v1');
  const ownService = isRecord(root) ? asLink(root['AccountService']) : null;
  const service = (ownService ?? '/redfish/v1/AccountService').replace(/\/+$/, '');
  const links = isRecord(root) && isRecord(root['Links']) ? root['Links'] : {};
  const accounts = accountsOf({
    ...options,
    ...{ username, password, service },
    lockoutAfter: options.lockoutAfter ?? 0,
    mustChange: options.passwordChangeRequired ?? false,
  });
  const door = openDoor({
    accounts,
    sessionsPath: asLink(links['Sessions']) ?? '/redfish/v1/SessionService/Sessions',
    sessions: options.sessions ?? 'normal',
    sessionCap: options.sessionCap ?? 8,
    sessionTimeoutMs: options.sessionTimeoutMs ?? 1_800_000,
    demandsBy: options.demandsBy,
    tellsLock: options.tellsLock ?? false,
  });
  const systemPaths = [...tree.paths()].filter((path) => /^\/redfish\/v1\/systems\/[^/]+$/.test(path));
  const works = options.updates !== undefined || options.erase !== undefined;
  const tasks = works ? tasksOf(options.tasks ?? {}, { read, write: change }) : null;
  const updates =
    tasks === null || options.updates === undefined
      ? null
      : updatesOf(options.updates, { read, write: change, tasks, restartBmc: () => door.expire() });
  const erase =
    tasks === null || options.erase === undefined
      ? null
      : eraseOf(options.erase, { read, write: change, tasks, systems: systemPaths, paths: [...tree.paths()] });
  const control = controlOf(systemPaths, options, {
    read,
    write: change,
    started(path) {
      tasks?.wasReset('host-reset');
      erase?.booted(path);
      updates?.booted();
    },
  });

  const events = options.events === true ? eventsOf({ read, write: change }) : null;
  const protocol = protocolOf({ accountService: service, root: () => read('/redfish/v1') });

  function view(body: Body, request: SimulatedRequest): SimulatedAnswer {
    // A tree made wrong on purpose is served as it is.
    if (!isRecord(body)) return { status: 200, body: JSON.stringify(body) };
    const asked = request.query.get('$expand');
    let shown = page(body, request, options.pageSize);
    if (asked !== null && options.expand !== 'ignored') {
      const query = parseExpand(asked);
      if (query === null) return refuse(400, 'QueryParameterValueFormatError', `$expand=${asked} is not understood.`);
      shown = expand(
        shown,
        query.kind,
        offeredLevels(root, query.kind, query.levels),
        (path) => accounts.read(path) ?? read(path),
      );
    }
    return { status: 200, headers: { etag: etagOf(body), 'odata-version': '4.0' }, body: shown };
  }

  let certificates: SimulatedCertificates | null = null;

  function answerOfAccounts(request: SimulatedRequest, caller: SimulatedAccount): SimulatedAnswer | undefined {
    const before = accounts.changes();
    const own = accounts.answer(request, caller);
    if (accounts.changes() > before && options.passwordEndsSessions === true) door.expire(caller);
    if (own?.status !== 200 || !isRecord(own.body)) return own;
    return request.method === 'GET' ? view(own.body, request) : own;
  }

  function answer(request: SimulatedRequest): SimulatedAnswer {
    const atDoor = door.session(request) ?? door.keepOut(request);
    if (atDoor) return atDoor;
    const caller = door.caller(request);
    const byProtocol = protocol.answer(request, caller);
    if (byProtocol) return byProtocol;
    const ofAccounts = caller === undefined ? undefined : answerOfAccounts(request, caller);
    if (ofAccounts) return ofAccounts;
    const told =
      certificates?.answer(request) ??
      events?.answer(request) ??
      updates?.answer(request) ??
      erase?.answer(request) ??
      tasks?.answer(request) ??
      control.answer(request);
    if (told) return told;
    const body = read(request.path);
    if (body === undefined)
      return refuse(404, 'ResourceMissingAtURI', `The resource at the URI ${request.path} was not found.`);
    if (request.method === 'GET') return view(body, request);
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
        return protocol.finish(request, answer(protocol.begin(request)));
      } finally {
        counts.inFlight -= 1;
      }
    },
  });
  const [managerPath] = [...tree.paths()].filter((path) => /^\/redfish\/v1\/managers\/[^/]+$/.test(path));
  const managerId = managerPath === undefined ? undefined : read(managerPath)?.['@odata.id'];
  if (certificate !== null && typeof managerId === 'string')
    certificates = certificatesOf({
      ...{ cert: certificate.cert, managerPath: managerId.replace(/\/+$/, ''), read },
      write: change,
      secure: (tls) => server.secure(tls),
    });
  return {
    ...server,
    username,
    password,
    get fingerprint256() {
      return certificates?.shown().fingerprint256 ?? certificate?.fingerprint256 ?? null;
    },
    get cert() {
      return certificates?.shown().cert ?? certificate?.cert ?? null;
    },
    counters: () => ({ ...door.counters, requests: counts.requests, maxInFlight: counts.maxInFlight }),
    openSessions: door.openSessions,
    locked: () => accounts.all().some(({ lockedAt }) => lockedAt !== null),
    unlock: accounts.unlock,
    accounts: accounts.all,
    expireSessions: () => door.expire(),
    read,
    change,
    powerState: () => read(systemPaths[0] ?? '')?.['PowerState'],
    updates,
    erase,
    events,
    async close() {
      tasks?.close();
      erase?.close();
      updates?.close();
      control.close();
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

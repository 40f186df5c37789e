// The BMCs of the fleet, all in this process, which is forked by `bmcs.ts`. Bodies are made once per tree: what this costs is the network's part.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expand, offeredLevels, parseExpand } from '#adapters/redfish/simulator/expand.ts';
import { selfSigned } from '#adapters/redfish/simulator/self-signed.ts';
import { simulatedTree, type SimulatedTreeName } from '#adapters/redfish/simulator/simulated-tree.ts';
import { openTree } from '#adapters/redfish/simulator/tree.ts';
import { type FleetBmc, fleetBmc, LATENCY_MS, LOGIN, SLOW_MS } from './fleet.ts';
import { type Answered, type SmallDoor, smallDoor } from './small-door.ts';

/** What all BMCs have seen so far; the largest ones of any single BMC where it says `most`. */
export interface FleetCounts {
  requests: number;
  mostInFlight: number;
  mostSessions: number;
  mostRefused: number;
  sessionsOpened: number;
  sessionsOpen: number;
  /** Of BMCs that are well: requests of the one that saw the most. */
  mostRequests: number;
}

interface Bmc extends FleetBmc {
  door: SmallDoor;
  inFlight: number;
  mostInFlight: number;
  mostSessions: number;
  requests: number;
}

const bmcs = new Map<string, Bmc>();
for (let nth = 0; nth < Number(process.argv[2]); nth += 1) {
  const bmc = fleetBmc(nth);
  const password = bmc.mood === 'locked-out' ? 'another one' : LOGIN.password;
  const door = smallDoor(password);
  bmcs.set(bmc.address, { ...bmc, door, inFlight: 0, mostInFlight: 0, mostSessions: 0, requests: 0 });
}

const bodies = new Map<string, Buffer | null>();

/** Null: nothing is there. */
function bodyOf(shape: SimulatedTreeName, path: string, asked: string | null): Buffer | null {
  const key = `${shape} ${path.toLowerCase()} ${asked ?? ''}`;
  const known = bodies.get(key);
  if (known !== undefined) return known;
  const tree = openTree(simulatedTree(shape));
  const body = tree.get(path);
  const query = asked === null ? null : parseExpand(asked);
  const levels = query === null ? 0 : offeredLevels(tree.get('/redfish/v1'), query.kind, query.levels);
  const shown = body === undefined ? undefined : expand(body, query?.kind ?? '.', levels, (link) => tree.get(link));
  const made = shown === undefined ? null : Buffer.from(JSON.stringify(shown));
  bodies.set(key, made);
  return made;
}

async function answer(bmc: Bmc, incoming: IncomingMessage, sent: Buffer): Promise<Answered> {
  await sleep(bmc.mood === 'slow' ? SLOW_MS : LATENCY_MS);
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://bmc');
  const [method, path] = [incoming.method ?? 'GET', decodeURI(pathname)];
  const headers = incoming.headers as Record<string, string | undefined>;
  const stopped = bmc.door.stop({ method, path, headers, body: sent });
  bmc.mostSessions = Math.max(bmc.mostSessions, bmc.door.open());
  if (stopped) return stopped;
  const body = method === 'GET' ? bodyOf(bmc.shape, path, searchParams.get('$expand')) : null;
  if (body === null) return { status: 404, body: { error: { code: 'Base.1.0.ResourceMissingAtURI' } } };
  return { status: 200, body };
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const bmc = bmcs.get(incoming.socket.localAddress?.replace('::ffff:', '') ?? '');
  if (bmc === undefined) return void incoming.destroy();
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  bmc.requests += 1;
  if (bmc.mood === 'dead') return;
  bmc.inFlight += 1;
  bmc.mostInFlight = Math.max(bmc.mostInFlight, bmc.inFlight);
  try {
    const { status, headers = {}, body } = await answer(bmc, incoming, Buffer.concat(chunks));
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body));
    const said = { 'content-type': 'application/json', ...headers, 'content-length': bytes.length };
    outgoing.writeHead(status, said).end(bytes);
  } finally {
    bmc.inFlight -= 1;
  }
}

function counts(): FleetCounts {
  const all = [...bmcs.values()];
  const most = (of: (bmc: Bmc) => number): number => Math.max(0, ...all.map(of));
  function sum(of: (bmc: Bmc) => number): number {
    let total = 0;
    for (const bmc of all) total += of(bmc);
    return total;
  }
  return {
    requests: sum(({ requests }) => requests),
    mostInFlight: most((bmc) => bmc.mostInFlight),
    mostSessions: most((bmc) => bmc.mostSessions),
    mostRefused: most(({ door }) => door.refused),
    sessionsOpened: sum(({ door }) => door.opened),
    sessionsOpen: sum(({ door }) => door.open()),
    mostRequests: most(({ mood, requests }) => (mood === 'well' ? requests : 0)),
  };
}

const accept = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
  serve(incoming, outgoing).catch(() => outgoing.destroy());
};
const { key, cert } = selfSigned('bmc');
const server = process.argv[3] === 'https' ? createTlsServer({ key, cert }, accept) : createServer(accept);
server.keepAliveTimeout = 30_000;
server.listen(0, '0.0.0.0', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send?.(counts()));
// Nobody is left to ask.
process.on('disconnect', () => process.exit(0));

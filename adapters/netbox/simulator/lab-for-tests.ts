import { afterEach } from 'vitest';
import type { Delivery } from '#src/ports/adapter.ts';
import { startNetboxSimulator, type NetboxSimulator, type NetboxSimulatorOptions } from '../simulator.ts';
import { startReceiver } from '../test-receiver.ts';

type Shape = Record<string, unknown>;

export interface Reply {
  status: number;
  headers: Headers;
  /** What is no JSON is under `text`, a list under `list`. */
  body: Shape & { results: Shape[]; count: number | null; next: string | null; list: Shape[]; text: string };
}

export const SECRET = 'simulated-secret';
/** As a rule's `object_types`. */
const TYPES = ['dcim.device', 'dcim.interface', 'dcim.macaddress', 'ipam.ipaddress', 'dcim.rack'];

/** A simulator for each test of a file, and the wire to it. */
export function simulatorLab() {
  const closing: (() => Promise<void>)[] = [];
  const lab = { simulator: undefined as unknown as NetboxSimulator, start, call, ids, listen, subscribe };
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  return lab;

  async function start(options: NetboxSimulatorOptions = {}): Promise<NetboxSimulator> {
    lab.simulator = await startNetboxSimulator({ webhookDelayMs: 0, ...options });
    closing.push(lab.simulator.close);
    return lab.simulator;
  }

  /** `path` with or without what comes before it. */
  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const answer = await fetch(path.startsWith('http') ? path : `${lab.simulator.url}${path}`, {
      method,
      headers: { authorization: `Token ${lab.simulator.token}`, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: answer.status, headers: answer.headers, body: read(await answer.text()) };
  }

  /** Of a listing, all its pages. */
  async function ids(path: string, headers: Record<string, string> = {}): Promise<number[]> {
    const found: number[] = [];
    for (let next: string | null = path; next !== null;) {
      const { status, body }: Reply = await call('GET', next, undefined, headers);
      if (status !== 200) throw new Error(`GET ${next}: ${status} ${JSON.stringify(body)}`);
      found.push(...body.results.map(({ id }) => Number(id)));
      next = body.next;
    }
    return found;
  }

  /** A hub's door: keeps what arrives. */
  async function listen(status = 202): Promise<{ url: string; deliveries: Delivery[] }> {
    const receiver = await startReceiver(status);
    closing.push(receiver.close);
    return { url: `${receiver.url}/hooks/netbox`, deliveries: receiver.deliveries };
  }

  function subscribe(url: string, more: Shape = {}): void {
    const admin = lab.simulator.as('admin');
    const id = admin.create('webhook', { name: 'hub', payload_url: url, secret: SECRET });
    admin.create('eventRule', {
      ...{ name: 'hub', action_type: 'webhook', action_object_type: 'extras.webhook', action_object_id: id },
      object_types: TYPES,
      event_types: ['object_created', 'object_updated', 'object_deleted'],
      ...more,
    });
  }
}

function read(text: string): Reply['body'] {
  if (text.startsWith('[')) return { list: JSON.parse(text) } as Reply['body'];
  return (text.startsWith('{') ? JSON.parse(text) : { text }) as Reply['body'];
}

/** Three machines in one rack, each with a BMC that has a MAC and an address. */
export const MACHINES = [1, 2, 3].map((at) => ({
  ...{ name: `d${at}`, site: 'AMS1', rack: 'R1', position: at, serial: `S${at}` },
  ...{ bmcMac: `02:00:00:00:00:0${at}`, bmcIp: `10.0.0.${at}/24` },
}));

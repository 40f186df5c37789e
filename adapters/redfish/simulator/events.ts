import type { ServerResponse } from 'node:http';
import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import { foldPath, type Body } from './tree.ts';

/** A BMC that tells whoever subscribed. */
export interface SimulatedEvents {
  /** Undefined: none of its business. */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined;
  subscriptions(): Body[];
  /** Tells all that are enabled; @returns what each answered (0: nobody was there) */
  push(message: string): Promise<number[]>;
  /** All are gone, as after a reboot of many BMCs. */
  forget(): void;
  /** Sends an event to all who listen to the stream; @returns how many there are */
  stream(message: string): number;
  /** How many listen. */
  listeners(): number;
  /** Cuts all streams, as a BMC that restarts. */
  cut(): void;
}

interface Parts {
  read(path: string): Body | undefined;
  write(path: string, part: Body | null): void;
}

const [ROOT, SERVICE] = ['/redfish/v1', '/redfish/v1/EventService'];
const LIST = `${SERVICE}/Subscriptions`;
const STREAM = `${SERVICE}/SSE`;
/** OpenBMC serves ten; iDRAC two. */
const STREAMS = 2;
/** What is told again to whoever comes back with the id of an event. */
const KEPT = 20;

export function eventsOf({ read, write }: Parts): SimulatedEvents {
  const kept = new Map<string, Body>();
  const streams = new Set<ServerResponse>();
  const told: string[] = [];
  let made = 0;

  write(ROOT, { EventService: { '@odata.id': SERVICE } });
  write(SERVICE, {
    ...{ '@odata.id': SERVICE, '@odata.type': '#EventService.v1_10_0.EventService', Id: 'EventService' },
    ...{ Name: 'Event Service', ServiceEnabled: true, Subscriptions: { '@odata.id': LIST } },
    ServerSentEventUri: STREAM,
  });
  list();

  function list(): void {
    const Members = [...kept.keys()].map((path) => ({ '@odata.id': path }));
    const type = '#EventDestinationCollection.EventDestinationCollection';
    const named = { '@odata.id': LIST, '@odata.type': type, Name: 'Subscriptions' };
    write(LIST, { ...named, Members, 'Members@odata.count': Members.length });
  }

  function subscribe(wanted: Body): SimulatedAnswer {
    if (typeof wanted['Destination'] !== 'string') return refuse(400, 'PropertyMissing', 'Destination is missing.');
    made += 1;
    const path = `${LIST}/${made}`;
    kept.set(path, wanted);
    const type = '#EventDestination.v1_15_0.EventDestination';
    const named = { '@odata.id': path, '@odata.type': type, Id: String(made), Name: `Subscription ${made}` };
    write(path, { ...named, Status: { State: 'Enabled', Health: 'OK' }, ...wanted });
    list();
    return { status: 201, headers: { location: path }, body: read(path) };
  }

  function drop(path: string): void {
    kept.delete(path);
    write(path, null);
    list();
  }

  function listen({ headers }: SimulatedRequest): SimulatedAnswer {
    if (streams.size >= STREAMS) return refuse(503, 'EventSubscriptionLimitExceeded', 'All streams are taken.');
    const last = Number(headers['last-event-id'] ?? told.length);
    return {
      status: 200,
      headers: { 'content-type': 'text/event-stream; charset=UTF-8' },
      stream(outgoing) {
        streams.add(outgoing);
        outgoing.on('close', () => streams.delete(outgoing));
        outgoing.write(': stream keep-alive\n\n');
        for (const [index, text] of told.entries())
          if (index >= Math.max(last, told.length - KEPT)) outgoing.write(text);
      },
    };
  }

  /** In several lines, as XCC does it. */
  function stream(message: string): number {
    const event = { EventType: 'Alert', EventId: '1', MessageId: 'Platform.1.0.Alert', Message: message };
    const body = { '@odata.type': '#Event.v1_7_0.Event', Id: '1', Name: 'Event', Events: [event] };
    const lines = JSON.stringify(body, null, 2).split('\n');
    told.push(`id: ${told.length + 1}\n${lines.map((line) => `data:${line}\n`).join('')}\n`);
    for (const one of streams) one.write(told.at(-1));
    return streams.size;
  }

  async function tell({ Destination, Context }: Body, message: string): Promise<number> {
    const event = { EventType: 'Alert', EventId: String(made), MessageId: 'Platform.1.0.Alert', Message: message };
    const body = { '@odata.type': '#Event.v1_7_0.Event', Id: '1', Name: 'Event', Context, Events: [event] };
    try {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(String(Destination), { method: 'POST', headers, body: JSON.stringify(body) })).status;
    } catch {
      return 0;
    }
  }

  return {
    answer(request) {
      const { method, path, json } = request;
      if (method === 'GET' && foldPath(path) === foldPath(STREAM)) return listen(request);
      if (method === 'POST' && foldPath(path) === foldPath(LIST)) return subscribe((json ?? {}) as Body);
      const own = [...kept.keys()].find((one) => foldPath(one) === foldPath(path));
      if (method !== 'DELETE' || own === undefined) return undefined;
      drop(own);
      return { status: 204 };
    },
    subscriptions: () => [...kept.values()],
    push: (message) => Promise.all([...kept.values()].map((one) => tell(one, message))),
    forget: () => [...kept.keys()].forEach(drop),
    stream,
    listeners: () => streams.size,
    cut() {
      for (const one of streams) one.destroy();
      streams.clear();
    },
  };
}

import { startSimulatorServer, type SimulatorServer } from '../../src/kit/simulator.ts';
import type { LeaseObserved } from '../../src/ports/observation.ts';
import { dhcpDoor } from './webhook.ts';

export interface StandInHub {
  /** The door's address, e.g. `http://127.0.0.1:41234/hooks/dhcp`. */
  url: string;
  secret: string;
  /** Requests and faults. */
  server: SimulatorServer;
  /** What came in, in the order of arrival, repeats included. */
  leases: LeaseObserved[];
  /** Bodies of the accepted deliveries, as they came. */
  bodies: string[];
  stop(): Promise<void>;
}

/**
 * The hub's door alone, for trying the hooks without the hub: verifies, translates and remembers. Answers 202, or 401 with
 * the reason, or 422 where the delivery cannot be understood (the hub itself keeps such a delivery and answers 202).
 */
export async function startStandInHub(options: { secret: string; host?: string; port?: number }): Promise<StandInHub> {
  const leases: LeaseObserved[] = [];
  const bodies: string[] = [];
  const door = dhcpDoor({ secret: options.secret, maxAgeMs: 7 * 24 * 3_600_000 });
  const server = await startSimulatorServer({
    ...(options.host ? { host: options.host } : {}),
    ...(options.port ? { port: options.port } : {}),
    handle({ method, path, headers, body, at }) {
      if (method !== 'POST' || path !== '/hooks/dhcp') return { status: 404 };
      const delivery = { headers, body, receivedAt: new Date(at) };
      const verdict = door.verify(delivery);
      if (!verdict.ok) return { status: 401, body: { detail: verdict.reason } };
      const translated = door.translate(delivery);
      if (translated.result === 'unsupported') return { status: 422, body: { detail: translated.reason } };
      bodies.push(body.toString('utf8'));
      if (translated.result === 'observed')
        for (const one of translated.observations) if (one.kind === 'lease') leases.push(one);
      return { status: 202 };
    },
  });
  return {
    url: `${server.url}/hooks/dhcp`,
    secret: options.secret,
    server,
    leases,
    bodies,
    stop: () => server.close(),
  };
}

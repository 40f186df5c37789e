import { parseArgs } from 'node:util';
import { startNetboxSimulator, type NetboxSimulator } from '../simulator.ts';

export interface Served {
  url: string;
  token: string;
  version: string;
  devices: number;
  modules: number;
  interfaces: number;
  /** Until it answered. */
  seconds: number;
  megabytes: number;
}

/** A simulator with a fleet, as the command line asks for it. */
export async function serveFleet(args: readonly string[]): Promise<{ simulator: NetboxSimulator; served: Served }> {
  const begun = performance.now();
  const { values } = parseArgs({
    args: [...args],
    options: {
      host: { type: 'string' },
      port: { type: 'string', default: '0' },
      version: { type: 'string' },
      token: { type: 'string' },
      devices: { type: 'string', default: '0' },
      modules: { type: 'string' },
      interfaces: { type: 'string' },
      sites: { type: 'string' },
      racks: { type: 'string' },
    },
  });
  const { host, version, token } = values;
  const [port, devices] = [count('port', values.port), count('devices', values.devices)];
  const fleet = {
    devices,
    ...(values.modules === undefined ? {} : { modulesPerDevice: count('modules', values.modules) }),
    ...(values.interfaces === undefined ? {} : { interfacesPerDevice: count('interfaces', values.interfaces) }),
    ...(values.sites === undefined ? {} : { sites: count('sites', values.sites) }),
    ...(values.racks === undefined ? {} : { racks: count('racks', values.racks) }),
  };
  const simulator = await startNetboxSimulator({
    port,
    ...(host === undefined ? {} : { host }),
    ...(version === undefined ? {} : { version }),
    ...(token === undefined ? {} : { token }),
  });
  if (devices > 0) simulator.seedFleet(fleet);
  const rows = (model: 'device' | 'module' | 'interface'): number => simulator.database.ids(model).length;
  const served = {
    ...{ url: simulator.url, token: simulator.token, version: version ?? '4.7.3' },
    ...{ devices: rows('device'), modules: rows('module'), interfaces: rows('interface') },
    seconds: Math.round(performance.now() - begun) / 1000,
    megabytes: Math.round(process.memoryUsage().rss / 1e6),
  };
  return { simulator, served };
}

function count(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new Error(`--${name} ${text}: give a whole number`);
  return Number(text);
}

if (process.argv[1] === import.meta.filename) {
  const { simulator, served } = await serveFleet(process.argv.slice(2));
  const end = (): void => void simulator.close();
  process.once('SIGTERM', end).once('SIGINT', end);
  // Forked by a benchmark: it is told the same, and does not outlive it.
  process.once('disconnect', end);
  process.send?.(served);
  process.stdout.write(`${JSON.stringify(served)}\n`);
}

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { request } from 'undici';
import { hookCall, HOOKS_FOLDER, type DhcpServer, type SimulatedLease } from './hook-call.ts';
import { signLease } from './webhook.ts';

/** A server's name: runs the real hook as that server would. 'http': posts what the hooks would send. */
export type LeaseVia = 'http' | DhcpServer;

export interface DhcpSimulatorOptions {
  /** The hub's door, e.g. `http://127.0.0.1:8080/hooks/dhcp`. */
  doorUrl: string;
  secret: string;
  /** Default 'kea'. */
  via?: LeaseVia | undefined;
  /** First three octets of the pool; addresses begin at .100. Default `10.99.0`. */
  network?: string | undefined;
  /** Lines added to the hooks' dhcp.conf. */
  config?: Record<string, string | number> | undefined;
}

export interface DhcpSimulator {
  /** Gives an address to the MAC (the same one again where it has one) and reports it. */
  discover(mac: string, client?: { hostname?: string; vendorClass?: string; relay?: string }): Promise<SimulatedLease>;
  /** The client gives it back, or it runs out. Nothing happens where the MAC has none. */
  end(mac: string, how: 'release' | 'expire'): Promise<void>;
  /** What clients hold now, by MAC. */
  readonly leases: ReadonlyMap<string, SimulatedLease>;
  /** The hooks' spool. */
  readonly spool: string;
  /** Sends what the hooks could not, as the timer does; resolves to whether nothing is left. */
  flush(): Promise<boolean>;
  close(): Promise<void>;
}

/** A DHCP server with a pool of 100 addresses, that calls our real hooks. */
export async function startDhcpSimulator(options: DhcpSimulatorOptions): Promise<DhcpSimulator> {
  const { doorUrl, secret, via = 'kea', network = '10.99.0' } = options;
  const folder = await mkdtemp(path.join(tmpdir(), 'reanimator-dhcp-'));
  const hooks = await writeHookConfig(folder, {
    doorUrl,
    secret,
    ...(options.config ? { config: options.config } : {}),
  });
  const leases = new Map<string, SimulatedLease>();

  async function report(lease: SimulatedLease): Promise<void> {
    if (via === 'http') return postLease(doorUrl, secret, lease);
    const call = hookCall(via, lease);
    const code = await run(call.script, call.argv, { ...call.env, REANIMATOR_DHCP_CONF: hooks.conf });
    if (code !== 0) throw new Error(`${path.basename(call.script)} ended with ${code}`);
  }

  function freeAddress(): string {
    const taken = new Set([...leases.values()].map((lease) => lease.ip));
    for (let host = 100; host < 200; host += 1) if (!taken.has(`${network}.${host}`)) return `${network}.${host}`;
    throw new Error(`no free address in ${network}.100-199`);
  }

  return {
    leases,
    spool: hooks.spool,
    async discover(mac, client = {}) {
      const lease: SimulatedLease = { event: 'commit', ip: leases.get(mac)?.ip ?? freeAddress(), mac, ...client };
      leases.set(mac, lease);
      await report(lease);
      return lease;
    },
    async end(mac, how) {
      const lease = leases.get(mac);
      if (lease === undefined) return;
      leases.delete(mac);
      await report({ ...lease, event: how });
    },
    async flush() {
      await run(path.join(HOOKS_FOLDER, 'reanimator-dhcp-send.sh'), [], { REANIMATOR_DHCP_CONF: hooks.conf });
      return (await readdir(path.join(hooks.spool, 'new')).catch(() => [])).length === 0;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Writes dhcp.conf, the secret and a spool for the hooks into a folder. */
export async function writeHookConfig(
  folder: string,
  options: { doorUrl: string; secret: string; config?: Record<string, string | number> },
): Promise<{ conf: string; spool: string }> {
  const spool = path.join(folder, 'spool');
  const secretFile = path.join(folder, 'secret');
  const conf = path.join(folder, 'dhcp.conf');
  await mkdir(spool, { recursive: true });
  await writeFile(secretFile, `${options.secret}\n`, { mode: 0o600 });
  const settings = { HUB_URL: options.doorUrl, SECRET_FILE: secretFile, SPOOL_DIR: spool, ...options.config };
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name}='${String(value).replaceAll("'", `'\\''`)}'\n`,
  );
  await writeFile(conf, lines.join(''));
  return { conf, spool };
}

/** One lease through the hub's door, without a hook. @throws Error where the answer is not 2xx */
export async function postLease(doorUrl: string, secret: string, lease: SimulatedLease): Promise<void> {
  const body = JSON.stringify({
    source: 'simulator',
    clientId: `01:${lease.mac}`,
    at: new Date().toISOString(),
    ...lease,
  });
  const answer = await request(doorUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-reanimator-signature': signLease(body, secret, new Date()) },
    body,
  });
  const text = await answer.body.text();
  if (answer.statusCode < 200 || answer.statusCode > 299)
    throw new Error(`${doorUrl} answered ${answer.statusCode}: ${text.slice(0, 200)}`);
}

function run(script: string, argv: string[], env: Record<string, string>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    // Without a PATH, as Kea does it.
    const child = spawn('/bin/sh', [script, ...argv], { env, stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code));
  });
}

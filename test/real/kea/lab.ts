import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { findProgram } from '#setup/find-program.mjs';

/** Network of the DHCP clients, in namespaces of our own only (RFC 2544's range for tests). */
export const DHCP_NETWORK = '198.19.0';

export interface Lab {
  folder: string;
  /** Address in the root namespace that the DHCP servers can reach. */
  hubSide: string;
  /** Starts a program in the servers' namespace; its output goes to `<folder>/<name>.log`. */
  serve(name: string, command: string[], env?: Record<string, string>): Server;
  /** Runs a program in the clients' namespace to its end. */
  inClients(command: string[]): Promise<{ code: number | null; output: string }>;
  /** Gets a lease with udhcpc under this MAC. @throws Error where no server answers */
  join(client: { mac: string; hostname?: string; vendorClass?: string }): Promise<Client>;
  /** Ends everything and takes the namespaces away; at once, so that it can run in an exit handler. */
  dismantle(): void;
}

export interface Server {
  log(): string;
  /** SIGTERM, then waits for the end. */
  stop(): Promise<void>;
  /** Waits until it ends by itself. */
  ended(): Promise<void>;
  readonly running: boolean;
}

export interface Client {
  ip: string;
  /** Gives the address back and ends. */
  release(): Promise<void>;
  /** Ends without a word: the lease will run out. */
  vanish(): Promise<void>;
}

/** What is missing for a lab, in words; undefined where one can be had. */
export function whyNoLab(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are Linux only';
  if (process.getuid?.() !== 0) return 'making network namespaces needs root';
  if (findProgram('ip') === undefined) return 'there is no ip(8): install iproute2';
  if (findProgram('setpriv') === undefined) return 'there is no setpriv(1): install util-linux';
  const name = `rea-try-${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'del', name]);
  if (made.status !== 0) return `no network namespaces here: ${made.stderr.trim()}`;
  return undefined;
}

/** Two namespaces joined by a wire, and a second wire from the servers' one to the root namespace. */
export function buildLab(folder: string): Lab {
  sweep();
  mkdirSync(folder, { recursive: true });
  const servers = `rea-srv-${process.pid}`;
  const clients = `rea-cli-${process.pid}`;
  // A network per run, so that two runs at a time do not meet.
  const third = process.pid % 250;
  const hubSide = `198.18.${third}.1`;
  const children = new Set<ChildProcess>();
  const uplink = uplinkOf(process.pid);

  function dismantle(): void {
    for (const child of children) child.kill('SIGKILL');
    for (const namespace of [servers, clients]) removeNamespace(namespace);
    spawnSync('ip', ['link', 'del', uplink]);
  }

  try {
    ip('netns', 'add', servers);
    ip('netns', 'add', clients);
    ip('link', 'add', 'srv0', 'netns', servers, 'type', 'veth', 'peer', 'name', 'cli0', 'netns', clients);
    ip('link', 'add', uplink, 'type', 'veth', 'peer', 'name', 'up0', 'netns', servers);
    ip('addr', 'add', `${hubSide}/30`, 'dev', uplink);
    ip('link', 'set', uplink, 'up');
    ip('-n', servers, 'addr', 'add', `198.18.${third}.2/30`, 'dev', 'up0');
    ip('-n', servers, 'addr', 'add', `${DHCP_NETWORK}.1/24`, 'dev', 'srv0');
    for (const name of ['lo', 'srv0', 'up0']) ip('-n', servers, 'link', 'set', name, 'up');
    for (const name of ['lo', 'cli0']) ip('-n', clients, 'link', 'set', name, 'up');
  } catch (error) {
    dismantle();
    throw error;
  }

  function start(namespace: string, name: string, command: string[], env: Record<string, string> = {}): ChildProcess {
    const log = openSync(path.join(folder, `${name}.log`), 'a');
    // The kernel ends it with us, however we end.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', 'ip', 'netns', 'exec', namespace, ...command], {
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    children.add(child);
    child.on('exit', () => children.delete(child));
    return child;
  }

  const logOf = (name: string): string => readFileSync(path.join(folder, `${name}.log`), 'utf8');

  return {
    folder,
    hubSide,
    dismantle,
    serve(name, command, env) {
      const child = start(servers, name, command, env);
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      return {
        log: () => logOf(name),
        stop: () => end(child, 'SIGTERM'),
        ended: () => ended,
        get running() {
          return isRunning(child);
        },
      };
    },
    async inClients(command) {
      const name = `client-${path.basename(command[0] ?? '')}`;
      rmSync(path.join(folder, `${name}.log`), { force: true });
      const child = start(clients, name, command);
      const code = await new Promise<number | null>((resolve) => child.on('exit', resolve));
      return { code, output: logOf(name) };
    },
    async join({ mac, hostname, vendorClass }) {
      const marker = path.join(folder, `bound-${mac}`);
      rmSync(marker, { force: true });
      const script = path.join(folder, 'udhcpc.script');
      writeFileSync(script, UDHCPC_SCRIPT);
      chmodSync(script, 0o755);
      for (const step of [['down'], ['address', mac], ['up']]) ip('-n', clients, 'link', 'set', 'cli0', ...step);
      const options = [
        ...(hostname ? ['-x', `hostname:${hostname}`] : []),
        ...(vendorClass ? ['-V', vendorClass] : []),
      ];
      const udhcpc = ['udhcpc', '-f', '-R', '-i', 'cli0', '-t', '10', '-T', '1', '-n', '-s', script, ...options];
      const child = start(clients, 'udhcpc', udhcpc, { MARKER: marker });
      while (!existsSync(marker)) {
        if (!isRunning(child)) throw new Error(`no lease for ${mac}:\n${logOf('udhcpc').slice(-500)}`);
        await pause(50);
      }
      return {
        ip: readFileSync(marker, 'utf8').trim(),
        release: () => end(child, 'SIGTERM'),
        vanish: () => end(child, 'SIGKILL'),
      };
    },
  };
}

// The address must really be on the interface, or the release (a unicast) does not leave it.
const UDHCPC_SCRIPT = `#!/bin/sh
case $1 in
  bound) ip addr add "$ip/\${mask:-24}" dev "$interface" && echo "$ip" >"$MARKER.new" && mv "$MARKER.new" "$MARKER" ;;
  deconfig) ip addr flush dev "$interface" ;;
esac
`;

/** What runs that were killed left behind: the names end with the pid. */
function sweep(): void {
  const folder = '/var/run/netns';
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    const pid = /^rea-(?:srv|cli|try)-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || isAlive(pid)) continue;
    removeNamespace(name);
    spawnSync('ip', ['link', 'del', uplinkOf(Number(pid))]);
  }
}

function isAlive(pid: string): boolean {
  try {
    // A zombie still has its folder.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** An interface's name has 15 characters at most. */
function uplinkOf(pid: number): string {
  return `rea-up-${pid}`;
}

/** With everything that runs in it: nobody but us starts anything in there. */
function removeNamespace(name: string): void {
  const { stdout } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
  for (const pid of stdout.split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // ended by itself
    }
  }
  spawnSync('ip', ['netns', 'del', name]);
}

function ip(...args: string[]): void {
  const done = spawnSync('ip', args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`ip ${args.join(' ')}: ${done.stderr.trim()}`);
}

function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!isRunning(child)) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(hard);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

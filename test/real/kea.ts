import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from '#setup/find-program.mjs';
import { SUITES, type Bench, type Check, type RealHub } from './kea/checks.ts';
import { installHooks } from './kea/dhcp-servers.ts';
import { buildLab, whyNoLab, type Lab } from './kea/lab.ts';
import { startRelay, type Relay } from './kea/relay.ts';
import type { RealResult } from './real-result.ts';

export interface RunKea {
  log(line: string): void;
  /** The checkout. */
  root: string;
  /** Starts a hub, or its door, that listens on this address. */
  startHub(host: string): Promise<RealHub>;
}

const PACKAGES: Record<string, string> = {
  ip: 'iproute2',
  udhcpc: 'udhcpc',
  'kea-dhcp4': 'kea-dhcp4-server',
  perfdhcp: 'kea-admin',
  dnsmasq: 'dnsmasq-base',
  dhcpd: 'isc-dhcp-server',
};

const UNITS: Record<string, string[]> = {
  'kea-dhcp4-server': ['kea-dhcp4-server'],
  'isc-dhcp-server': ['isc-dhcp-server'],
};

/** Real DHCP servers, real clients, the shipped hooks, and the hub's door: in network namespaces that are gone afterwards. */
export async function runKea({ log, root, startHub }: RunKea): Promise<RealResult> {
  const result: RealResult = { passed: 0, failed: 0, skipped: [] };
  const skip = (name: string, reason: string): void => {
    result.skipped.push({ name, reason });
    log(`skipped ${name}: ${reason}`);
  };
  async function attempt(name: string, check: Check, bench: Bench): Promise<void> {
    try {
      await check(bench);
      result.passed += 1;
      log(`passed  ${name}`);
    } catch (error) {
      result.failed += 1;
      log(`FAILED  ${name}: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      bench.relay.mode('pass');
    }
  }

  if (process.getuid?.() === 0) await installMissing(root, log);
  const reason =
    whyNoLab() ?? (findProgram('udhcpc') === undefined ? 'there is no udhcpc to ask for a lease' : undefined);
  if (reason !== undefined) {
    skip('kea', reason);
    return result;
  }

  const folder = path.join(root, 'var', 'real', 'kea', String(process.pid));
  const hub = await startHub('127.0.0.1');
  let lab: Lab | undefined;
  let relay: Relay | undefined;
  const dismantle = (): void => lab?.dismantle();
  const interrupted = (signal: NodeJS.Signals): void => {
    dismantle();
    process.off(signal, interrupted);
    process.kill(process.pid, signal);
  };
  process.on('exit', dismantle);
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  try {
    lab = buildLab(folder);
    relay = await startRelay(lab.hubSide, hub.url);
    const bench: Bench = {
      lab,
      relay,
      hub,
      hooks: installHooks(root, lab, { url: relay.url, secret: hub.secret }),
    };
    for (const { kind, program, cases } of SUITES) {
      if (findProgram(program) === undefined) skip(kind, `${program} is not installed and could not be`);
      else for (const [name, check] of Object.entries(cases)) await attempt(`${kind}: ${name}`, check, bench);
    }
  } finally {
    process.off('exit', dismantle);
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await relay?.close();
    dismantle();
    await hub.stop();
    if (result.failed === 0) rmSync(folder, { recursive: true, force: true });
    else log(`logs are in ${path.relative(root, folder)}`);
  }
  return result;
}

/** What cannot be installed is missed later, by name. None of their services runs, neither now nor after the next boot. */
async function installMissing(root: string, log: (line: string) => void): Promise<void> {
  const missing = Object.entries(PACKAGES).filter(([program]) => findProgram(program) === undefined);
  if (missing.length === 0 || findProgram('apt-get') === undefined) return;
  for (const [, name] of missing) {
    log(`installing ${name}`);
    const code = await run('sh', [path.join(root, 'setup', 'prepare', 'install-debian.sh'), name]);
    if (code !== 0) log(`installing ${name} failed (exit ${code})`);
    const units = UNITS[name] ?? [];
    if (units.length > 0 && existsSync('/run/systemd/system')) await run('systemctl', ['disable', '--now', ...units]);
  }
}

function run(command: string, args: string[]): Promise<number | null> {
  const child = spawn(command, args, { stdio: 'ignore' });
  return new Promise((resolve) => {
    child.on('error', () => resolve(null));
    child.on('exit', resolve);
  });
}

import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram } from '#setup/find-program.mjs';
import { DHCP_NETWORK, type Lab, type Server } from './lab.ts';

export type ServerKind = 'kea' | 'dnsmasq' | 'isc';

export interface Hooks {
  /** What the server is told to run. */
  script(kind: ServerKind): string;
  /** Sends what was left, as the timer does. */
  send: { command: string[]; env: Record<string, string> };
}

/** Copies the shipped hooks, with a configuration that points them at this hub. */
export function installHooks(root: string, lab: Lab, hub: { url: string; secret: string }): Hooks {
  const scripts = path.join(lab.folder, 'scripts');
  mkdirSync(scripts, { recursive: true });
  const shipped = path.join(root, 'deploy', 'dhcp');
  for (const file of readdirSync(shipped)) {
    if (!file.endsWith('.sh')) continue;
    copyFileSync(path.join(shipped, file), path.join(scripts, file));
    chmodSync(path.join(scripts, file), 0o755);
  }
  const conf = path.join(lab.folder, 'dhcp.conf');
  const secretFile = path.join(lab.folder, 'dhcp.secret');
  writeFileSync(secretFile, `${hub.secret}\n`, { mode: 0o600 });
  const spool = path.join(lab.folder, 'spool');
  writeFileSync(conf, `HUB_URL='${hub.url}'\nSECRET_FILE='${secretFile}'\nSPOOL_DIR='${spool}'\nSEND_TIMEOUT=300\n`);
  const names: Record<ServerKind, string> = { kea: 'kea', dnsmasq: 'dnsmasq', isc: 'isc-dhcpd' };
  for (const name of Object.values(names)) {
    // Kea starts its scripts with nothing but the lease in the environment, so the place of the configuration goes in here.
    const wrapper = path.join(scripts, `${name}-hook.sh`);
    writeFileSync(wrapper, `#!/bin/sh\nREANIMATOR_DHCP_CONF='${conf}' exec '${scripts}/reanimator-${name}.sh' "$@"\n`);
    chmodSync(wrapper, 0o755);
  }
  return {
    script: (kind) => path.join(scripts, `${names[kind]}-hook.sh`),
    send: { command: [path.join(scripts, 'reanimator-dhcp-send.sh')], env: { REANIMATOR_DHCP_CONF: conf } },
  };
}

/** A copy elsewhere: AppArmor's profiles go by path and would keep the packaged program out of our folder. */
function copyOf(program: string, lab: Lab): string {
  const found = findProgram(program);
  if (found === undefined) throw new Error(`${program} is not installed`);
  const copy = path.join(lab.folder, program);
  if (!existsSync(copy)) copyFileSync(found, copy);
  chmodSync(copy, 0o755);
  return copy;
}

/** Leases last `lifetime` seconds. Resolves when the server says that it is up. */
export async function startServer(kind: ServerKind, lab: Lab, hooks: Hooks, lifetime = 3600): Promise<Server> {
  const start = { kea: startKea, dnsmasq: startDnsmasq, isc: startIsc }[kind];
  const { server, ready } = start(lab, hooks.script(kind), lifetime);
  for (let wait = 0; wait < 300; wait += 1) {
    if (ready.test(server.log())) return server;
    if (!server.running) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const log = server.log().slice(-1500);
  await server.stop();
  throw new Error(`${kind} did not start:\n${log}`);
}

interface Started {
  server: Server;
  ready: RegExp;
}

let starts = 0;

function startKea(lab: Lab, script: string, lifetime: number): Started {
  starts += 1;
  const library = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib']
    .map((folder) => path.join(folder, 'kea/hooks/libdhcp_run_script.so'))
    .find((file) => existsSync(file));
  if (library === undefined) throw new Error('libdhcp_run_script.so is not there');
  const config = path.join(lab.folder, 'kea.json');
  writeFileSync(
    config,
    JSON.stringify({
      Dhcp4: {
        'interfaces-config': { interfaces: ['srv0'], 'dhcp-socket-type': 'raw' },
        'control-socket': { 'socket-type': 'unix', 'socket-name': path.join(lab.folder, 'kea.sock') },
        'lease-database': {
          type: 'memfile',
          persist: true,
          name: path.join(lab.folder, 'kea-leases.csv'),
          'lfc-interval': 0,
        },
        'expired-leases-processing': {
          'reclaim-timer-wait-time': 1,
          'hold-reclaimed-time': 0,
          'flush-reclaimed-timer-wait-time': 1,
        },
        'valid-lifetime': lifetime,
        'client-classes': [{ name: 'BMC', test: "option[60].text == 'iDRAC'" }],
        subnet4: [
          {
            id: 1,
            subnet: `${DHCP_NETWORK}.0/24`,
            pools: [
              { pool: `${DHCP_NETWORK}.20-${DHCP_NETWORK}.29`, 'client-class': 'BMC' },
              { pool: `${DHCP_NETWORK}.100-${DHCP_NETWORK}.250` },
            ],
          },
        ],
        'hooks-libraries': [{ library, parameters: { name: script, sync: false } }],
        loggers: [{ name: 'kea-dhcp4', severity: 'INFO', output_options: [{ output: 'stdout' }] }],
      },
    }),
  );
  const server = lab.serve(`kea-${starts}`, [copyOf('kea-dhcp4', lab), '-c', config], {
    KEA_PIDFILE_DIR: lab.folder,
    KEA_LOCKFILE_DIR: lab.folder,
    // Newer ones look at these, too.
    KEA_HOOK_SCRIPTS_PATH: path.dirname(script),
    KEA_DHCP_DATA_DIR: lab.folder,
    KEA_CONTROL_SOCKET_DIR: lab.folder,
  });
  return { server, ready: /DHCP4_STARTED/ };
}

function startDnsmasq(lab: Lab, script: string, lifetime: number): Started {
  starts += 1;
  const pid = path.join(lab.folder, 'dnsmasq.pid');
  const range = `${DHCP_NETWORK}.100,${DHCP_NETWORK}.250,${Math.max(lifetime, 120)}`;
  const leases = path.join(lab.folder, 'dnsmasq.leases');
  const words =
    '--keep-in-foreground --conf-file=/dev/null --port=0 --no-resolv --no-hosts --user=root --interface=srv0';
  const server = lab.serve(`dnsmasq-${starts}`, [
    copyOf('dnsmasq', lab),
    ...words.split(' '),
    '--bind-interfaces',
    '--log-facility=-',
    `--pid-file=${pid}`,
    `--dhcp-range=${range}`,
    `--dhcp-leasefile=${leases}`,
    `--dhcp-script=${script}`,
  ]);
  return { server, ready: /DHCP, IP range/ };
}

function startIsc(lab: Lab, script: string, lifetime: number): Started {
  starts += 1;
  const config = path.join(lab.folder, 'dhcpd.conf');
  const leases = path.join(lab.folder, 'dhcpd.leases');
  if (!existsSync(leases)) writeFileSync(leases, '');
  writeFileSync(
    config,
    `default-lease-time ${lifetime}; max-lease-time ${lifetime}; min-lease-time 1;
subnet ${DHCP_NETWORK}.0 netmask 255.255.255.0 { range ${DHCP_NETWORK}.100 ${DHCP_NETWORK}.250; }
${iscStatements(script)}`,
  );
  const command = [copyOf('dhcpd', lab), '-4', '-f', '-d', '-cf', config, '-lf', leases, '--no-pid', 'srv0'];
  return { server: lab.serve(`dhcpd-${starts}`, command), ready: /Server starting service/ };
}

/** As in deploy/dhcp/README.md. */
function iscStatements(script: string): string {
  return `on commit {
  set reanimator-ip = binary-to-ascii(10, 8, ".", leased-address);
  set reanimator-mac = binary-to-ascii(16, 8, ":", substring(hardware, 1, 6));
  execute("${script}", "commit", reanimator-ip, reanimator-mac,
    pick-first-value(option vendor-class-identifier, ""),
    pick-first-value(option host-name, ""),
    pick-first-value(binary-to-ascii(16, 8, ":", option dhcp-client-identifier), ""),
    binary-to-ascii(10, 8, ".", packet(24, 4)));
}
on release { execute("${script}", "release", reanimator-ip, reanimator-mac); }
on expiry { execute("${script}", "expire", reanimator-ip, reanimator-mac); }
`;
}

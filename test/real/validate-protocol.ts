import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';
import { startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { simulatedTree, type SimulatedTreeName } from '#adapters/redfish/simulator/simulated-tree.ts';

// Runs in a network namespace of its own: the protocol validator multicasts (SSDP), which must not leave this machine.
const [tree = 'dell', program = '', reports = ''] = process.argv.slice(2);
execFileSync('ip', ['link', 'set', 'lo', 'up']);
execFileSync('ip', ['route', 'add', 'default', 'dev', 'lo']);
const bmc = await startBmcSimulator({ tree: simulatedTree(tree as SimulatedTreeName), tls: true, sessionCap: 100 });
const env = { ...process.env };
for (const name of ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']) delete env[name]; // these would outvote --no-cert-check
const options = ['--no-cert-check', '--avoid-http-redirect', '--report-dir', reports, '--report-type', 'tsv'];
const login = ['-r', bmc.url, '-u', bmc.username, '-p', bmc.password];
const ran = await promisify(execFile)(program, [...login, ...options], { env, timeout: 170_000 }).catch(
  (error: unknown) => error as { stdout: string; stderr: string },
);
process.stdout.write(`${ran.stdout}\n${ran.stderr}`);
await bmc.close();

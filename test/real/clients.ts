import { join } from 'node:path';
import { startAwxSimulator } from '#adapters/awx/simulator.ts';
import { startJiraSimulator } from '#adapters/jira/simulator.ts';
import { startNetboxSimulator } from '#adapters/netbox/simulator.ts';
import { prepareVenv, type Ran, run } from './clients/prepare-venv.ts';
import type { RealResult } from './real-result.ts';

export interface RunOptions {
  log(line: string): void;
  /** The project's folder. */
  root: string;
}
/** A simulator that is up, and what a script has to know of it. */
interface Started {
  env: Record<string, string>;
  close(): Promise<void>;
}

const SCRIPTS: { name: string; file: string; start(): Promise<Started> }[] = [
  { name: 'jira', file: 'jira_client.py', start: startJira },
  { name: 'jira-datacenter', file: 'jira_datacenter_client.py', start: startJiraDatacenter },
  { name: 'awxkit', file: 'awx_client.py', start: startAwx },
  { name: 'pynetbox', file: 'netbox_client.py', start: startNetbox },
];

/**
 * Clients that others wrote, against our simulators: what a simulator does otherwise than the system that it doubles shows here,
 * because these were written against the real one.
 */
export async function runClients({ log, root }: RunOptions): Promise<RealResult> {
  const result: RealResult = { passed: 0, failed: 0, skipped: [] };
  const prepared = await prepareVenv(root, log);
  if ('reason' in prepared) {
    log(`SKIP clients: ${prepared.reason}`);
    result.skipped.push({ name: 'clients', reason: prepared.reason });
    return result;
  }
  for (const script of SCRIPTS) {
    const started = await script.start();
    try {
      const path = join(root, 'test/real/clients', script.file);
      const ran = await run(
        prepared.python,
        ['-W', 'ignore', path],
        { ...started.env, PYTHONDONTWRITEBYTECODE: '1' },
        300_000,
      );
      count(script.name, ran, result, log);
    } finally {
      await started.close();
    }
  }
  return result;
}

/** One line per check. A script that says nothing, or ends in an error, has failed: silence is no success. */
function count(name: string, ran: Ran, result: RealResult, log: RunOptions['log']): void {
  const lines = ran.stdout.split('\n').filter((line) => /^(PASS|FAIL) /.test(line));
  for (const line of lines) {
    log(line);
    if (line.startsWith('PASS ')) result.passed += 1;
    else result.failed += 1;
  }
  if (ran.code === 0 && lines.length > 0) return;
  result.failed += 1;
  log(
    `FAIL ${name}: ended with ${ran.code} after ${lines.length} checks: ${ran.stderr.trim().split('\n').slice(-3).join(' | ')}`,
  );
}

async function startJira(): Promise<Started> {
  const [email, apiToken] = ['hub@example.com', 'client-token'];
  const simulator = await startJiraSimulator({ email, apiToken, projects: [{ key: 'HW', name: 'Hardware' }] });
  return {
    env: { JIRA_URL: simulator.url, JIRA_EMAIL: email, JIRA_API_TOKEN: apiToken },
    close: () => simulator.close(),
  };
}

async function startJiraDatacenter(): Promise<Started> {
  const token = 'client-token';
  const fields = [{ id: 'customfield_10001', name: 'Server serial', type: 'string' as const }];
  const simulator = await startJiraSimulator({
    ...{ deployment: 'datacenter', contextPath: '/jira', email: 'hub@example.com', apiToken: token },
    projects: [{ key: 'HW', name: 'Hardware', workflow: 'resolution', fields }],
  });
  return { env: { JIRA_URL: simulator.url, JIRA_TOKEN: token }, close: () => simulator.close() };
}

async function startAwx(): Promise<Started> {
  const token = 'client-token';
  const templates = [{ name: 'burn-in' }, { name: 'unsafe', askLimit: false, askVariables: false }];
  const simulator = await startAwxSimulator({ token, templates, runMs: 1000 });
  simulator.addHost('web01');
  return { env: { AWX_URL: simulator.url, AWX_TOKEN: token }, close: () => simulator.close() };
}

async function startNetbox(): Promise<Started> {
  const simulator = await startNetboxSimulator();
  return { env: { NETBOX_URL: simulator.url, NETBOX_TOKEN: simulator.token }, close: () => simulator.close() };
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Knex } from 'knex';
import { stringify } from 'yaml';
import { type JiraSimulator, startJiraSimulator } from '#adapters/jira/simulator.ts';
import { type HubProcess, startHubProcess } from '#demo/hub-process.ts';
import { findProgram } from '#setup/find-program.mjs';
import { freePort, type Services, startServices } from '#setup/services.ts';
import { serverProcess, type ServerProcess } from '#setup/services/server-process.ts';
import { startWatchdog } from '#setup/services/watchdog.ts';
import { connectDatabase } from '#src/database.ts';
import { migrate } from '#src/migrate.ts';
import { runCommand } from '../netbox/run-command.ts';

const TOKEN = 'token-of-this-real-test-0123456789';

export interface AlertLab {
  versions: string;
  hubUrl: string;
  alertmanagerUrl: string;
  token: string;
  db: Knex;
  jira: JiraSimulator;
  services: Services;
  /** Whether a drive of that server is shown as failed, from the next scrape on. */
  show(drive: { serial: string; slot: string; failed: boolean }): void;
  stopWeb(): Promise<void>;
  startWeb(): Promise<void>;
  /** Its own count of messages that did not arrive. */
  failedNotifications(): Promise<number>;
  dismantle(): Promise<void>;
}

/** Everything on loopback, on free ports, in a folder of its own. */
export async function buildLab(folder: string): Promise<AlertLab> {
  const services = await startServices({ name: 'real-alertmanager' });
  const watchdog = startWatchdog();
  const databaseUrl = await services.createDatabase('reanimator');
  const db = connectDatabase(databaseUrl, 4);
  await migrate(db);
  const jira = await startJiraSimulator({
    ...{ email: 'hub@example.com', apiToken: 'token-of-this-lab', projects: [{ key: 'HW' }] },
  });
  const [hubPort, promPort, alertPort] = [await freePort(), await freePort(), await freePort()];
  const [hubUrl, promUrl, alertmanagerUrl] = [hubPort, promPort, alertPort].map(
    (port) => `http://127.0.0.1:${port}`,
  ) as [string, string, string];
  const env = {
    DATABASE_URL: databaseUrl,
    REDIS_URL: services.redis.url,
    SECRET_KEY: 'a key of this lab, which is long enough for everybody',
    PUBLIC_URL: hubUrl,
    HTTP_PORT: String(hubPort),
    METRICS_PORT: String(await freePort()),
    DIRECTORY_PATH: path.join(folder, 'objects'),
    UPLOAD_PATH: path.join(folder, 'uploads'),
    ALERTMANAGER_WEBHOOK_TOKEN: TOKEN,
    ALERTMANAGER_URL: alertmanagerUrl,
    JIRA_URL: jira.url,
    JIRA_EMAIL: 'hub@example.com',
    JIRA_API_TOKEN: 'token-of-this-lab',
    JIRA_PROJECT: 'HW',
    JIRA_SEARCH_LAG_MS: '0',
  };
  const startWeb = (): Promise<HubProcess> => startHubProcess('web', env, path.join(folder, 'web.log'));
  let web: HubProcess | undefined = await startWeb();
  const worker = await startHubProcess('worker', env, path.join(folder, 'worker.log'));

  const exporter = await startExporter();
  const config = { folder, promUrl, alertmanagerUrl, hubUrl, exporter: exporter.address };
  const commands = writeConfiguration(config);
  const program = (name: string, url: string, [command = '', ...args]: string[]): ServerProcess =>
    serverProcess({
      ...{ name, command, args, log: path.join(folder, `${name}.log`), folder, watchdog },
      before: async () => {},
      ping: async () => {
        const answer = await fetch(`${url}/-/ready`, { signal: AbortSignal.timeout(2000) });
        if (!answer.ok) throw new Error(`${name} answers ${answer.status}`);
      },
    });
  const alertmanager = program('alertmanager', alertmanagerUrl, commands.alertmanager);
  const prometheus = program('prometheus', promUrl, commands.prometheus);
  await alertmanager.start();
  await prometheus.start();

  return {
    versions: `${await versionOf(commands.prometheus[0])}, ${await versionOf(commands.alertmanager[0])}`,
    ...{ hubUrl, alertmanagerUrl, token: TOKEN, db, jira, services, show: exporter.show },
    async stopWeb() {
      await web?.stop();
      web = undefined;
    },
    async startWeb() {
      web ??= await startWeb();
    },
    async failedNotifications() {
      const text = await (await fetch(`${alertmanagerUrl}/metrics`)).text();
      return Number(/^alertmanager_notification_requests_failed_total\{integration="webhook"\} (\d+)/m.exec(text)?.[1]);
    },
    async dismantle() {
      await prometheus.end('SIGTERM');
      await alertmanager.end('SIGTERM');
      await Promise.all([web?.stop(), worker.stop()]);
      await exporter.close();
      await jira.close();
      await db.destroy();
      await services.stop();
      watchdog.release();
    },
  };
}

interface Configuration {
  folder: string;
  promUrl: string;
  alertmanagerUrl: string;
  hubUrl: string;
  exporter: string;
}

/** As short as they allow: a real rule on a real metric, one group per server. */
function writeConfiguration({ folder, promUrl, alertmanagerUrl, hubUrl, exporter }: Configuration): {
  prometheus: string[];
  alertmanager: string[];
} {
  const write = (name: string, content: unknown): string => {
    const file = path.join(folder, name);
    writeFileSync(file, stringify(content));
    return file;
  };
  const rule = {
    ...{ alert: 'SmartFail', expr: 'drive_failed == 1', labels: { severity: 'critical' } },
    annotations: { summary: 'drive {{ $labels.slot }} of {{ $labels.serial }} reports a failure' },
  };
  const rules = write('rules.yml', { groups: [{ name: 'drives', rules: [rule] }] });
  const prometheusFile = write('prometheus.yml', {
    global: { scrape_interval: '1s', evaluation_interval: '1s', scrape_timeout: '1s' },
    rule_files: [rules],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanagerUrl).host] }] }] },
    scrape_configs: [{ job_name: 'drives', honor_labels: true, static_configs: [{ targets: [exporter] }] }],
  });
  const hook = {
    ...{ url: `${hubUrl}/hooks/alertmanager`, send_resolved: true },
    http_config: { authorization: { type: 'Bearer', credentials: TOKEN } },
  };
  const alertmanagerFile = write('alertmanager.yml', {
    route: {
      ...{ receiver: 'hub', group_by: ['alertname', 'serial'] },
      ...{ group_wait: '1s', group_interval: '2s', repeat_interval: '3s' },
    },
    receivers: [{ name: 'hub', webhook_configs: [hook] }],
  });
  mkdirSync(path.join(folder, 'tsdb'));
  mkdirSync(path.join(folder, 'nflog'));
  const listen = (url: string): string => `--web.listen-address=${new URL(url).host}`;
  return {
    prometheus: [
      findProgram('prometheus') ?? '',
      ...[`--config.file=${prometheusFile}`, `--storage.tsdb.path=${path.join(folder, 'tsdb')}`, listen(promUrl)],
    ],
    alertmanager: [
      findProgram('prometheus-alertmanager') ?? '',
      ...[`--config.file=${alertmanagerFile}`, `--storage.path=${path.join(folder, 'nflog')}`, listen(alertmanagerUrl)],
      '--cluster.listen-address=',
    ],
  };
}

async function versionOf(program = ''): Promise<string> {
  const { output } = await runCommand([program, '--version']);
  return /^(\S+), version (\S+)/.exec(output)?.slice(1, 3).join(' ') ?? program;
}

/** What a monitoring agent on the servers would show. */
async function startExporter() {
  const shown = new Map<string, number>();
  const server = createServer((_request, answer) => {
    const lines = [...shown].map(([labels, value]) => `drive_failed{${labels}} ${value}`);
    answer.setHeader('content-type', 'text/plain; version=0.0.4');
    answer.end(`# TYPE drive_failed gauge\n${lines.join('\n')}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    show: ({ serial, slot, failed }: { serial: string; slot: string; failed: boolean }) =>
      void shown.set(`serial="${serial}",slot="${slot}",site="ams1"`, failed ? 1 : 0),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

import { timingSafeEqual } from 'node:crypto';
import {
  type SimulatedAnswer,
  type SimulatedRequest,
  type SimulatorServer,
  startSimulatorServer,
} from '#src/kit/simulator.ts';
import { createAlertStore, type PostedAlert } from './simulator/alerts.ts';
import { type SentMessage, startNotifier } from './simulator/notifier.ts';
import { createSilenceBook, type SilenceBook } from './simulator/silences.ts';

export interface AlertmanagerSimulatorOptions {
  /** Where it tells. */
  webhook?: { url: string; token: string };
  /** Bearer token that its API wants. Default: none. */
  apiToken?: string;
  /** Default `alertname, site`. */
  groupBy?: readonly string[];
  groupWaitMs?: number;
  groupIntervalMs?: number;
  repeatIntervalMs?: number;
  /** How long an alert is believed that nobody posts again. Default five minutes. */
  resolveTimeoutMs?: number;
  retryMs?: number;
  maxAlerts?: number;
}

export interface AlertmanagerSimulator extends SimulatorServer {
  /** As Prometheus posts them, again and again while they hold. `endsAt` in the past: it is over. */
  post(alerts: readonly PostedAlert[]): void;
  /** Messages that went out so far, with what came back. */
  sent: SentMessage[];
  silences: SilenceBook['all'];
}

/** A small Alertmanager 0.25: groups, repeats, retries, silences, API v2. */
export async function startAlertmanagerSimulator(
  options: AlertmanagerSimulatorOptions = {},
): Promise<AlertmanagerSimulator> {
  const alerts = createAlertStore(options.resolveTimeoutMs ?? 300_000);
  const silences = createSilenceBook();
  const started = new Date().toISOString();

  function handle(request: SimulatedRequest): SimulatedAnswer {
    if (!isAuthorised(request, options.apiToken))
      return { status: 401, headers: { 'www-authenticate': 'Bearer' }, body: 'Unauthorized' };
    const { method, path, json } = request;
    if (path === '/api/v2/status') return { status: 200, body: statusSince(started) };
    if (path === '/api/v2/alerts' && method === 'GET') return { status: 200, body: shownAlerts() };
    if (path === '/api/v2/alerts' && method === 'POST') {
      if (!Array.isArray(json)) return { status: 400, body: { code: 400, message: 'parsing alerts body' } };
      post(json as PostedAlert[]);
      return { status: 200 };
    }
    return silences.answer(request) ?? { status: 404, body: { code: 404, message: `path ${path} was not found` } };
  }

  function shownAlerts(): unknown {
    const now = Date.now();
    const time = (ms: number): string => new Date(ms).toISOString();
    return alerts
      .all()
      .filter(({ endsAt }) => endsAt > now)
      .map((alert) => ({
        annotations: alert.annotations,
        startsAt: time(alert.startsAt),
        endsAt: time(alert.endsAt),
        updatedAt: time(now),
        fingerprint: alert.fingerprint,
        receivers: [{ name: 'hub' }],
        status: {
          inhibitedBy: [],
          silencedBy: [],
          mutedBy: [],
          state: silences.isSilenced(alert.labels) ? 'suppressed' : 'active',
        },
        generatorURL: alert.generatorURL,
        labels: alert.labels,
      }));
  }

  const server = await startSimulatorServer({ handle });
  const notifier =
    options.webhook &&
    startNotifier(alerts, {
      ...options.webhook,
      receiver: 'hub',
      externalUrl: server.url,
      groupBy: options.groupBy ?? ['alertname', 'site'],
      groupWaitMs: options.groupWaitMs ?? 30_000,
      groupIntervalMs: options.groupIntervalMs ?? 300_000,
      repeatIntervalMs: options.repeatIntervalMs ?? 4 * 3_600_000,
      retryMs: options.retryMs ?? 500,
      maxAlerts: options.maxAlerts ?? 0,
      isSilenced: (labels) => silences.isSilenced(labels),
    });
  function post(posted: readonly PostedAlert[]): void {
    for (const alert of posted) alerts.post(alert, Date.now());
    notifier?.noticed();
  }
  return {
    ...server,
    post,
    sent: notifier?.sent ?? [],
    silences: () => silences.all(),
    async close() {
      await notifier?.stop();
      await server.close();
    },
  };
}

function isAuthorised({ headers }: SimulatedRequest, token: string | undefined): boolean {
  if (token === undefined) return true;
  const [given, wanted] = [Buffer.from(headers['authorization'] ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function statusSince(started: string): unknown {
  const text = '0.25.0';
  return {
    cluster: { status: 'disabled', peers: [] },
    versionInfo: {
      version: text,
      revision: 'simulated',
      branch: 'simulated',
      buildUser: 'simulated',
      buildDate: '20221222-00:00:00',
      goVersion: 'go1.19.8',
    },
    config: { original: 'route: {receiver: hub}\n' },
    uptime: started,
  };
}

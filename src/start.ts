import { composeHub, createLog, type Hub } from './compose.ts';
import type { Configuration } from './config.ts';
import { HubError } from './core/error.ts';

const PARTS = ['web', 'worker'] as const;

/** Runs until SIGTERM or SIGINT; then takes nothing new, ends what runs, and goes. A second signal goes at once. */
export async function start(config: Configuration, named: string[]): Promise<void> {
  const unknown = named.filter((part) => !(PARTS as readonly string[]).includes(part));
  if (unknown.length > 0)
    throw new HubError('invalid', `start: unknown part ${unknown.join(', ')}; there are ${PARTS.join(' and ')}`);
  const parts = named.length === 0 ? [...PARTS] : named;
  const log = createLog(config.LOG_LEVEL);
  const hub = await composeHub(config, log);
  if (config.notConfigured.length > 0)
    log.info({ adapters: config.notConfigured }, 'not configured; the hub does without');
  await waitUntilReady(hub);
  const running: { stop(): Promise<void> }[] = [];
  if (parts.includes('web')) {
    const web = await hub.startWeb();
    log.info({ url: web.url, public: config.PUBLIC_URL }, 'web listens');
    running.push(web);
  }
  if (parts.includes('worker')) running.push(await hub.startWorker());
  process.send?.('ready');

  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
    process.once('disconnect', () => resolve('disconnect'));
  });
  log.info({ signal }, 'stopping');
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => process.exit(1));
  await Promise.all(running.map((part) => part.stop()));
  await hub.close();
  log.info({}, 'stopped');
  // The channel to whoever started us would keep the process alive.
  if (process.connected) process.disconnect();
}

/** The database may still be starting. What will not mend itself ends the start at once. */
async function waitUntilReady(hub: Hub): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    const { ready, checks } = await hub.readiness(hub.ctx);
    if (ready) return;
    const faults = Object.entries(checks).flatMap(([name, { ok, found }]) => (ok ? [] : [`${name}: ${found}`]));
    const passing = faults.every((fault) =>
      /ECONNREFUSED|ENOENT|closed|timeout|Timeout|enableOfflineQueue|writeable|Unable to acquire/.test(fault),
    );
    if (!passing || Date.now() > until) throw new HubError('unavailable', faults.join('; '));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

// A worker as a process of its own, with all code read before it is wanted. Takes settings, begins, and may be killed at any moment. Not started by hand.
import { adapterDefinitions, composeHub, createLog, type Hub } from '#src/compose.ts';
import { readConfig } from '#src/config.ts';

export type Order = { do: 'begin'; env: Record<string, string> } | { do: 'end' };

let running: { hub: Hub; worker: { stop(): Promise<void> } } | undefined;

async function begin(env: Record<string, string>): Promise<void> {
  const config = readConfig(env, adapterDefinitions);
  const hub = await composeHub(config, createLog(config.LOG_LEVEL));
  running = { hub, worker: await hub.startWorker() };
}

async function end(): Promise<void> {
  await running?.worker.stop();
  await running?.hub.close();
  running = undefined;
}

process.on('message', (order: Order) => {
  const done = order.do === 'begin' ? begin(order.env) : end();
  done.then(
    () => process.send?.('done'),
    (error: unknown) => process.send?.(`failed: ${error instanceof Error ? error.message : String(error)}`),
  );
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

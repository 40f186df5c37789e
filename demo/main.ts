import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { styleText } from 'node:util';
import { startServices } from '#setup/services.ts';
import { castOf } from './cast.ts';
import { hubClient } from './hub-client.ts';
import { startHubProcess } from './hub-process.ts';
import { reportComesLate } from './passport.ts';
import { prepareHub } from './prepare-hub.ts';
import { setStage } from './stage.ts';
import {
  adoptStrangers,
  appear,
  type AssetAnswer,
  expectMachines,
  fallIll,
  movedInRecord,
  type StoryOptions,
  untilHardened,
} from './story.ts';
import { brokenInvariants } from './verify.ts';

const once = process.argv.includes('--once');
const started = Date.now();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const step = (line: string): void =>
  say(`${styleText('dim', `${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s`)}  ${styleText('bold', line)}`);

const cleanups: (() => Promise<void>)[] = [];
let stopping = false;
const interrupted = new Promise<string>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
});

async function tell(): Promise<void> {
  step('Starting a private MariaDB and Redis under var/');
  const services = await startServices({ name: 'demo' });
  cleanups.push(() => services.stop());
  const databaseUrl = await services.createDatabase('reanimator');

  const cast = castOf({ recorded: true });
  step('Starting the simulators: NetBox, Jira, AWX, a DHCP server and four BMCs');
  const stage = await setStage({ cast, via: 'kea', network: '127.83.0', bmcTls: true });
  cleanups.push(() => stage.close());
  for (const actor of cast) say(`      ${actor.name}: ${actor.treeName}, BMC ${actor.bmcMac}, ${KNOWN[actor.known]}`);

  const env = { ...stage.env, DATABASE_URL: databaseUrl, REDIS_URL: services.redis.url };
  step('Migrating the database; preparing NetBox (reanimator netbox bootstrap)');
  const { apiKey, bootstrapped } = await prepareHub(env);
  say(
    `      ${bootstrapped.length} objects: ${bootstrapped
      .map((one) => `${one.object} ${one.name}`)
      .slice(0, 3)
      .join(', ')} …`,
  );

  step('Starting web and worker');
  const logs = path.join(services.folder, 'hub');
  mkdirSync(logs, { recursive: true });
  for (const part of ['web', 'worker'] as const) {
    const running = await startHubProcess(part, env, path.join(logs, `${part}.log`));
    cleanups.push(() => running.stop());
    void running.ended.then(
      (why) => stopping || say(`      ${part} ended by itself: ${why}; its log: ${path.join(logs, `${part}.log`)}`),
    );
  }

  const hub = hubClient(stage.hubUrl, apiKey);
  const story: StoryOptions = { stage, hub, cast, say };
  const page = (asset: AssetAnswer): string => `${stage.hubUrl}/ui/assets/${asset.id}#key=${apiKey}`;

  step('Somebody says which machines will come: POST /v1/expected-machines');
  await expectMachines(story);
  step('The BMCs appear: each asks for an address, and the DHCP server calls our hook (deploy/dhcp/reanimator-kea.sh)');
  await appear(story);
  await adoptStrangers(story);
  step('They are recognised, looked into over Redfish, written to NetBox, and hardened by an AWX job each');
  const assets = await untilHardened(story);
  for (const asset of assets.values()) {
    say(
      `      ${asset.name}: ${asset.manufacturer} ${asset.model}, serial ${asset.serial}, ${styleText('green', asset.state)}`,
    );
    say(`         page    ${page(asset)}`);
    say(`         NetBox  ${asset.record?.url}`);
  }
  const [first] = assets.values();
  if (!first) throw new Error('nobody came');
  step(`Alice moves ${first.name} to U21 in NetBox; NetBox's webhook says so, and the hub reads it again`);
  await movedInRecord(story, first);
  step('Two parts fall ill: POST /v1/telemetry, each fault three times');
  const tickets = await fallIll(story, assets);
  for (const [part, key] of tickets) say(`      ${part}: one issue, ${stage.jira.url}/browse/${key}`);

  step('A report of two months ago comes late: POST /v1/ingest/logbundle');
  await reportComesLate(hub, first, say);

  step('What the timeline of the first one says: GET /v1/assets/{id}/timeline');
  const { items } = await hub.get<{ items: { timestamp: string; type: string; sentence: string }[] }>(
    `/v1/assets/${first.id}/timeline?limit=1000`,
  );
  const found = items.filter(({ type }) => type === 'INSTALLED').length;
  for (const entry of items.filter(({ type }) => type !== 'INSTALLED').toReversed())
    say(`      ${entry.timestamp.slice(0, 10)} ${entry.timestamp.slice(11, 23)}  ${entry.sentence}`);
  say(`      and ${found} parts that were found or installed, each with a passport: GET /v1/components/{id}/timeline`);

  await stage.netbox.webhooksSent();
  const broken = brokenInvariants(stage, cast, assets, tickets);
  if (broken.length > 0) throw new Error(broken.join('\n'));
  step(styleText('green', 'The story held: one NetBox device, one AWX job, one Jira issue each.'));
  if (once) return;
  say('');
  say(`  Screens   ${stage.hubUrl}/ui/#key=${apiKey}`);
  say(`  API       ${stage.hubUrl}/api/schema   curl -H 'Authorization: Bearer ${apiKey}' ${stage.hubUrl}/v1/assets`);
  say(`  NetBox    ${stage.netbox.url}/dcim/devices/`);
  say(`  Jira      ${stage.jira.url}/projects/HW`);
  say(`  AWX       ${stage.awx.url}/`);
  say(`  Logs      ${logs}`);
  say('  Everything runs until Ctrl-C.');
  await interrupted;
}

const KNOWN = { expected: 'expected', record: 'known to NetBox only', unexpected: 'known to nobody' } as const;

try {
  const ended = await Promise.race([tell().then(() => 'told'), interrupted]);
  if (ended !== 'told' && once) process.exitCode = 130;
} catch (error) {
  say(styleText('red', `The story did not hold: ${error instanceof Error ? error.message : String(error)}`));
  process.exitCode = 1;
} finally {
  stopping = true;
  for (const cleanup of cleanups.toReversed())
    await cleanup().catch((error: unknown) => say(`      stopping: ${String(error)}`));
}
process.exit();

import type { Goal } from '../bench.ts';
import type { Found } from '../ingest-table.ts';
import { CHUNK } from '#jobs/reconcile/apply-rows.ts';
import { drift } from './drift.ts';
import { GOAL_SCALE, type ReconcileScale } from './scale.ts';
import { imageOptions, type Look, type Stand } from './stand.ts';

/** As the adapter asks for them, and NetBox gives them unless it was set otherwise. */
const PAGE = 1000;
const ROUNDS = 3;
const SHARE = 0.01;
const SMALL_YOUNG_SPACE = '--max-semi-space-size=16';

/** The whole fleet: for the first time, once more, and then as every night, when nothing has changed and when one in a hundred has. */
export async function measureLook(stand: Stand, scale: ReconcileScale, say: (line: string) => void): Promise<Found[]> {
  const found: Found[] = [];
  const note = (what: string, look: Look): void => {
    say(`${what}: ${told(look)}`);
    found.push({ what, figure: told(look) });
  };
  note('first look, everything linked and written', await stand.look('the first one'));
  note('second look, what was written is settled', await stand.look('the second one'));
  found.push(...(await measureUnchanged(stand, scale, say)));
  found.push(...(await measureDrift(stand, scale, say)));
  return found;
}

async function measureUnchanged(stand: Stand, scale: ReconcileScale, say: (line: string) => void): Promise<Found[]> {
  const found: Found[] = [];
  const looks: Look[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // Started anew: what the first looks needed stays with the process that took them.
    await stand.startWorker();
    const look = await stand.look('nothing has changed');
    const plain = await stand.plainly(look.reads);
    const ratio = look.cpuSeconds / plain.cpuSeconds;
    const baseline = `${plain.cpuSeconds.toFixed(2)} s CPU, ${plain.peakMb.toFixed(0)} MB`;
    say(`no change: ${told(look)}; the same reads with undici and JSON.parse: ${baseline}`);
    found.push({ what: 'no change', figure: told(look), baseline, ratio: ratio.toFixed(1) });
    looks.push(look);
  }
  const again = await stand.look('once more, in the same process');
  say(`no change, the same process again: ${told(again)}`);
  found.push({ what: 'no change, the same process again', figure: told(again) });
  if (imageOptions().NODE_OPTIONS === undefined) {
    // By itself V8 makes the space for new objects as large as a machine with much memory allows.
    stand.env['NODE_OPTIONS'] = SMALL_YOUNG_SPACE;
    await stand.startWorker();
    const look = await stand.look('with little space for new objects');
    delete stand.env['NODE_OPTIONS'];
    say(`no change, NODE_OPTIONS=${SMALL_YOUNG_SPACE}: ${told(look)}`);
    found.push({ what: `no change, ${SMALL_YOUNG_SPACE}`, figure: told(look) });
  }
  const worst = (of: (look: Look) => number): number => Math.max(...looks.map(of));
  const pages = pagesOf(looks[0]);
  const goal = (name: string, value: number, unit: string, target: number): void => {
    found.push({
      what: name,
      figure: `${Number(value.toPrecision(4))} ${unit}`,
      goal: { name: `reconcile-${name}`, value, unit, relation: '<=', target },
    });
  };
  goal(
    'unchanged-writes',
    Math.max(
      again.writes,
      worst(({ writes }) => writes),
    ),
    'requests',
    0,
  );
  say(`${looks[0]?.requests} requests for ${pages} pages of ${PAGE}`);
  if (scale.devices < GOAL_SCALE.devices || scale.parts < GOAL_SCALE.parts) return found;
  goal('unchanged-requests', worst(({ requests }) => requests) / pages, 'x pages', 1.05);
  // Others use the machine as well, and what they take from the caches is not the hub's doing.
  goal('unchanged-cpu', Math.min(...looks.map(({ cpuSeconds }) => cpuSeconds)), 's', 10);
  goal(
    'unchanged-memory',
    Math.max(
      again.peakMb,
      worst(({ peakMb }) => peakMb),
    ),
    'MB',
    300,
  );
  return found;
}

/** In one server of a hundred something is otherwise there, in another one here; nobody has told the hub. */
async function measureDrift(stand: Stand, scale: ReconcileScale, say: (line: string) => void): Promise<Found[]> {
  const changed = await drift(stand, Math.ceil(scale.devices * SHARE));
  const look = await stand.look('one in a hundred has changed');
  const allowed = Object.entries(changed).map(([path, objects]) => [path, Math.ceil(objects / CHUNK)] as const);
  const most = allowed.reduce((sum, [, requests]) => sum + requests, 0);
  const told_ = allowed
    .map(([path, requests]) => `${look.writesTo[path] ?? 0} of ${requests} for ${changed[path]} objects at ${path}`)
    .join(', ');
  say(`1 % drift: ${told(look)}: ${told_}`);
  const settled = await stand.look('after that');
  say(`after that: ${told(settled)}`);
  const over = Object.keys(look.writesTo).filter((path) => !(path in changed));
  if (over.length > 0) throw new Error(`nothing was to be written to ${over.join(', ')}`);
  if (look.writes === 0) throw new Error('the drift was not put right: the look did nothing');
  const goal: Goal = {
    name: 'reconcile-drift-writes',
    value: look.writes,
    unit: 'requests',
    relation: '<=',
    target: most,
  };
  return [
    { what: '1 % drift', figure: told(look), goal },
    { what: 'after that', figure: told(settled) },
  ];
}

/** Of the objects that were looked at. An empty listing is a page as well. */
function pagesOf(look: Look | undefined): number {
  const objects = Object.values(look?.run.summary?.objects ?? {});
  return objects.reduce((sum, { scanned }) => sum + Math.max(1, Math.ceil(scanned / PAGE)), 0);
}

export function told({ requests, writes, cpuSeconds, databaseSeconds, seconds, peakMb }: Look): string {
  return `${requests} requests, ${writes} of them writing; CPU ${cpuSeconds.toFixed(2)} s, database ${databaseSeconds.toFixed(1)} s, ${seconds.toFixed(1)} s in all; peak ${peakMb.toFixed(0)} MB`;
}

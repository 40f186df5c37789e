import { until } from '#demo/hub-client.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { seeded } from '#test/kit/seeded.ts';
import { describeStall, whatIsLeft } from '../journal-invariants.ts';
import type { SharedProof } from '../proof.ts';
import { disarm, scheduleOf } from './attacks.ts';
import { broken } from './check.ts';
import { type Fault, type ModelTicket, moved, opened, said, shownAgain } from './model.ts';
import { setTicketStage, type TicketStage } from './stage.ts';

const QUIET_MS = 90_000;

const KINDS = [
  { symptom: 'SMART_FAIL', type: 'REPLACE_DISK', component: 'Disk.Bay' },
  { symptom: 'PSU_FAIL', type: 'REPLACE_PSU', component: 'PSU' },
  { symptom: 'FAN_FAIL', type: 'REPLACE_FAN', component: 'Fan' },
] as const;

export const proveTickets: SharedProof = {
  says: 'the same faults from many at once, workers killed around each call of Jira, a Jira that forgets to answer: one issue per fault, each comment once',
  async open() {
    const stage = await setTicketStage();
    return { run: ({ seed, say }) => proveAwake(stage, seed, say), close: () => stage.close() };
  },
};

/** Nothing is proven by a run in which the machine gave nobody any time for longer than any time-out of it lasts: it is run again. */
async function proveAwake(stage: TicketStage, seed: number, say: (line: string) => void): Promise<void> {
  for (let again = 2; ; again -= 1) {
    const watch = watchClock();
    try {
      return await prove(stage, seed, say);
    } catch (error) {
      if (again === 0 || watch.longestMs() < STANDSTILL_MS) throw error;
      const why = error instanceof Error ? error.message : String(error);
      say(`the machine stood still for ${Math.round(watch.longestMs())} ms, so this says nothing: ${why}`);
    } finally {
      watch.stop();
    }
  }
}

/** A third of what is allowed for: the processes around have stood still as well, at other moments. */
const STANDSTILL_MS = 1500;

function watchClock(): { longestMs(): number; stop(): void } {
  let [last, longest] = [performance.now(), 0];
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 50);
    last = now;
  }, 50);
  return { longestMs: () => longest, stop: () => clearInterval(timer) };
}

async function prove(stage: TicketStage, seed: number, say: (line: string) => void): Promise<void> {
  const random = seeded(seed);
  await stage.whole();
  const issuesBefore = stage.jira.issues().length;
  const faults = await breakSome(stage, random);
  const model = faults.map(opened);
  const progress = setInterval(() => void describeStall(stage.db).then(say, () => undefined), 30_000);
  try {
    // The kinds of attack come in turn over the three acts, so that each meets all of them in some seeds.
    await underAttack(stage, seed, random, say, () => report(stage, random, faults));
    await check(stage, model, issuesBefore);
    await underAttack(stage, seed + 7, random, say, () => work(stage, random, model));
    await check(stage, model, issuesBefore);
    await underAttack(stage, seed + 13, random, say, () => showAgain(stage, random, model));
    await check(stage, model, issuesBefore);
  } finally {
    clearInterval(progress);
    await disarm(stage);
  }
}

/** Does it while things go wrong, and waits until nothing goes wrong any more and nothing is left to do. */
async function underAttack(
  stage: TicketStage,
  seed: number,
  random: () => number,
  say: (line: string) => void,
  act: () => Promise<void>,
): Promise<void> {
  for (const attack of scheduleOf(seed, random)) {
    say(`attack: ${attack.name}`);
    attack.arm(stage, say);
  }
  await act();
  const isQuiet = async (): Promise<boolean> => (await whatIsLeft(stage.db)) === undefined;
  // Faults may wait for a call that never comes: the work that is left decides.
  await until('all work is done', isQuiet, QUIET_MS).catch(async (error: Error) => {
    throw new Error(`${error.message}: ${await whatIsLeft(stage.db)} (logs: ${stage.logs})`);
  });
  await disarm(stage);
  await stage.whole();
  await until('all work is done', isQuiet, QUIET_MS);
}

async function check(stage: TicketStage, model: readonly ModelTicket[], issuesBefore: number): Promise<void> {
  const wrong = await broken(stage, model, issuesBefore);
  if (wrong.length > 0) throw new Error(`${wrong.join('; ')} (logs: ${stage.logs})`);
}

/** New servers, some with several parts that fail. */
async function breakSome({ db }: TicketStage, random: () => number): Promise<Fault[]> {
  const faults: Fault[] = [];
  const servers = 2 + Math.floor(random() * 3);
  for (let server = 0; server < servers; server += 1) {
    const [assetId, now] = [newId(), toSql(new Date())];
    await db('assets').insert({
      ...{ id: assetId, name: `prove-${assetId.slice(-12)}`, lifecycle_state: 'IN_SERVICE' },
      ...{ state_since: now, created_at: now, updated_at: now },
    });
    const parts = 1 + Math.floor(random() * 3);
    for (let part = 0; part < parts; part += 1) {
      const { symptom, type, component } = KINDS[part % KINDS.length] as (typeof KINDS)[number];
      faults.push({ assetId, symptom, type, component: `${component}.${1 + Math.floor(random() * 8)}` });
    }
  }
  return faults;
}

/** Several reporters tell of all faults at the same moment: some in the same words, some with another time, some twice. */
async function report({ hub }: TicketStage, random: () => number, faults: readonly Fault[]): Promise<void> {
  const since = Date.now() - 5000;
  const reporters = 4 + Math.floor(random() * 4);
  const requests = Array.from({ length: reporters }, () => {
    const at = new Date(since + Math.floor(random() * 3) * 1000).toISOString();
    const events = faults.map(({ assetId, symptom, component }) => ({
      ...{ asset: assetId, type: symptom, component, occurred_at: at },
    }));
    return random() < 0.5 ? events : events.toReversed();
  });
  await Promise.all(requests.map((events) => hub.post('/v1/telemetry', events)));
}

/** People say something and move their tickets, each in their own order, all at once. */
async function work({ hub, db }: TicketStage, random: () => number, model: readonly ModelTicket[]): Promise<void> {
  const plans = model.map((ticket) => ({
    ticket,
    deeds: (['say', 'start', 'say', 'finish'] as const).filter(() => random() < 0.7),
  }));
  await Promise.all(
    plans.map(async ({ ticket, deeds }, index) => {
      const { assetId, type, component } = ticket.fault;
      const [row] = await db('tickets').where({ asset_id: assetId, type, component }).select('id');
      for (const [at, deed] of deeds.entries()) {
        if (deed === 'say') {
          const text = `word ${at} on ticket ${index} of ${assetId}`;
          await hub.post(`/v1/tickets/${row.id}/comments`, { text });
          said(ticket, text);
        } else {
          await hub.post(`/v1/tickets/${row.id}/moves`, { move: deed });
          moved(ticket, deed);
        }
      }
    }),
  );
}

/** Everything is well for a moment, and shows again: what was done opens again, what is open is counted on. */
async function showAgain({ hub }: TicketStage, random: () => number, model: readonly ModelTicket[]): Promise<void> {
  const now = Date.now();
  const eventsAt = (ms: number, state: 'cleared' | 'raised') =>
    model.map(({ fault: { assetId, symptom, component } }) => ({
      ...{ asset: assetId, type: symptom, component, state, occurred_at: new Date(now - ms).toISOString() },
    }));
  await hub.post('/v1/telemetry', eventsAt(500, 'cleared'));
  const reporters = 2 + Math.floor(random() * 3);
  await Promise.all(Array.from({ length: reporters }, () => hub.post('/v1/telemetry', eventsAt(0, 'raised'))));
  for (const ticket of model) shownAgain(ticket);
}

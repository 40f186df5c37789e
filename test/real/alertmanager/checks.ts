import { alertmanagerAdapter } from '#adapters/alertmanager/index.ts';
import { until } from '#demo/hub-client.ts';
import { runChild } from '#setup/run-child.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import type { AlertLab } from './lab.ts';

type Check = (lab: AlertLab) => Promise<void>;

const SLOT = 'Disk.Bay.2';
const SERVERS = { first: 'REAL001', second: 'REAL002' };

/** In their order: each goes on from what the one before has left. */
export const CHECKS: Record<string, Check> = {
  'the probe knows it': async ({ alertmanagerUrl }) => {
    const settings = alertmanagerAdapter.Settings.parse({ url: alertmanagerUrl });
    const connection = alertmanagerAdapter.connect(settings, kitForTests('alertmanager'));
    const checks = await connection.probe(AbortSignal.timeout(10_000));
    await connection.close?.();
    same('all is well', checks.filter(({ ok }) => !ok).length, 0);
    same('checks', checks.length, 3);
  },

  'contract suite of silences': async ({ alertmanagerUrl }) => {
    const suite = [
      'run',
      '--project',
      'unit',
      '--reporter=dot',
      'adapters/alertmanager/contract.test.ts',
      '-t',
      'real',
    ];
    const { code, output } = await runChild('vitest', suite, {
      env: { ALERTMANAGER_URL: alertmanagerUrl },
      collect: true,
    });
    if (code !== 0) throw new Error(output.slice(-3000));
  },

  'a drive fails: the alert opens one ticket, and one issue': async (lab) => {
    for (const serial of Object.values(SERVERS)) await register(lab, serial);
    lab.show({ serial: SERVERS.first, slot: SLOT, failed: true });
    await until('a ticket opens', async () => (await ticketsOf(lab, SERVERS.first)).length > 0);
    await until('an issue is made', async () => (await ticketsOf(lab, SERVERS.first))[0]?.external_key ?? undefined);
    const [ticket] = await ticketsOf(lab, SERVERS.first);
    same('type', ticket?.type, 'REPLACE_DISK');
    same('component', ticket?.component, SLOT);
    same('issues', lab.jira.issues().length, 1);
  },

  'it is told again and again: nothing new opens': async (lab) => {
    const before = await delivered(lab);
    await until('two more messages', async () => (await delivered(lab)) >= before + 2);
    await handled(lab);
    same('tickets', (await ticketsOf(lab, SERVERS.first)).length, 1);
    same('occurrences', Number((await ticketsOf(lab, SERVERS.first))[0]?.occurrences), 1);
    same('symptoms', (await symptomsOf(lab, SERVERS.first)).length, 1);
  },

  'the drive is well again: its issue is told so, and stays open': async (lab) => {
    lab.show({ serial: SERVERS.first, slot: SLOT, failed: false });
    await until('the end of it is a symptom', async () =>
      (await symptomsOf(lab, SERVERS.first)).some(({ state }) => state === 'cleared'),
    );
    await until('a comment says so', async () => comments(lab, 0).some((text) => /is over since/.test(text)));
    same('state', (await ticketsOf(lab, SERVERS.first))[0]?.state, 'OPEN');
    same('comments that say so', comments(lab, 0).filter((text) => /is over since/.test(text)).length, 1);
  },

  'another fails while the database is away: 503, and the ticket opens when it is back': async (lab) => {
    const failed = await lab.failedNotifications();
    await lab.services.killMariaDb();
    lab.show({ serial: SERVERS.second, slot: SLOT, failed: true });
    await until('it is refused', async () => {
      const answer = await fetch(`${lab.hubUrl}/hooks/alertmanager`, {
        ...{ method: 'POST', body: '{}', headers: { authorization: `Bearer ${lab.token}` } },
      });
      return answer.status === 503;
    });
    await until('Alertmanager has tried in vain', async () => (await lab.failedNotifications()) > failed + 1);
    await lab.services.startMariaDb();
    await until('the ticket opens', async () => (await ticketsOf(lab, SERVERS.second)).length > 0);
    await handled(lab);
    same('tickets', (await ticketsOf(lab, SERVERS.second)).length, 1);
    await until('its issue is made', async () => lab.jira.issues().length === 2);
  },

  'it is well again while web is away: that is told when it is back': async (lab) => {
    const failed = await lab.failedNotifications();
    await lab.stopWeb();
    lab.show({ serial: SERVERS.second, slot: SLOT, failed: false });
    await until('Alertmanager has tried in vain', async () => (await lab.failedNotifications()) > failed + 1);
    await lab.startWeb();
    await until('a comment says so', async () => comments(lab, 1).some((text) => /is over since/.test(text)));
    same('issues', lab.jira.issues().length, 2);
  },

  'it fails once more: the same ticket, and no other issue': async (lab) => {
    const before = (await symptomsOf(lab, SERVERS.second)).length;
    lab.show({ serial: SERVERS.second, slot: SLOT, failed: true });
    await until('it is a symptom', async () => (await symptomsOf(lab, SERVERS.second)).length > before);
    await until('it is counted', async () => Number((await ticketsOf(lab, SERVERS.second))[0]?.occurrences) === 2);
    same('tickets', (await ticketsOf(lab, SERVERS.second)).length, 1);
    same('issues', lab.jira.issues().length, 2);
  },
};

async function register({ db }: AlertLab, serial: string): Promise<void> {
  const now = toSql(new Date());
  await db('assets').insert({
    ...{ id: newId(), name: `real-${serial}`, vendor_serial: serial, lifecycle_state: 'IN_SERVICE' },
    ...{ state_since: now, created_at: now, updated_at: now },
  });
}

interface TicketRow {
  type: string;
  component: string;
  state: string;
  occurrences: number;
  external_key: string | null;
}

async function ticketsOf({ db }: AlertLab, serial: string): Promise<TicketRow[]> {
  return db('tickets')
    .join('assets', 'assets.id', 'tickets.asset_id')
    .where('vendor_serial', serial)
    .select('tickets.*');
}

async function symptomsOf({ db }: AlertLab, serial: string): Promise<{ state: string }[]> {
  const [asset] = await db('assets').where({ vendor_serial: serial }).select('id');
  return db('telemetry_events').where({ subject_id: asset.id }).select('*');
}

async function delivered({ db }: AlertLab): Promise<number> {
  return (await db('deliveries').where({ adapter: 'alertmanager' }).select('id')).length;
}

async function handled({ db }: AlertLab): Promise<void> {
  await until(
    'deliveries are handled',
    async () => (await db('deliveries').where({ state: 'pending' }).select('id')).length === 0,
  );
}

function comments({ jira }: AlertLab, issue: number): string[] {
  return (jira.issues()[issue]?.comments ?? []).map(({ body }) => JSON.stringify(body));
}

function same(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: ${String(found)}, not ${String(wanted)}`);
}

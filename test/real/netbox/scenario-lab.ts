import { netboxAdapter } from '#adapters/netbox/index.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import type { RecordChangeSeen, RecordObject, RecordObjects, RecordResult } from '#src/ports/record-objects.ts';
import type { RealNetbox } from '../netbox-server.ts';
import { send } from './doctor-lab.ts';
import { type Held, holdRow } from './held-row.ts';
import { runCommand } from './run-command.ts';

/** One hub, as its areas see NetBox: through the port only. What people and the database do goes around it. */
export interface ScenarioLab {
  netbox: Pick<RealNetbox, 'url' | 'token' | 'tokenV1' | 'psql' | 'backUp'>;
  records: RecordObjects;
  /** Another hub on the same NetBox. */
  other: RecordObjects;
  signal: AbortSignal;
}

export const MORE = { fields: ['name', 'site', 'description'], key: 'scenario' };

export async function withHubs(netbox: ScenarioLab['netbox'], act: (lab: ScenarioLab) => Promise<void>): Promise<void> {
  const hubs = [connect(netbox), connect(netbox)] as const;
  try {
    const [{ records }, { records: other }] = hubs;
    await act({ netbox, records, other, signal: AbortSignal.timeout(300_000) });
  } finally {
    for (const { close } of hubs) await close();
  }
}

function connect({ url, token }: ScenarioLab['netbox']): { records: RecordObjects; close(): Promise<void> } {
  const settings = netboxAdapter.Settings.parse({ url, token, requestsPerSecond: 1_000 });
  const connection = netboxAdapter.connect(settings, kitForTests('netbox'));
  const records = connection.provides.recordObjects;
  if (!records) throw new Error('the adapter has no recordObjects');
  return { records, close: async () => connection.close?.() };
}

export function made(results: readonly RecordResult[]): RecordObject[] {
  return results.map((result) => {
    if (result.outcome === 'written') return result.object;
    throw new Error(`not written: ${JSON.stringify(result)}`);
  });
}

/** `name 001` and so on, in the order of their names, which is that in which NetBox does a bulk. */
export async function makeDevices(lab: ScenarioLab, name: string, count: number): Promise<RecordObject[]> {
  const draft = { parentId: null, set: { name: `Site of ${name}`, status: 'active' } };
  const [site] = made(await lab.records.create('site', [draft], MORE, lab.signal));
  const set = { site: { id: site?.id }, device_type: { manufacturer: { name: 'Scenario' }, model: 'One' } };
  const drafts = Array.from({ length: count }, (_, index) => ({
    parentId: null,
    set: {
      ...{ ...set, role: { name: 'Server' }, status: 'planned' },
      name: `${name} ${String(index + 1).padStart(3, '0')}`,
    },
  }));
  return made(await lab.records.create('device', drafts, MORE, lab.signal));
}

export interface Since {
  seen: RecordChangeSeen[];
  cursor: string;
  reset: boolean;
}

/** All that the log says since, as many calls as that takes. */
export async function since(
  { records, signal }: ScenarioLab,
  types: readonly string[],
  cursor: string | null,
): Promise<Since> {
  const all: Since = { seen: [], cursor: cursor ?? '', reset: false };
  for (let after = cursor, more = true; more; after = all.cursor) {
    const answer = await records.changes({ types, cursor: after }, signal);
    all.seen.push(...answer.changes);
    all.cursor = answer.cursor;
    all.reset ||= answer.reset;
    more = answer.more;
  }
  return all;
}

/** A person's write. */
export async function byHand(lab: ScenarioLab, device: RecordObject, set: Record<string, unknown>): Promise<void> {
  await send(lab.netbox, 'PATCH', `dcim/devices/${device.id}/`, set);
}

/** In NetBox's database; the answer is what it printed. @throws Error */
export async function query({ netbox }: ScenarioLab, statement: string): Promise<string> {
  const ran = await runCommand([...netbox.psql, '-qAtX', '-v', 'ON_ERROR_STOP=1', '-c', statement]);
  if (ran.code !== 0) throw new Error(`psql failed:\n${ran.tail}`);
  return ran.output.trim();
}

/**
 * Holds a device, so that a write which comes to it waits in the middle of its transaction until `act` is done. `waits` is asked
 * after the write was begun.
 */
export async function whileHeld(
  lab: ScenarioLab,
  device: RecordObject | undefined,
  act: (waits: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const held: Held = await holdRow(lab.netbox.psql, `select id from dcim_device where id = ${device?.id} for update`);
  try {
    await act(async () => {
      const asked = `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      for (let tries = 0; (await query(lab, asked)) === '0'; tries += 1) {
        if (tries > 200) throw new Error('the write did not come to the device that is held');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
  } finally {
    await held.release();
  }
}

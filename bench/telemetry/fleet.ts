import { newId } from '#src/core/id.ts';
import type { Knex } from 'knex';
import { insertRows } from '#src/core/insert-rows.ts';
import type { TelemetryEvent } from '#src/health/symptom.ts';

export interface Fleet {
  ids: string[];
}

/** Servers straight into the table: what they are is not measured. */
export async function addServers(db: Knex, count: number): Promise<Fleet> {
  const ids = Array.from({ length: count }, () => newId());
  const at = '2026-01-01 00:00:00';
  await insertRows(
    db,
    'assets',
    [
      'id',
      'name',
      'vendor_serial',
      'manufacturer',
      'model',
      'site',
      'lifecycle_state',
      'state_since',
      'created_at',
      'updated_at',
    ],
    ids.map((id, nth) => [
      id,
      `node${nth}`,
      `SN${nth}`,
      'Dell Inc.',
      'PowerEdge R750',
      'ams1',
      'IN_SERVICE',
      at,
      at,
      at,
    ]),
  );
  return { ids };
}

/** Always the same ones: mulberry32. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) % below);
  };
}

/**
 * What a fleet says: 40 % temperatures within their limits, 25 % of types that no rule knows, 20 % single ECC errors and 10 % link errors (both
 * counted in windows), 5 % wear and reallocated sectors; one in a thousand is a fault that raises an alert.
 */
export function eventsOf(
  fleet: Fleet,
  count: number,
  { seed, until }: { seed: number; until: number },
): TelemetryEvent[] {
  const random = randomOf(seed);
  return Array.from({ length: count }, (_, nth) => {
    const asset = fleet.ids[random(fleet.ids.length)] ?? '';
    const occurred_at = new Date(until - (count - nth) * 3 - random(1000)).toISOString();
    return { asset, occurred_at, source: 'agent', ...saying(random) };
  });
}

function saying(random: (below: number) => number): Pick<TelemetryEvent, 'type' | 'component' | 'value' | 'message'> {
  const of = random(1000);
  if (of < 1) return { type: 'SMART_FAIL', component: `Disk.Bay.${random(8)}`, message: 'FAILING_NOW' };
  if (of < 400) return { type: 'TEMPERATURE', component: `CPU${random(2)}`, value: 40 + random(30) };
  if (of < 650) return { type: 'POWER_READING', component: `PSU ${random(2)}`, value: 200 + random(300) };
  if (of < 850)
    return {
      type: 'ECC_ERRORS',
      component: `DIMM.A${random(8)}`,
      value: 1,
      message: 'corrected by the memory controller',
    };
  if (of < 950) return { type: 'LINK_ERRORS', component: `eth${random(2)}`, value: 1 + random(5) };
  if (of < 975) return { type: 'DRIVE_WEAR', component: `Disk.Bay.${random(8)}`, value: random(60) };
  return { type: 'DRIVE_REALLOCATED', component: `Disk.Bay.${random(8)}`, value: random(5) };
}

/** Batches of which half is new and half was sent before, as reporters do that send their whole buffer again. */
export function batchesOf(events: readonly TelemetryEvent[], size: number, seed: number): TelemetryEvent[][] {
  const random = randomOf(seed);
  const half = size / 2;
  const batches: TelemetryEvent[][] = [];
  for (let at = 0; at < events.length; at += half) {
    const fresh = events.slice(at, at + half);
    // The first one has nothing before it: it says each of its own twice.
    const before = at === 0 ? fresh : fresh.map(() => events[random(at)] ?? fresh[0]);
    batches.push([...fresh, ...before.filter((event) => event !== undefined)]);
  }
  return batches;
}

import { readInventory } from '#src/history/inventory-reads.ts';
import { changeOf, dayOf } from './ingest-fleet.ts';
import { ingestFleet } from './ingest-phases.ts';
import { share, type Found } from './ingest-table.ts';
import type { IngestScale, Stand } from './ingest.ts';

const MONTHS = 12;
/** After all that the earlier parts have looked at. */
const FIRST_MONTH_DAY = 120;
const READS = 1_000;

/** What was in a server on some day of a year in which each server changed every month. */
export async function measureAsOf(stand: Stand, scale: IngestScale, say: (line: string) => void): Promise<Found[]> {
  if (!scale.only.includes('f')) return [];
  const started = performance.now();
  for (let month = 1; month <= MONTHS; month += 1) {
    const changes = (n: number) => Array.from({ length: month + 1 }, (_, nth) => changeOf(n, nth));
    await ingestFleet(stand, scale, FIRST_MONTH_DAY + month * 30, changes);
  }
  const [counted] = await stand.ctx.db('installations').count({ many: '*' });
  const assets: { id: string }[] = await stand.ctx.db('assets').where('vendor_serial', '<', 'C2200BN5').select('id');
  say(
    `a year of monthly changes through ingestBundles: ${MONTHS * scale.servers} bundles in ${((performance.now() - started) / 1000).toFixed(0)} s; ${counted?.many ?? 0} installations of ${assets.length} servers`,
  );
  const found: Found[] = [];
  for (const [what, knownAt] of [
    ['f. inventory as of a day', null],
    ['f. the same, as it was known at a time', new Date().toISOString()],
  ] as const) {
    const times: number[] = [];
    for (let nth = 0; nth < READS; nth += 1) {
      const id = assets[Math.floor(Math.random() * assets.length)]?.id ?? '';
      const asOf = dayOf(FIRST_MONTH_DAY + Math.random() * (MONTHS + 1) * 30).toISOString();
      const before = performance.now();
      const { components } = await readInventory(stand.ctx, { type: 'asset', id }, { asOf, knownAt });
      times.push(performance.now() - before);
      if (components.length < 38) throw new Error(`only ${components.length} parts in ${id} at ${asOf}`);
    }
    const p95 = share(times, 0.95);
    found.push({
      what: `${what}, among ${scale.servers * 40} parts`,
      figure: `p95 ${p95.toFixed(1)} ms, p50 ${share(times, 0.5).toFixed(1)} ms`,
      goal: {
        name: knownAt === null ? 'as-of-p95' : 'as-of-known-at-p95',
        value: p95,
        unit: 'ms',
        relation: '<=',
        target: 20,
      },
    });
  }
  return found;
}

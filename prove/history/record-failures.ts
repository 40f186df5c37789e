import type { Knex } from 'knex';
import { tx } from '#src/core/tx.ts';
import { recordFailure } from '#src/history/commands/record-failure.ts';
import { fromMoment } from '#src/history/moment.ts';
import { testCtx } from '#test/kit/test-database.ts';
import type { FleetCase } from './fleet-case.ts';

/** Somebody reports failures of parts that are known by now. @returns those */
export async function recordFailures(db: Knex, { failures }: FleetCase): Promise<FleetCase['failures']> {
  const known = new Set<string>(
    await db('components')
      .whereIn(
        'id',
        failures.map(({ componentId }) => componentId),
      )
      .pluck('id'),
  );
  const reported = failures.filter(({ componentId }) => known.has(componentId));
  for (const { componentId, at, confidence } of reported) {
    const report = { componentId, confidence, occurredAt: fromMoment(at), occurredAfter: null, note: null };
    await tx(
      testCtx(db),
      (inside) => recordFailure(inside, { ...report, mode: 'media-errors', source: 'person', sourceId: null }),
      { isolation: 'read committed' },
    );
  }
  return reported;
}

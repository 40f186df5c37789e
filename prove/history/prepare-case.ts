import type { Knex } from 'knex';
import { idFrom } from '#src/core/id.ts';
import type { FleetCase } from './fleet-case.ts';

const BEFORE = '2026-02-01 00:00:00';

/** What is in the database before the first bundle comes: bins, registered servers, failures that somebody recorded. */
export async function prepareCase(db: Knex, { namespace, locations, registered, failures }: FleetCase): Promise<void> {
  const times = { created_at: BEFORE, updated_at: BEFORE };
  await db('locations').insert(locations.map(({ id, name }) => ({ id, name, type: 'bin', ...times })));
  if (registered.length > 0)
    await db('assets').insert(
      registered.map(({ id, name, serial, uuid, bmcMac, tag }) => ({
        ...{ id, name, vendor_serial: serial, system_uuid: uuid, bmc_mac: bmcMac, asset_tag: tag },
        ...{ lifecycle_state: 'RECEIVED', state_since: BEFORE, ...times },
      })),
    );
  if (failures.length > 0)
    await db('failure_events').insert(
      failures.map(({ componentId, at, confidence }, index) => ({
        ...{ id: idFrom('failure', namespace, String(index)), component_id: componentId, occurred_at: at, confidence },
        ...{ mode: 'media', source: 'person', recorded_by: 'prove', recorded_at: BEFORE },
      })),
    );
}

import type { Knex } from 'knex';
import type { FleetCase } from './fleet-case.ts';

const BEFORE = '2026-02-01 00:00:00';

/** What is in the database before the first bundle comes: bins and registered servers. */
export async function prepareCase(db: Knex, { locations, registered }: FleetCase): Promise<void> {
  const times = { created_at: BEFORE, updated_at: BEFORE };
  await db('locations').insert(locations.map(({ id, name }) => ({ id, name, type: 'bin', ...times })));
  if (registered.length > 0)
    await db('assets').insert(
      registered.map(({ id, name, serial, uuid, bmcMac, tag }) => ({
        ...{ id, name, vendor_serial: serial, system_uuid: uuid, bmc_mac: bmcMac, asset_tag: tag },
        ...{ lifecycle_state: 'RECEIVED', state_since: BEFORE, ...times },
      })),
    );
}

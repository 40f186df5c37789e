import type { Database, Row } from './database.ts';
import { withDescendants } from './derive.ts';
import type { ModelName } from './model.ts';

/**
 * What NetBox moves with one SQL statement when a rack or a location goes to another place: no webhook, no change-log row, the same
 * last_updated. A full compare is the only way to learn of it.
 */
export function moveAlong(database: Database, name: ModelName, before: Row, after: Row): void {
  if (name === 'rack' && (before.site !== after.site || before.location !== after.location)) {
    for (const device of database.by('device', 'rack', after.id))
      database.set('device', device, { site: after.site, location: after.location });
  }
  if (name !== 'location' || before.site === after.site) return;
  for (const place of withDescendants(database, 'location', after.id)) {
    const location = database.find('location', place);
    if (location && location.id !== after.id) database.set('location', location, { site: after.site });
    for (const model of ['rack', 'device'] as const) {
      for (const row of database.by(model, 'location', place)) database.set(model, row, { site: after.site });
    }
  }
}

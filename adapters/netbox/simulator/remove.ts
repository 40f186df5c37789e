import type { Database, Row } from './database.ts';
import { MODELS, titleOf, type ModelName } from './model.ts';

/** The delete that NetBox refuses with 409. */
export class Protected extends Error {}

export interface Removed {
  model: ModelName;
  row: Row;
}

/** The object and what goes with it, children first; nothing is deleted yet. @throws Protected */
export function planRemoval(database: Database, name: ModelName, row: Row): Removed[] {
  const holders =
    PROTECTING[name]?.flatMap(({ model, column }) =>
      database
        .all(model)
        .filter((one) => one[column] === row.id)
        .map((one) => ({ model, one })),
    ) ?? [];
  if (holders.length > 0) {
    const list = holders.map(({ model, one }) => `${titleOf(database, model, one)} (${one.id})`).join(', ');
    throw new Protected(`Unable to delete object. ${holders.length} dependent objects were found: ${list}`);
  }
  const children: Removed[] = [];
  if (name === 'device') {
    for (const one of database.all('interface'))
      if (one.device === row.id) children.push(...planRemoval(database, 'interface', one));
  }
  if (name === 'interface') {
    for (const model of ['macAddress', 'ipAddress'] as const) {
      for (const one of database.all(model)) {
        if (one.assigned_object_type === 'dcim.interface' && one.assigned_object_id === row.id)
          children.push({ model, row: one });
      }
    }
  }
  return [...children, { model: name, row }];
}

/** Deletes it, and empties the references that NetBox sets to null. */
export function remove(database: Database, { model, row }: Removed): void {
  database.delete(model, row.id);
  for (const [other, { fields }] of Object.entries(MODELS) as [ModelName, (typeof MODELS)[ModelName]][]) {
    for (const [column, field] of Object.entries(fields)) {
      if (field.kind === 'ref' && field.to === model && field.nullable) {
        for (const one of database.all(other)) if (one[column] === row.id) one[column] = null;
      }
      if (field.kind === 'tags' && model === 'tag') {
        for (const one of database.all(other)) one[column] = (one[column] as number[]).filter((id) => id !== row.id);
      }
    }
  }
}

const PROTECTING: Partial<Record<ModelName, { model: ModelName; column: string }[]>> = {
  site: [
    { model: 'device', column: 'site' },
    { model: 'rack', column: 'site' },
  ],
  rack: [{ model: 'device', column: 'rack' }],
  manufacturer: [{ model: 'deviceType', column: 'manufacturer' }],
  deviceType: [{ model: 'device', column: 'device_type' }],
  deviceRole: [{ model: 'device', column: 'role' }],
  choiceSet: [{ model: 'customField', column: 'choice_set' }],
};

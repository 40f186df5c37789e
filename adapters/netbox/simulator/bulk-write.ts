import { atLeast } from 'netbox-client';
import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import type { ApiCall } from './api-call.ts';
import { bulkAnswer, entriesOf, faultOf, idFault, rolledBackIf, type BulkError } from './bulk-errors.ts';
import type { Row } from './database.ts';
import type { Model } from './model.ts';
import { checkIfMatch, isWhole, mayBe } from './object-api.ts';
import { change, destroy } from './operations.ts';
import { orderOf } from './ordering.ts';
import { readFields, wantedFields } from './projection.ts';
import { rendering, shaper } from './render.ts';
import type { Body } from './write.ts';

/** PATCH, PUT or DELETE of a list of objects with their ids: all or none. */
export function writeMany(call: ApiCall, model: Model, bodies: unknown[]): SimulatedAnswer {
  return atLeast(call.world.version, '4.7') ? writeMany47(call, model, bodies) : writeManyBefore(call, model, bodies);
}

/** Every entry is answered for, and one that cannot be found spoils all. */
function writeMany47(call: ApiCall, model: Model, bodies: unknown[]): SimulatedAnswer {
  const entries = entriesOf(bodies, (id) => visible(call, model, id) !== undefined);
  if ('refused' in entries) return entries.refused;
  const errors: BulkError[] = [];
  rolledBackIf(call.world.database, errors, () => {
    for (const row of inModelOrder(call, model, entries.ids)) {
      try {
        writeOne(call, model, row, entries.bodies.get(row.id) ?? {});
      } catch (error) {
        errors.push({ id: row.id, ...faultOf(error) });
      }
    }
  });
  if (errors.length > 0)
    return bulkAnswer(bodies.length, errors, call.request.method === 'DELETE' ? 'deleted' : 'updated');
  return written(call, model, entries.ids);
}

/** Up to 4.6 what is not there (or not to be seen) is skipped without a word, and the first fault is the answer. */
function writeManyBefore(call: ApiCall, model: Model, bodies: unknown[]): SimulatedAnswer {
  const faults = bodies.map((body) => idFault(body, 'non_field_errors'));
  if (faults.some((fault) => Object.keys(fault).length > 0)) return { status: 400, body: faults };
  // Of two entries for one object the last counts.
  const byId = new Map(bodies.map((body) => [Number((body as Body).id), body as Body]));
  call.world.database.atomically(() => {
    for (const row of inModelOrder(call, model, [...byId.keys()])) writeOne(call, model, row, byId.get(row.id) ?? {});
  });
  return written(call, model, [...byId.keys()]);
}

function writeOne(call: ApiCall, model: Model, row: Row, body: Body): void {
  const { request, operation } = call;
  checkIfMatch(call, row);
  if (request.method === 'DELETE') return destroy(operation, model.name, row, body);
  change(operation, model.name, row, readFields(call, model, body), isWhole(call, model));
  mayBe(call, model, row);
}

function written(call: ApiCall, model: Model, ids: readonly number[]): SimulatedAnswer {
  const { request, world, url } = call;
  if (request.method === 'DELETE') return { status: 204 };
  const show = shaper(rendering(world.database, world.version, url.origin), model.name, wantedFields(call, model));
  return { status: 200, body: inModelOrder(call, model, ids).map(show) };
}

/** Those that are there and to be seen, in the order of the model and not of the request: so the real one writes and answers. */
function inModelOrder(call: ApiCall, model: Model, ids: readonly number[]): Row[] {
  const rows = ids.map((id) => visible(call, model, id)).filter((row) => row !== undefined);
  return rows.toSorted(orderOf(call.world.database, model.name, null) ?? ((a, b) => a.id - b.id));
}

function visible({ world, access }: ApiCall, model: Model, id: number): Row | undefined {
  const row = world.database.find(model.name, id);
  return row && access.sees?.(model.name, row) === false ? undefined : row;
}

import { atLeast } from 'netbox-client';
import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import type { ApiCall } from './api-call.ts';
import { bulkAnswer, faultOf, rolledBackIf, type BulkError } from './bulk-errors.ts';
import type { Row } from './database.ts';
import type { Model } from './model.ts';
import { mayBe } from './object-api.ts';
import { create } from './operations.ts';
import { readNewFields, wantedFields } from './projection.ts';
import { pythonType } from './read-values.ts';
import { rendering, shaper } from './render.ts';
import { contextOf } from './tell.ts';
import { newColumns, notADictionary, type Body } from './write.ts';
import { Crash, Invalid } from './refusals.ts';

/** All or none. */
export function createMany(call: ApiCall, model: Model, bodies: unknown[]): SimulatedAnswer {
  return atLeast(call.world.version, '4.7') ? createMany47(call, model, bodies) : createManyBefore(call, model, bodies);
}

/** One after the other; each entry is answered for. */
function createMany47(call: ApiCall, model: Model, bodies: unknown[]): SimulatedAnswer {
  const errors: BulkError[] = [];
  const rows: Row[] = [];
  rolledBackIf(call.world.database, errors, () => {
    for (const [index, body] of bodies.entries()) {
      try {
        rows.push(createRow(call, model, body));
      } catch (error) {
        errors.push({ index, ...faultOf(error) });
      }
    }
  });
  return errors.length > 0 ? bulkAnswer(bodies.length, errors, 'created') : made(call, model, rows);
}

/**
 * Up to 4.6 all are checked before any is saved, each against what is there and not against the others; devices alone are made one
 * after the other, and the first fault is the whole answer.
 */
function createManyBefore(call: ApiCall, model: Model, bodies: unknown[]): SimulatedAnswer {
  const apart = model.name !== 'device';
  if (!apart && bodies.length === 0)
    throw new Crash(
      "cannot access local variable 'serializer' where it is not associated with a value",
      'UnboundLocalError',
    );
  if (apart) {
    const faults = bodies.map((body) => faultBefore(call, model, body));
    if (faults.some((fault) => Object.keys(fault).length > 0)) return { status: 400, body: faults };
  }
  const rows = call.world.database.atomically(() =>
    bodies.map((body) => {
      try {
        return createRow(call, model, body);
      } catch (error) {
        if (apart && error instanceof Invalid)
          throw new Crash('duplicate key value violates unique constraint', 'IntegrityError');
        throw error;
      }
    }),
  );
  return made(call, model, rows);
}

function faultBefore(call: ApiCall, model: Model, body: unknown): Body {
  try {
    newColumns(contextOf(call.operation), model.name, dictionary(call, model, body));
    return {};
  } catch (error) {
    return faultOf(error).errors;
  }
}

function createRow(call: ApiCall, model: Model, body: unknown): Row {
  const row = create(call.operation, model.name, dictionary(call, model, body));
  mayBe(call, model, row);
  return row;
}

function dictionary(call: ApiCall, model: Model, body: unknown): Body {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return readNewFields(call, model, body as Body);
  throw notADictionary(call.world.version, pythonType(body));
}

/** In the order of the request. */
function made(call: ApiCall, model: Model, rows: Row[]): SimulatedAnswer {
  const { world, url } = call;
  const show = shaper(rendering(world.database, world.version, url.origin), model.name, wantedFields(call, model));
  return { status: 201, body: rows.map(show) };
}

import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import type { Database } from './database.ts';
import { pythonType } from './read-values.ts';
import { Forbidden, Invalid } from './refusals.ts';
import { Protected } from './remove.ts';
import type { Body } from './write.ts';

export interface BulkError {
  index?: number;
  id?: number;
  errors: Body;
  status: number;
}

/** What one entry did wrong; anything else ends the whole request. */
export function faultOf(error: unknown): { errors: Body; status: number } {
  if (error instanceof Invalid) return { status: 400, errors: error.errors };
  if (error instanceof Protected)
    return {
      status: 409,
      errors: { __all__: [`Unable to delete: ${error.count} dependent object(s) prevent deletion.`] },
    };
  if (error instanceof Forbidden)
    return {
      status: 403,
      errors: { __all__: ['You do not have permission to perform this action on this object.'] },
    };
  throw error;
}

class RolledBack extends Error {}

/** The work in one transaction, which is undone when it left errors. */
export function rolledBackIf(database: Database, errors: readonly BulkError[], work: () => void): void {
  try {
    database.atomically(() => {
      work();
      if (errors.length > 0) throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
}

/** 4.7. 403 before 409 before 400: whichever would stand if the others were put right. */
export function bulkAnswer(total: number, errors: readonly BulkError[], verb: string): SimulatedAnswer {
  const status = [403, 409].find((one) => errors.some((error) => error.status === one)) ?? 400;
  return {
    status,
    body: {
      detail: `${errors.length} of ${total} objects could not be ${verb}.`,
      errors: errors.map(({ status: _status, ...error }) => error),
    },
  };
}

export interface Entries {
  ids: number[];
  bodies: ReadonlyMap<number, Body>;
}

/**
 * 4.7: which object each entry is about; or the refusal of all, when one of them is about none, about one twice, or about one that
 * is not there.
 */
export function entriesOf(bodies: unknown[], exists: (id: number) => boolean): Entries | { refused: SimulatedAnswer } {
  const total = bodies.length;
  const faults = bodies
    .map((body, index) => ({ index, errors: idFault(body, '__all__') }))
    .filter(({ errors }) => Object.keys(errors).length > 0);
  if (faults.length > 0) return refuse(`${faults.length} of ${total} objects failed validation.`, faults);
  const ids = bodies.map((body) => Number((body as Body).id));
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const doubles = [...counts]
    .filter(([, count]) => count > 1)
    .map(([id, count]) => about(id, `Each object may be specified only once; ID ${id} is listed ${count} times`));
  if (doubles.length > 0) return refuse(`${doubles.length} of ${total} objects are listed more than once.`, doubles);
  const missing = ids.filter((id) => !exists(id)).map((id) => about(id, `Object with ID ${id} does not exist`));
  if (missing.length > 0) return refuse(`${missing.length} of ${total} objects could not be found.`, missing);
  return { ids, bodies: new Map(bodies.map((body) => [Number((body as Body).id), body as Body])) };
}

/** What is wrong with an entry that should name an object; empty: nothing. */
export function idFault(body: unknown, nonField: string): Body {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { [nonField]: [`Invalid data. Expected a dictionary, but got ${pythonType(body)}.`] };
  const { id } = body as Body;
  if (id === undefined) return { id: ['This field is required.'] };
  return /^-?\d+$/.test(String(id)) ? {} : { id: ['A valid integer is required.'] };
}

function about(id: number, message: string): { id: number; errors: Body } {
  return { id, errors: { id: [message] } };
}

function refuse(detail: string, errors: object[]): { refused: SimulatedAnswer } {
  return { refused: { status: 400, body: { detail, errors } } };
}

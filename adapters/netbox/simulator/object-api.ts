import { atLeast } from 'netbox-client';
import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import { notAllowed, notJson, type ApiCall } from './api-call.ts';
import type { Row } from './database.ts';
import type { Model } from './model.ts';
import { change, destroy } from './operations.ts';
import { readFields, wantedFields } from './projection.ts';
import { pythonType } from './read-values.ts';
import { Forbidden, PreconditionFailed } from './refusals.ts';
import { rendering, shaper } from './render.ts';
import { notADictionary, type Body } from './write.ts';

export function onObject(call: ApiCall, model: Model, id: number): SimulatedAnswer {
  const { request, world, operation, access } = call;
  if (request.method === 'POST') return notAllowed(request);
  const row = world.database.find(model.name, id);
  if (!row || access.sees?.(model.name, row) === false)
    return { status: 404, body: { detail: `No ${model.label} matches the given query.` } };
  if (request.method === 'GET' || request.method === 'HEAD') return objectAnswer(call, model, row, 200);
  if (request.method === 'DELETE') {
    world.database.atomically(() => {
      checkIfMatch(call, row);
      destroy(operation, model.name, row, (request.json ?? {}) as Body);
    });
    return { status: 204 };
  }
  const body = request.json ?? {};
  if (request.json === undefined && request.body.length > 0) return notJson(request) ?? notAllowed(request);
  if (typeof body !== 'object' || Array.isArray(body)) throw notADictionary(world.version, pythonType(body));
  world.database.atomically(() => {
    checkIfMatch(call, row);
    change(operation, model.name, row, readFields(call, model, body as Body), isWhole(call, model));
    mayBe(call, model, row);
  });
  return objectAnswer(call, model, row, 200);
}

/** A PUT that names its fields is like a PATCH of those. */
export function isWhole(call: ApiCall, model: Model): boolean {
  return call.request.method === 'PUT' && wantedFields(call, model) === undefined;
}

/** The written object must be one that the user may write: checked after saving, and all is undone. @throws Forbidden */
export function mayBe({ access }: ApiCall, model: Model, row: Row): void {
  if (access.sees?.(model.name, row) === false) throw new Forbidden();
}

/** 4.6+. One header for all objects of a bulk: each one's ETag must be in it. @throws PreconditionFailed */
export function checkIfMatch({ request, world }: ApiCall, row: Row): void {
  const wanted = atLeast(world.version, '4.6') ? request.headers['if-match'] : undefined;
  if (wanted === undefined || wanted === '*' || wanted.split(',').some((one) => one.trim() === etagOf(row))) return;
  throw new PreconditionFailed(etagOf(row));
}

export function objectAnswer(call: ApiCall, model: Model, row: Row, status: number): SimulatedAnswer {
  const { world, url } = call;
  const wanted = wantedFields(call, model);
  const show = shaper(rendering(world.database, world.version, url.origin), model.name, wanted);
  const headers: Record<string, string> = atLeast(world.version, '4.6') ? { etag: etagOf(row) } : {};
  if (status === 201 && (wanted?.('url') ?? true)) headers.location = `${url.origin}${model.path}${row.id}/`;
  return { status, headers, body: show(row) };
}

function etagOf(row: Row): string {
  return `W/"${row.last_updated.replace('Z', '+00:00')}"`;
}

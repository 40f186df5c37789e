import { atLeast } from 'netbox-client';
import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import { notJson, type ApiCall } from './api-call.ts';
import { createMany } from './bulk-create.ts';
import { writeMany } from './bulk-write.ts';
import type { Row } from './database.ts';
import { select } from './filter.ts';
import type { Model } from './model.ts';
import { mayBe, objectAnswer } from './object-api.ts';
import { create } from './operations.ts';
import { pageOf } from './paging.ts';
import { readNewFields, wantedFields } from './projection.ts';
import { noList, nonField, pythonType } from './read-values.ts';
import { rendering, shaper } from './render.ts';
import { notADictionary, type Body } from './write.ts';

/** Fewer rows are made as quickly as found. */
const MANY = 200;

export function onList(call: ApiCall, model: Model): SimulatedAnswer {
  const { request, world } = call;
  if (request.method === 'GET' || request.method === 'HEAD') return list(call, model);
  const body = request.json;
  const broken = body === undefined ? notJson(request) : undefined;
  if (broken) return broken;
  if (request.method === 'POST' && !Array.isArray(body)) return createOne(call, model, body ?? {});
  if (!Array.isArray(body)) return noListAnswer(world.version, body);
  return request.method === 'POST' ? createMany(call, model, body) : writeMany(call, model, body);
}

function list(call: ApiCall, model: Model): SimulatedAnswer {
  const { database, version } = call.world;
  const { sees, token } = call.access;
  const reader = sees ? { key: token.token, sees: (row: Row) => sees(model.name, row) } : { key: '' };
  const selection = select(call.world, model.name, call.url.searchParams, reader);
  call.ignored(selection.ignored);
  const page = pageOf(database, selection, call.url, atLeast(version, '4.6'));
  const { count, next, previous, rows } = page;
  function body(): object {
    const show = shaper(rendering(database, version, call.url.origin), model.name, wantedFields(call, model));
    return { count, next, previous, results: rows.map(show) };
  }
  if (rows.length < MANY || sees) return { status: 200, body: body() };
  const kept = call.world.answers.get(`${model.name} ${call.url.href}`, body);
  return { status: 200, headers: { 'content-type': 'application/json' }, body: kept };
}

function createOne(call: ApiCall, model: Model, body: unknown): SimulatedAnswer {
  if (typeof body !== 'object' || body === null) throw notADictionary(call.world.version, pythonType(body));
  const row = call.world.database.atomically(() => {
    const made = create(call.operation, model.name, readNewFields(call, model, body as Body));
    mayBe(call, model, made);
    return made;
  });
  return objectAnswer(call, model, row, 201);
}

function noListAnswer(version: string, body: unknown): SimulatedAnswer {
  if (!atLeast(version, '4.7')) return { status: 400, body: { [nonField(version)]: [noList(body ?? {})] } };
  const nothing = body === undefined || body === null || body === '' || JSON.stringify(body) === '{}';
  const detail = nothing
    ? 'Expected a list of objects, but no data was submitted.'
    : `Expected a list of objects, but got ${pythonType(body)}.`;
  return { status: 400, body: { detail } };
}

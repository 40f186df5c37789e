import { atLeast } from 'netbox-client';
import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import type { Row } from './database.ts';
import { BadFilter, filterRows } from './filter.ts';
import { MODELS, MODEL_NAMES, type Model, type ModelName } from './model.ts';
import { change, create, destroy, type Operation, type World } from './operations.ts';
import { BadPaging, pageOf } from './paging.ts';
import { Protected } from './remove.ts';
import { render, type Rendering } from './render.ts';
import { Crash, Invalid } from './write.ts';

export interface ApiCall {
  world: World;
  request: SimulatedRequest;
  /** With the query, as the client wrote it. */
  url: URL;
  operation: Operation;
  mayWrite: boolean;
}

type Body = Record<string, unknown>;

const NOT_ALLOWED: SimulatedAnswer = {
  status: 403,
  body: { detail: 'You do not have permission to perform this action.' },
};

/** The lists and objects of the contract. Undefined: no such endpoint. */
export function answerApi(call: ApiCall): SimulatedAnswer | undefined {
  const { request, mayWrite } = call;
  const model = MODEL_NAMES.map((name) => MODELS[name]).find((one) => request.path.startsWith(one.path));
  if (!model) return undefined;
  const rest = request.path.slice(model.path.length);
  const id = /^(\d+)\/$/.exec(rest)?.[1];
  if (rest !== '' && id === undefined) return undefined;
  if (request.method === 'OPTIONS') return options(model, mayWrite, id !== undefined);
  if (request.method !== 'GET' && !mayWrite) return NOT_ALLOWED;
  try {
    return id === undefined ? onList(call, model) : onObject(call, model, Number(id));
  } catch (error) {
    return errorAnswer(error, call.world.version);
  }
}

function errorAnswer(error: unknown, version: string): SimulatedAnswer {
  if (error instanceof Invalid) return { status: 400, body: error.errors };
  if (error instanceof BadFilter) return { status: 400, body: { [error.field]: [error.message] } };
  if (error instanceof BadPaging) return { status: 400, body: [error.message] };
  if (error instanceof Protected) return { status: 409, body: { detail: error.message } };
  if (error instanceof Crash)
    return { status: 500, body: { error: error.message, exception: 'ValidationError', netbox_version: version } };
  throw error;
}

function onList(call: ApiCall, model: Model): SimulatedAnswer {
  const { request, world } = call;
  if (request.method === 'GET') return list(call, model);
  if (!['POST', 'PATCH', 'DELETE'].includes(request.method))
    return { status: 405, body: { detail: `Method "${request.method}" not allowed.` } };
  const body = request.json;
  if (typeof body !== 'object' || body === null) return notJson(request);
  if (request.method === 'POST' && !Array.isArray(body)) {
    const row = create(call.operation, model.name, body as Body);
    return objectAnswer(call, model.name, row, 201);
  }
  if (!Array.isArray(body)) return { status: 400, body: { detail: 'Expected a list of items.' } };
  const rollBack = world.database.savepoint();
  const errors: Body[] = [];
  const rows: Row[] = [];
  for (const [index, one] of (body as Body[]).entries()) {
    try {
      rows.push(bulkOne(call, model.name, one));
    } catch (error) {
      if (!(error instanceof Invalid)) {
        rollBack();
        throw error;
      }
      errors.push({ ...(request.method === 'POST' ? { index } : { id: one.id }), errors: error.errors });
    }
  }
  if (errors.length > 0) {
    rollBack();
    const verb = { POST: 'created', PATCH: 'updated', DELETE: 'deleted' }[request.method];
    return {
      status: 400,
      body: { detail: `${errors.length} of ${body.length} objects could not be ${verb}.`, errors },
    };
  }
  if (request.method === 'DELETE') return { status: 204 };
  return {
    status: request.method === 'POST' ? 201 : 200,
    body: rows.map((row) => render(rendering(call), model.name, row)),
  };
}

function bulkOne({ operation, request, world }: ApiCall, name: ModelName, body: Body): Row {
  if (request.method === 'POST') return create(operation, name, body);
  const row = world.database.find(name, body.id);
  if (!row) throw new Invalid({ id: ['Object not found.'] });
  if (request.method === 'PATCH') change(operation, name, row, body);
  else destroy(operation, name, row, body);
  return row;
}

function onObject(call: ApiCall, model: Model, id: number): SimulatedAnswer {
  const { request, world, operation } = call;
  const row = world.database.find(model.name, id);
  if (!row) return { status: 404, body: { detail: `No ${model.label} matches the given query.` } };
  if (request.method === 'GET') return objectAnswer(call, model.name, row, 200);
  const wanted = atLeast(world.version, '4.6') ? request.headers['if-match'] : undefined;
  if (wanted !== undefined && wanted !== '*' && !wanted.split(/,\s*/).includes(etagOf(row))) {
    return { status: 412, headers: { etag: etagOf(row) }, body: { detail: 'Precondition failed.' } };
  }
  if (request.method === 'DELETE') {
    destroy(operation, model.name, row, (request.json ?? {}) as Body);
    return { status: 204 };
  }
  if (request.method !== 'PATCH' && request.method !== 'PUT')
    return { status: 405, body: { detail: `Method "${request.method}" not allowed.` } };
  if (typeof request.json !== 'object' || request.json === null) return notJson(request);
  change(operation, model.name, row, request.json as Body);
  return objectAnswer(call, model.name, row, 200);
}

function list(call: ApiCall, model: Model): SimulatedAnswer {
  const rows = filterRows(call.world.database, model.name, call.url.searchParams);
  const page = pageOf(rows, call.url, atLeast(call.world.version, '4.6'));
  const results = page.rows.map((row) => pick(render(rendering(call), model.name, row), model, call.url.searchParams));
  return { status: 200, body: { count: page.count, next: page.next, previous: page.previous, results } };
}

function objectAnswer(call: ApiCall, name: ModelName, row: Row, status: number): SimulatedAnswer {
  const shape = render(rendering(call), name, row);
  const headers: Record<string, string> = atLeast(call.world.version, '4.6') ? { etag: etagOf(row) } : {};
  if (status === 201) headers.location = String(shape.url);
  return {
    status,
    headers,
    body: call.request.method === 'GET' ? pick(shape, MODELS[name], call.url.searchParams) : shape,
  };
}

/** `fields` wins over `omit` wins over `brief`. */
function pick(shape: Body, model: Model, query: URLSearchParams): Body {
  const fields = query.get('fields')?.split(',');
  if (fields) return Object.fromEntries(Object.entries(shape).filter(([name]) => fields.includes(name)));
  const omit = query.get('omit')?.split(',');
  if (omit) return Object.fromEntries(Object.entries(shape).filter(([name]) => !omit.includes(name)));
  if (!query.has('brief')) return shape;
  return Object.fromEntries(
    Object.entries(shape).filter(([name]) => ['id', 'url', 'display', ...model.brief].includes(name)),
  );
}

function options(model: Model, mayWrite: boolean, detail: boolean): SimulatedAnswer {
  const columns = Object.fromEntries(
    Object.entries(model.fields).map(([name, field]) => {
      const choices =
        field.choices && Object.entries(field.choices).map(([value, display_name]) => ({ value, display_name }));
      return [
        name,
        {
          type: 'field',
          required: field.required ?? false,
          read_only: false,
          label: name,
          ...(choices ? { choices } : {}),
        },
      ];
    }),
  );
  const actions = detail ? { PUT: columns } : { POST: columns, PUT: columns };
  return {
    status: 200,
    body: { name: `${model.label} List`, renders: ['application/json'], ...(mayWrite ? { actions } : {}) },
  };
}

function notJson({ body }: SimulatedRequest): SimulatedAnswer {
  const detail =
    body.length === 0
      ? 'Invalid data. Expected a dictionary, but got str.'
      : 'JSON parse error - Expecting value: line 1 column 1 (char 0)';
  return { status: 400, body: { detail } };
}

function etagOf(row: Row): string {
  return `W/"${row.last_updated.replace('Z', '+00:00')}"`;
}

function rendering({ world, url }: ApiCall): Rendering {
  return { database: world.database, version: world.version, origin: url.origin };
}

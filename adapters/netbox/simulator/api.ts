import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import { notAllowed, type ApiCall } from './api-call.ts';
import { answerAvailableIps } from './available-ips.ts';
import { BadFilter } from './filter-shape.ts';
import { MODELS, MODEL_NAMES } from './model.ts';
import { onObject } from './object-api.ts';
import { onList } from './list-api.ts';
import { options } from './options-api.ts';
import { BadPaging } from './paging.ts';
import { Crash, Forbidden, Invalid, PreconditionFailed } from './refusals.ts';
import { Protected } from './remove.ts';

const ACTIONS = { GET: 'view', HEAD: 'view', POST: 'add', PUT: 'change', PATCH: 'change', DELETE: 'delete' } as const;
const NOT_FOUND = { status: 404, body: { detail: 'Not found.' } };
const NOT_ALLOWED = 'You do not have permission to perform this action.';

/** The lists and objects of the models. Undefined: no such endpoint. */
export function answerApi(call: ApiCall): SimulatedAnswer | undefined {
  const { request, access } = call;
  const moved = withSlash(call);
  if (moved) return moved;
  const model = MODEL_NAMES.map((name) => MODELS[name]).find((one) => request.path.startsWith(one.path));
  if (!model) return undefined;
  const [, id, rest] = /^(?:(\d+)\/)?(.*)$/.exec(request.path.slice(model.path.length)) ?? [];
  try {
    if (model.name === 'prefix' && id !== undefined && rest === 'available-ips/')
      return answerAvailableIps(call, Number(id));
    if (rest !== '') return id === undefined && /^[^/]+\/$/.test(rest ?? '') ? NOT_FOUND : undefined;
    if (request.method === 'OPTIONS') return options(call, model, id !== undefined);
    const action = ACTIONS[request.method as keyof typeof ACTIONS];
    if (!action || (model.readOnly && action !== 'view')) return notAllowed(request);
    if (!access.may(model.name, action)) return { status: 403, body: { detail: NOT_ALLOWED } };
    return id === undefined ? onList(call, model) : onObject(call, model, Number(id));
  } catch (error) {
    return errorAnswer(error, call);
  }
}

/** Whoever reads without the last slash is sent on; a write without it finds nothing. */
function withSlash({ request, url }: ApiCall): SimulatedAnswer | undefined {
  if (request.method !== 'GET' || request.path.endsWith('/')) return undefined;
  const path = `${request.path}/`;
  const known = MODEL_NAMES.some(
    (name) => path.replace(/(?<=\/)[^/]+\/$/, '') === MODELS[name].path || path === MODELS[name].path,
  );
  return known ? { status: 301, headers: { location: `${path}${url.search}` }, body: '' } : undefined;
}

function errorAnswer(error: unknown, { world }: ApiCall): SimulatedAnswer {
  if (error instanceof Invalid) return { status: 400, body: error.errors };
  if (error instanceof BadFilter) return { status: 400, body: { [error.field]: [error.message] } };
  if (error instanceof BadPaging) return { status: 400, body: [error.message] };
  if (error instanceof Protected) return { status: 409, body: { detail: error.message } };
  if (error instanceof Forbidden) return { status: 403, body: { detail: NOT_ALLOWED } };
  if (error instanceof PreconditionFailed)
    return { status: 412, headers: { etag: error.etag }, body: { detail: 'Precondition failed.' } };
  if (error instanceof Crash)
    return {
      status: 500,
      body: {
        error: error.message,
        exception: error.exception,
        netbox_version: world.version,
        python_version: '3.12.1',
      },
    };
  throw error;
}

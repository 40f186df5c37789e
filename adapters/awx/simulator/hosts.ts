import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import { parse as parseYaml } from 'yaml';
import type { Row } from './lists.ts';
import type { Renderer } from './render.ts';
import type { AwxStore, SimulatedHost } from './store.ts';

export function createHost(
  store: AwxStore,
  render: Renderer,
  inventory: number,
  request: SimulatedRequest,
): SimulatedAnswer {
  const body = asRow(request.json);
  const name = body['name'];
  if (typeof name !== 'string' || name.trim() === '')
    return { status: 400, body: { name: ['This field is required.'] } };
  const problem = checkVariables(body['variables']);
  if (problem !== undefined) return problem;
  const groups = store.inventories.find((one) => one.id === inventory)?.groups ?? [];
  if (groups.includes(name)) return { status: 400, body: { __all__: ['A Group with that name already exists.'] } };
  if (store.hostNamed(inventory, name) !== undefined)
    return { status: 400, body: { __all__: ['Host with this Name and Inventory already exists.'] } };
  return { status: 201, body: render.host(store.addHost({ inventory, name, ...pick(body) })) };
}

export function hostAnswer(
  store: AwxStore,
  render: Renderer,
  host: SimulatedHost,
  request: SimulatedRequest,
): SimulatedAnswer {
  if (request.method === 'GET') return { status: 200, body: render.host(host) };
  if (request.method === 'DELETE') {
    store.hosts.delete(host.id);
    return { status: 204 };
  }
  if (request.method !== 'PATCH' && request.method !== 'PUT')
    return { status: 405, body: { detail: `Method "${request.method}" not allowed.` } };
  const body = asRow(request.json);
  const problem = checkVariables(body['variables']);
  if (problem !== undefined) return problem;
  const name = typeof body['name'] === 'string' ? body['name'] : host.name;
  const taken = store.hostNamed(host.inventory, name);
  if (taken !== undefined && taken.id !== host.id)
    return { status: 400, body: { __all__: ['Host with this Name and Inventory already exists.'] } };
  Object.assign(host, pick(body), { name, modified: Date.now() });
  return { status: 200, body: render.host(host) };
}

function checkVariables(value: unknown): SimulatedAnswer | undefined {
  if (value === undefined || value === '') return undefined;
  try {
    const parsed: unknown = typeof value === 'string' ? parseYaml(value) : undefined;
    if (typeof parsed === 'object' && !Array.isArray(parsed)) return undefined;
  } catch {
    // falls through to the same refusal
  }
  return {
    status: 400,
    body: {
      variables: ['Cannot parse as JSON (error: Expecting value) or YAML (error: Input type is not a dictionary).'],
    },
  };
}

function pick(body: Row): Partial<SimulatedHost> {
  const text = (name: 'description' | 'instance_id' | 'variables'): object =>
    typeof body[name] === 'string' ? { [name]: body[name] } : {};
  return {
    ...text('description'),
    ...text('instance_id'),
    ...text('variables'),
    ...(typeof body['enabled'] === 'boolean' ? { enabled: body['enabled'] } : {}),
  };
}

function asRow(value: unknown): Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Row) : {};
}

import type { SimulatedAnswer } from '#src/kit/simulator.ts';

const TEXT = { type: 'string', required: false, read_only: false, filterable: true };
const NUMBER = { type: 'integer', required: false, read_only: true, filterable: true };

const FIELDS: Record<string, Record<string, object>> = {
  job_templates: {
    id: NUMBER,
    name: { ...TEXT, required: true },
    description: TEXT,
    inventory: { ...TEXT, type: 'id' },
    playbook: TEXT,
    status: TEXT,
  },
  inventories: {
    id: NUMBER,
    name: { ...TEXT, required: true },
    description: TEXT,
    organization: { ...TEXT, type: 'id' },
  },
  hosts: {
    id: NUMBER,
    name: { ...TEXT, required: true },
    description: TEXT,
    inventory: { ...TEXT, type: 'id', required: true },
    enabled: { ...TEXT, type: 'boolean' },
    instance_id: TEXT,
    variables: TEXT,
  },
  jobs: {
    id: NUMBER,
    name: TEXT,
    status: TEXT,
    limit: TEXT,
    job_template: { ...TEXT, type: 'id' },
    extra_vars: { ...TEXT, filterable: false },
  },
  launch: { extra_vars: { ...TEXT, type: 'json' }, inventory: { ...TEXT, type: 'id' }, limit: TEXT },
};
const ALLOW: Record<string, [list: string[], detail: string[]]> = {
  job_templates: [['GET'], ['GET']],
  inventories: [['GET'], ['GET']],
  hosts: [
    ['GET', 'POST'],
    ['GET', 'PUT', 'PATCH', 'DELETE'],
  ],
  jobs: [['GET'], ['GET', 'DELETE']],
  launch: [
    ['GET', 'POST'],
    ['GET', 'POST'],
  ],
};

/** `OPTIONS`: the `awx` command line is built from its `actions` and from the header `Allow` of `…/1/`. */
export function optionsAnswer(path: string): SimulatedAnswer {
  const parts = path.split('/').filter((part) => part !== '');
  const name = parts.findLast((part) => Object.hasOwn(FIELDS, part)) ?? '';
  const fields = FIELDS[name] ?? {};
  const [list, detail] = ALLOW[name] ?? [['GET'], ['GET']];
  const methods = /^\d+$/.test(parts.at(-1) ?? '') ? detail : list;
  const actions: Record<string, object> = { GET: fields };
  if (methods.includes('POST')) actions['POST'] = fields;
  if (methods.includes('PUT')) actions['PUT'] = fields;
  return {
    status: 200,
    headers: { allow: [...methods, 'HEAD', 'OPTIONS'].join(', ') },
    body: {
      name,
      description: '',
      renders: ['application/json'],
      parses: ['application/json'],
      actions,
      types: [name.replace(/s$/, '')],
      search_fields: ['name', 'description'],
      max_page_size: 200,
    },
  };
}

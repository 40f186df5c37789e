import { UNKNOWN } from './format.js';
import { h } from './h.js';
import { createList } from './list.js';
import { registryList } from './registry-list.js';
import { csvButton } from './save-file.js';
import { when } from './when.js';

const ARCHIVED = /** @type {const} */ ({
  name: 'archived',
  api: 'archived',
  label: 'Archived',
  none: 'not shown',
  options: [
    ['true', 'only those'],
    ['any', 'shown too'],
  ],
});

/** @param {string | null} text */
const cell = (text) => text ?? h('span', { class: 'dim' }, UNKNOWN);

/** Whose the servers are. */
export async function customersPage() {
  /** @type {ReturnType<typeof createList<any>>} */
  const list = createList({
    path: '/v1/customers',
    title: 'Customers',
    filters: [{ name: 'q', api: 'q', label: 'Name' }, ARCHIVED],
    sort: { first: 'name' },
    tools: csvButton('/v1/customers', 'customers', () => list.query()),
    columns: [
      {
        title: 'Name',
        head: true,
        sort: 'name',
        cell: (customer) => h('a', { href: `/ui/registry/projects?customer=${customer.id}` }, customer.name),
      },
      { title: 'External id', sort: 'external_id', cell: (customer) => cell(customer.external_id) },
      {
        title: 'Notes',
        wide: true,
        cell: (customer) => h('span', { class: 'clip long', title: customer.notes }, customer.notes ?? ''),
      },
      { title: 'Changed', sort: 'updated_at', cell: (customer) => when(customer.updated_at, { only: 'age' }) },
      { title: '', cell: (customer) => customer.archived && h('span', { class: 'chip' }, 'archived') },
    ],
    key: (customer) => customer.id,
    empty: h(
      'p',
      null,
      'There are no customers yet. ',
      h('code', null, 'POST /v1/customers'),
      ' adds one, ',
      h('code', null, 'POST /v1/customers/bulk'),
      ' many.',
    ),
  });
  return registryList('Customers', list, '/v1/customers/');
}

/** What the servers are for. */
export async function projectsPage() {
  /** @type {ReturnType<typeof createList<any>>} */
  const list = createList({
    path: '/v1/projects',
    title: 'Projects',
    filters: [
      { name: 'q', api: 'q', label: 'Name or code' },
      ARCHIVED,
      { name: 'customer', api: 'customer_id', label: 'Customer (id)', hidden: true },
    ],
    sort: { first: 'name' },
    tools: csvButton('/v1/projects', 'projects', () => list.query()),
    columns: [
      {
        title: 'Name',
        head: true,
        sort: 'name',
        cell: (project) => h('a', { href: `/ui/?project=${project.id}`, title: 'Its servers' }, project.name),
      },
      { title: 'Code', sort: 'code', cell: (project) => cell(project.code) },
      {
        title: 'Customer',
        sort: 'customer',
        cell: (project) => h('a', { href: `/ui/registry/projects?customer=${project.customer_id}` }, project.customer),
      },
      {
        title: 'Notes',
        wide: true,
        cell: (project) => h('span', { class: 'clip long', title: project.notes }, project.notes ?? ''),
      },
      { title: 'Changed', sort: 'updated_at', cell: (project) => when(project.updated_at, { only: 'age' }) },
      { title: '', cell: (project) => project.archived && h('span', { class: 'chip' }, 'archived') },
    ],
    key: (project) => project.id,
    empty: h(
      'p',
      null,
      'There are no projects yet. ',
      h('code', null, 'POST /v1/projects'),
      ' adds one, ',
      h('code', null, 'POST /v1/projects/bulk'),
      ' many.',
    ),
  });
  return registryList('Projects', list, '/v1/projects/');
}

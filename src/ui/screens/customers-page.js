import { casesAbout, casesHref } from './cases-about.js';
import { UNKNOWN } from './format.js';
import { h } from './h.js';
import { listPage } from './list-page.js';
import { registryTabs } from './registry-tabs.js';
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
  return listPage({
    heading: 'Registry',
    tabs: registryTabs(),
    isAbout: (event) => event.subject.startsWith('/v1/customers/'),
    path: '/v1/customers',
    title: 'Customers',
    filters: [{ name: 'q', api: 'q', label: 'Name' }, ARCHIVED],
    sort: { first: 'name' },
    csv: 'customers',
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
      { title: 'Cases', cell: (customer) => h('a', { href: casesHref('customer', customer.id) }, 'of others') },
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
}

/** What the servers are for. */
export async function projectsPage() {
  const customer = () => new URLSearchParams(location.search).get('customer');
  return listPage({
    heading: 'Registry',
    tabs: registryTabs(),
    isAbout: (event) => event.subject.startsWith('/v1/projects/'),
    aside: (signal) => casesAbout('customer', customer, signal),
    path: '/v1/projects',
    title: 'Projects',
    filters: [
      { name: 'q', api: 'q', label: 'Name or code' },
      ARCHIVED,
      { name: 'customer', api: 'customer_id', label: 'Customer (id)', hidden: true },
    ],
    sort: { first: 'name' },
    csv: 'projects',
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
      { title: 'Cases', cell: (project) => h('a', { href: casesHref('project', project.id) }, 'of others') },
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
}

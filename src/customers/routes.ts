import { z } from 'zod';
import { BulkAnswer, bulkBody, runBulk, wantedVersion } from '../core/bulk.ts';
import { HubError } from '../core/error.ts';
import { pageOf } from '../core/page.ts';
import { get, patch, post, type Route } from '../core/route.ts';
import { answerSorted, sortedQuery } from '../core/sorted-list.ts';
import { IdParams } from '../core/schemas.ts';
import { createCustomer } from './commands/create-customer.ts';
import { saveCustomer } from './commands/save-customer.ts';
import { updateCustomer } from './commands/update-customer.ts';
import { CustomerChanges, CustomerInput } from './model.ts';
import { type Customer, CUSTOMER_ORDER, findCustomer, listCustomers } from './reads.ts';
import { CUSTOMER_COLUMNS, CustomerView, viewCustomer } from './views.ts';

const tag = 'Customers';

export const customerRoutes: Route[] = [
  get(
    {
      id: 'listCustomers',
      path: '/v1/customers',
      summary: 'List customers, or export them as CSV',
      tag,
      scope: 'registry:read',
      query: z.object({
        q: z.string().trim().min(1).max(100).optional().meta({ description: 'Beginning of its name' }),
        external_id: z.string().max(100).optional(),
        archived: z.enum(['false', 'true', 'any']).default('false'),
        ...sortedQuery(CUSTOMER_ORDER, 'name'),
      }),
      answers: { 200: { says: 'A page of them', schema: pageOf(CustomerView).meta({ id: 'CustomerPage' }) } },
    },
    async (ctx, { query }) => {
      const { q, external_id: externalId, archived } = query;
      return answerSorted({
        ...{ columns: CUSTOMER_ORDER, query, view: viewCustomer, csv: CUSTOMER_COLUMNS, file: 'customers.csv' },
        read: (order, limit) => listCustomers(ctx, { q, externalId, archived, order, limit }),
      });
    },
  ),
  get(
    {
      id: 'getCustomer',
      path: '/v1/customers/{id}',
      summary: 'One customer',
      tag,
      scope: 'registry:read',
      params: IdParams,
      answers: { 200: { says: 'The customer', schema: CustomerView } },
    },
    async (ctx, { params }) => {
      const customer = await findCustomer(ctx, params.id);
      if (!customer) throw new HubError('not-found', `There is no customer ${params.id}`);
      return answer(200, customer);
    },
  ),
  post(
    {
      id: 'createCustomer',
      path: '/v1/customers',
      summary: 'Add a customer',
      tag,
      scope: 'registry:write',
      body: CustomerInput,
      answers: { 201: { says: 'Added', schema: CustomerView } },
    },
    async (tx, { body }) => answer(201, await createCustomer(tx, body)),
  ),
  patch(
    {
      id: 'updateCustomer',
      path: '/v1/customers/{id}',
      summary: 'Change a customer; archive one that has no projects in use',
      tag,
      scope: 'registry:write',
      params: IdParams,
      body: CustomerChanges,
      answers: { 200: { says: 'As it is now', schema: CustomerView } },
    },
    async (tx, { params, body, headers }) => {
      const version = wantedVersion(headers, body.version);
      return answer(200, await updateCustomer(tx, { id: params.id, changes: body, version }));
    },
  ),
  post(
    {
      id: 'saveCustomers',
      path: '/v1/customers/bulk',
      summary: 'Add or change up to 1,000 customers by their names, as JSON or text/csv',
      tag,
      scope: 'registry:write',
      body: bulkBody('CustomerInput'),
      answers: { 200: { says: 'One result per item, in their order', schema: BulkAnswer } },
    },
    async (tx, { body, headers }) =>
      runBulk({
        ...{ body, headers, Item: CustomerInput, numbers: [] },
        keyOf: (item) => item.name,
        save: (item) => saveCustomer(tx, item),
      }),
  ),
];

function answer(status: number, customer: Customer) {
  const headers = {
    etag: `"${customer.version}"`,
    ...(status === 201 ? { location: `/v1/customers/${customer.id}` } : {}),
  };
  return { status, headers, body: viewCustomer(customer) };
}

import { z } from 'zod';
import type { CsvColumn } from '../core/csv.ts';
import { Nullable, Time } from '../core/schemas.ts';
import type { Customer, NamedProject } from './reads.ts';

export const CustomerView = z
  .object({
    id: z.string(),
    name: z.string(),
    external_id: Nullable.text,
    notes: Nullable.text,
    archived: z.boolean(),
    archived_at: Nullable.time,
    created_at: Time,
    updated_at: Time,
    version: z.int().meta({ description: 'For `version` or If-Match of a change' }),
  })
  .meta({ id: 'Customer' });

export function viewCustomer(customer: Customer): z.infer<typeof CustomerView> {
  return {
    id: customer.id,
    name: customer.name,
    external_id: customer.externalId,
    notes: customer.notes,
    archived: customer.archivedAt !== null,
    archived_at: customer.archivedAt,
    created_at: customer.createdAt,
    updated_at: customer.updatedAt,
    version: customer.version,
  };
}

export const CUSTOMER_COLUMNS: CsvColumn<Customer>[] = CustomerView.keyof().options.map((name) => ({
  name,
  of: (customer) => viewCustomer(customer)[name],
}));

export const ProjectView = z
  .object({
    id: z.string(),
    customer_id: z.string(),
    customer: z.string(),
    name: z.string(),
    code: Nullable.text,
    notes: Nullable.text,
    archived: z.boolean(),
    archived_at: Nullable.time,
    created_at: Time,
    updated_at: Time,
    version: z.int().meta({ description: 'For `version` or If-Match of a change' }),
  })
  .meta({ id: 'Project' });

export function viewProject(project: NamedProject): z.infer<typeof ProjectView> {
  return {
    id: project.id,
    customer_id: project.customerId,
    customer: project.customer,
    name: project.name,
    code: project.code,
    notes: project.notes,
    archived: project.archivedAt !== null,
    archived_at: project.archivedAt,
    created_at: project.createdAt,
    updated_at: project.updatedAt,
    version: project.version,
  };
}

export const PROJECT_COLUMNS: CsvColumn<NamedProject>[] = ProjectView.keyof().options.map((name) => ({
  name,
  of: (project) => viewProject(project)[name],
}));

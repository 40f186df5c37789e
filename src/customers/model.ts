import { z } from 'zod';
import { Id } from '../core/schemas.ts';

const text = (max: number) => z.string().trim().min(1).max(max);
/** Shown in lists, messages and file names: no line breaks or other control characters. */
const Name = text(100).regex(/^\P{Cc}*$/u, 'has a control character (a line break, a tab) in it: take it out');
const Code = text(64).regex(/^\P{Cc}*$/u, 'has a control character in it: take it out');
const Notes = text(2000);
const Archived = z
  .boolean()
  .optional()
  .meta({ description: 'true: out of the lists; refused while it holds anything' });
const Version = z
  .int()
  .min(1)
  .optional()
  .meta({ description: 'The version that was read; refused when it has changed meanwhile. Or send If-Match' });

/** Absent fields are left as they are on an update; null clears. */
export const CustomerInput = z
  .strictObject({
    name: Name,
    external_id: Name.nullish().meta({ description: 'Its number in billing or CRM' }),
    notes: Notes.nullish(),
  })
  .meta({ id: 'CustomerInput' });
export type CustomerInput = z.infer<typeof CustomerInput>;

export const CustomerChanges = z
  .strictObject({ ...CustomerInput.partial().shape, archived: Archived, version: Version })
  .meta({ id: 'CustomerChanges' });
export type CustomerChanges = z.infer<typeof CustomerChanges>;

export const ProjectInput = z
  .strictObject({
    customer_id: Id.optional(),
    customer: Name.optional().meta({ description: 'Its name, instead of customer_id' }),
    name: Name.meta({ description: 'Once per customer' }),
    code: Code.nullish().meta({ description: 'Short and unique, e.g. for labels' }),
    notes: Notes.nullish(),
  })
  .refine((input) => (input.customer_id === undefined) !== (input.customer === undefined), {
    path: ['customer'],
    message: 'say whose it is: either customer_id or customer (its name)',
  })
  .meta({ id: 'ProjectInput' });
export type ProjectInput = z.infer<typeof ProjectInput>;

export const ProjectChanges = z
  .strictObject({
    name: Name.optional(),
    code: Code.nullish(),
    notes: Notes.nullish(),
    archived: Archived,
    version: Version,
  })
  .meta({ id: 'ProjectChanges' });
export type ProjectChanges = z.infer<typeof ProjectChanges>;

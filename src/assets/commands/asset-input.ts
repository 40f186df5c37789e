import { z } from 'zod';
import { Id } from '../../core/schemas.ts';
import { lifecycle } from '../model.ts';

const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u, 'has a control character (a line break, a tab) in it: take it out');

/** Whoever enters one by hand has not met its BMC: that it is discovered, the hub says. */
const FirstState = z.enum(lifecycle.initial).exclude(['DISCOVERED']);

const fields = {
  name: text(64).nullish(),
  serial: text(100).nullish(),
  asset_tag: text(64).nullish(),
  manufacturer: text(100).nullish(),
  model: text(150).nullish(),
  location_id: Id.nullish().meta({ description: 'Where it stands; null takes it out' }),
  position: z
    .number()
    .min(1)
    .max(100)
    .multipleOf(0.5)
    .nullish()
    .meta({ description: 'The lowest unit of the rack that it fills; halves are allowed' }),
  height_u: z
    .number()
    .min(0)
    .max(60)
    .multipleOf(0.5)
    .optional()
    .meta({ description: 'How many units it fills; 1 where nothing is said, 0 for what fills none' }),
  project_id: Id.nullish().meta({ description: 'Whom it serves; null takes it out' }),
};

/** Absent fields are left as they are on an update; null clears. */
export const AssetInput = z
  .strictObject({
    ...fields,
    location: text(1000).optional().meta({ description: 'Its path instead of location_id, e.g. "ams1 / rack 12"' }),
    project: text(64).optional().meta({ description: 'The code of the project, instead of project_id' }),
    state: FirstState.optional().meta({
      description: 'Where its life begins: else by where it stands. A server that is known already keeps its own',
    }),
  })
  .superRefine((input, ctx) => {
    const refuse = (field: string, message: string): void => ctx.addIssue({ code: 'custom', path: [field], message });
    if (!input.name && !input.serial && !input.asset_tag)
      refuse('name', 'say at least one of name, serial and asset_tag: it could not be found again');
    if (input.location !== undefined && input.location_id !== undefined)
      refuse('location', 'say location_id or location, not both');
    if (input.project !== undefined && input.project_id !== undefined)
      refuse('project', 'say project_id or project, not both');
  })
  .meta({ id: 'AssetInput' });
export type AssetInput = z.infer<typeof AssetInput>;

export const AssetChanges = z
  .strictObject({
    ...fields,
    version: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'The version that was read; refused when it has changed meanwhile. Or send If-Match' }),
  })
  .meta({ id: 'AssetChanges' });
export type AssetChanges = z.infer<typeof AssetChanges>;

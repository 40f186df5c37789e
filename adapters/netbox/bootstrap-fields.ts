import type { CreateBody, PatchBody } from 'netbox-client';
import type { z } from 'zod';
import { AdapterError } from '#src/ports/adapter-error.ts';
import { type BootstrapStep, settle, type Settled, type Settling, withMissing } from './bootstrap-step.ts';
import { OWN_FIELDS, type OwnField } from './custom-fields.ts';
import { ChoiceSet, CustomField } from './schema.ts';

const DEVICE = 'dcim.device';

type WantedField = Omit<OwnField, 'type'> & { type: OwnField['type'] | 'select'; choiceSet: number | null };

/** The choices of the lifecycle, its field, and the other fields that the hub writes. */
export async function bootstrapFields(settling: Settling): Promise<BootstrapStep[]> {
  const choices = await bootstrapChoiceSet(settling);
  const steps = [choices.step];
  const { lifecycle, signal } = settling.options;
  const wanted: WantedField[] = [
    {
      name: lifecycle.field,
      label: 'Lifecycle state',
      type: 'select',
      description: 'State of the server in the hub, which writes it',
      choiceSet: choices.id,
    },
    ...OWN_FIELDS.map((field) => ({ ...field, choiceSet: null })),
  ];
  const name = wanted.map((field) => field.name);
  const there = await settling.client.list('customFields', { name }, CustomField, { signal });
  for (const field of wanted) {
    const found = there.find((one) => one.name === field.name);
    steps.push(await bootstrapField(settling, field, found));
  }
  return steps;
}

async function bootstrapChoiceSet({ client, options }: Settling): Promise<Settled> {
  const { lifecycle, key, signal } = options;
  const name = lifecycle.choiceSet;
  const wanted: unknown[][] = Object.values(lifecycle.states).map((state) => [state.value, state.label]);
  const [found] = await client.list('choiceSets', { name: [name] }, ChoiceSet, { signal });
  const have = new Set(found?.extra_choices.map(([value]) => value));
  const missing = wanted.filter(([value]) => !have.has(value));
  const patch: PatchBody<'choiceSets'> =
    found && missing.length > 0 ? { extra_choices: [...found.extra_choices, ...missing] } : {};
  return settle(options, {
    object: 'choice set',
    name,
    found: found && { id: found.id, patch },
    create: async () => {
      const body = {
        name,
        description: 'Server states of the hub',
        extra_choices: wanted,
        order_alphabetically: false,
      };
      return (await client.create('choiceSets', body, ChoiceSet, { signal, message: key })).value.id;
    },
    update: (id) => client.update('choiceSets', id, patch, ChoiceSet, { signal, message: key }),
  });
}

/** @throws AdapterError rejected where a field of that name has another type: NetBox cannot change it, and its values are somebody's */
async function bootstrapField(
  { client, options }: Settling,
  { name, label, type, description, choiceSet }: WantedField,
  found: z.infer<typeof CustomField> | undefined,
): Promise<BootstrapStep> {
  const { key, signal } = options;
  if (found && found.type !== type) {
    throw new AdapterError(
      'rejected',
      `netbox: the custom field ${name} exists as ${found.type}, the hub needs ${type}`,
      { system: 'netbox', detail: { customField: found.id, type: found.type } },
    );
  }
  const patch: PatchBody<'customFields'> = {};
  const types = found && withMissing(found.object_types, [DEVICE]);
  if (types) patch.object_types = types;
  if (found && choiceSet !== null && found.choice_set?.id !== choiceSet) patch.choice_set = choiceSet;
  const { step } = await settle(options, {
    object: 'custom field',
    name,
    found: found && { id: found.id, patch },
    create: async () => {
      const body: CreateBody<'customFields'> = {
        ...{ name, label, type, description, choice_set: choiceSet },
        group_name: 'Hub',
        object_types: [DEVICE],
        required: false,
        filter_logic: 'exact',
        // A switch has none of these: empty rows on its page would only be in the way.
        ui_visible: 'if-set',
        ui_editable: 'no',
        is_cloneable: false,
        // No default, ever: NetBox would write it into every device at once.
      };
      return (await client.create('customFields', body, CustomField, { signal, message: key })).value.id;
    },
    update: (id) => client.update('customFields', id, patch, CustomField, { signal, message: key }),
  });
  return step;
}

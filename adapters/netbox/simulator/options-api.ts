import { atLeast } from 'netbox-client';
import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import type { ApiCall } from './api-call.ts';
import type { Model } from './model.ts';

/** What may be written, and how: `actions` names only methods that the token may use. Constraints do not show in it. */
export function options({ access, world }: ApiCall, model: Model, detail: boolean): SimulatedAnswer {
  const columns = Object.fromEntries(
    Object.entries(model.fields)
      .filter(([, field]) => field.since === undefined || atLeast(world.version, field.since))
      .map(([name, field]) => {
        const choices =
          field.choices && Object.entries(field.choices).map(([value, display_name]) => ({ value, display_name }));
        return [
          name,
          {
            type: 'field',
            required: field.required ?? false,
            read_only: field.readOnly ?? false,
            label: name,
            ...(choices ? { choices } : {}),
          },
        ];
      }),
  );
  const actions: Record<string, unknown> = {};
  if (!model.readOnly && access.may(model.name, 'change')) actions.PUT = columns;
  if (!model.readOnly && !detail && access.may(model.name, 'add')) actions.POST = columns;
  return {
    status: 200,
    body: {
      name: `${model.label} List`,
      description: '',
      renders: ['application/json', 'text/html'],
      parses: ['application/json', 'multipart/form-data'],
      ...(Object.keys(actions).length > 0 ? { actions } : {}),
    },
  };
}

import { atLeast } from 'netbox-client';
import type { ApiCall } from './api-call.ts';
import type { Model } from './model.ts';
import { briefNames } from './render.ts';
import type { Body } from './write.ts';
import { Invalid } from './refusals.ts';

/** Which fields the query asks for: `fields` wins over `omit` (4.5.2+) wins over `brief`. Undefined: all. */
export function wantedFields({ request, url, world }: ApiCall, model: Model): ((field: string) => boolean) | undefined {
  const query = url.searchParams;
  const fields = query.get('fields');
  if (fields) return isOneOf(fields.split(','));
  const omit = atLeast(world.version, '4.5.2') ? query.get('omit') : null;
  if (omit) return isNoneOf(omit.split(','));
  // Whatever the value says, even "false".
  if (query.get('brief') && request.method === 'GET') return isOneOf(briefNames(model.name));
  // Gone in 4.7, where it is one more parameter that nobody knows.
  const exclude = atLeast(world.version, '4.7') ? null : query.get('exclude');
  return exclude === 'config_context' ? isNoneOf([exclude]) : undefined;
}

/** What a write takes of its body: fields that are not asked for are not read either, not even the change-log message. */
export function readFields(call: ApiCall, model: Model, body: Body): Body {
  const wanted = wantedFields(call, model);
  return wanted ? Object.fromEntries(Object.entries(body).filter(([name]) => wanted(name))) : body;
}

/** The same for what is made, which fails without what it needs. @throws Invalid */
export function readNewFields(call: ApiCall, model: Model, body: Body): Body {
  const wanted = wantedFields(call, model);
  const left = Object.entries(model.fields).filter(([name, field]) => field.required && wanted?.(name) === false);
  const errors = left.map(([name, { kind }]) => [name, [`This field cannot be ${kind === 'ref' ? 'null' : 'blank'}.`]]);
  if (errors.length > 0) throw new Invalid(Object.fromEntries(errors));
  return readFields(call, model, body);
}

function isOneOf(names: readonly string[]): (field: string) => boolean {
  const wanted = new Set(names);
  return (field) => wanted.has(field);
}

function isNoneOf(names: readonly string[]): (field: string) => boolean {
  const unwanted = new Set(names);
  return (field) => !unwanted.has(field);
}

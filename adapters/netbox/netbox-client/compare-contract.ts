import { atLeast } from './api-version.ts';

/** As much of OpenAPI 3.0 as both sides use. */
export interface Schema {
  $ref?: string;
  type?: string;
  nullable?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  enum?: unknown[];
  'x-undocumented'?: boolean;
  'x-since'?: string;
  [other: string]: unknown;
}
export interface Parameter {
  $ref?: string;
  name?: string;
  in?: string;
  schema?: Schema;
  'x-documented-since'?: string;
  'x-since'?: string;
}
interface Content {
  $ref?: string;
  content?: Record<string, { schema?: Schema }>;
}
interface Operation {
  parameters?: Parameter[];
  requestBody?: Content;
  responses?: Record<string, Content>;
}
export interface OpenApi {
  paths: Record<string, Partial<Record<'get' | 'post' | 'patch', Operation>>>;
  components: {
    schemas: Record<string, Schema>;
    parameters?: Record<string, Parameter>;
    responses?: Record<string, Content>;
  };
}

/**
 * What of `ours` is not in `theirs`, one line each; empty when all is there with a type that fits. Reading: each of our fields exists, and
 * what they may send we accept. Writing: each of our fields exists, takes our type, and nothing that they require is missing.
 */
export function mismatches(ours: OpenApi, theirs: OpenApi, version: string): string[] {
  const found: string[] = [];
  const compare = { ours, theirs, version, found };
  for (const [path, operations] of Object.entries(ours.paths)) {
    const their = theirs.paths[path];
    if (!their) {
      found.push(`no path ${path}`);
      continue;
    }
    for (const method of ['get', 'post', 'patch'] as const) {
      const operation = operations[method];
      if (operation) compareOperation(compare, `${method.toUpperCase()} ${path}`, operation, their[method]);
    }
  }
  return [...new Set(found)];
}

interface Compare {
  ours: OpenApi;
  theirs: OpenApi;
  version: string;
  found: string[];
}

function compareOperation(compare: Compare, at: string, ours: Operation, theirs: Operation | undefined): void {
  if (!theirs) return void compare.found.push(`no ${at}`);
  for (const reference of ours.parameters ?? []) compareParameter(compare, at, reference, theirs);
  const body = schemaOf(compare.ours, ours.requestBody);
  const theirBody = schemaOf(compare.theirs, theirs.requestBody);
  if (body && !theirBody) compare.found.push(`${at}: takes no body`);
  else if (body && theirBody) compareWritten(compare, `${at} body`, body, theirBody);
  for (const status of ['200', '201']) {
    const answer = schemaOf(compare.ours, ours.responses?.[status]);
    const theirAnswer = schemaOf(compare.theirs, theirs.responses?.[status]);
    if (answer && !theirAnswer) compare.found.push(`${at}: does not answer ${status}`);
    else if (answer && theirAnswer) compareRead(compare, `${at} ${status}`, answer, theirAnswer);
  }
}

function compareParameter(
  { ours, theirs, version, found }: Compare,
  at: string,
  reference: Parameter,
  operation: Operation,
): void {
  const parameter = deref(ours, reference);
  if (parameter.in !== 'query') return;
  const since = parameter['x-since'] ?? parameter['x-documented-since'];
  if (since !== undefined && !atLeast(version, since)) return;
  const their = (operation.parameters ?? [])
    .map((one) => deref(theirs, one))
    .find((one) => one.name === parameter.name && one.in === 'query');
  if (!their) return void found.push(`${at}: no parameter ${parameter.name}`);
  const [type, theirType] = [typeOf(ours, parameter.schema), typeOf(theirs, their.schema)];
  if (!fits(type, theirType)) found.push(`${at}: parameter ${parameter.name} is ${theirType} there, ${type} here`);
}

/** What they send must be what we expect. */
function compareRead(compare: Compare, at: string, oursIn: Schema, theirsIn: Schema): void {
  const { ours, theirs, found, version } = compare;
  const our = flat(ours, oursIn);
  const their = flat(theirs, theirsIn);
  if (our['x-undocumented']) return;
  if (our.type === undefined && !our.properties) return;
  // Generators drop `nullable` beside a bare $ref: only what is said counts.
  if (their.nullable && !our.nullable) found.push(`${at}: may be null`);
  const type = typeName(their);
  if (!fits(type, typeName(our))) return void found.push(`${at}: is ${type} there, ${typeName(our)} here`);
  if (our.type === 'array' && our.items && their.items) compareRead(compare, `${at}[]`, our.items, their.items);
  for (const [name, property] of Object.entries(our.properties ?? {})) {
    if (property['x-since'] && !atLeast(version, property['x-since'])) continue;
    const other = their.properties?.[name];
    if (!other) found.push(`${at}.${name}: not there`);
    else compareRead(compare, `${at}.${name}`, property, other);
  }
}

/** What we send must be what they take; several forms (one object or a list, an id or a brief object) are any of them. */
function compareWritten(compare: Compare, at: string, oursIn: Schema, theirsIn: Schema): void {
  const { ours, theirs, found, version } = compare;
  const our = flat(ours, oursIn);
  const forms = formsOf(theirs, theirsIn).filter((form) => fits(typeName(our), typeName(form)));
  const [their] = forms;
  if (our.type === undefined) return;
  if (!their) return void found.push(`${at}: takes no ${typeName(our)}`);
  if (our.nullable && !formsOf(theirs, theirsIn).some((form) => form.nullable) && !flat(theirs, theirsIn).nullable)
    found.push(`${at}: takes no null`);
  if (our.type === 'array' && our.items && their.items) compareWritten(compare, `${at}[]`, our.items, their.items);
  if (!our.properties) return;
  for (const [name, property] of Object.entries(our.properties)) {
    if (property['x-undocumented'] || (property['x-since'] && !atLeast(version, property['x-since']))) continue;
    const others = forms.map((form) => form.properties?.[name]).filter((one) => one !== undefined);
    if (others.length === 0) found.push(`${at}.${name}: not there`);
    else
      compareWritten(
        compare,
        `${at}.${name}`,
        property,
        others.length === 1 && others[0] ? others[0] : { oneOf: others },
      );
  }
  for (const name of our.required === undefined ? [] : (their.required ?? [])) {
    if (!our.required?.includes(name)) found.push(`${at}.${name}: required there, optional here`);
  }
}

function schemaOf(document: OpenApi, content: Content | undefined): Schema | undefined {
  if (!content) return undefined;
  return deref(document, content).content?.['application/json']?.schema;
}

function deref<T extends { $ref?: string }>(document: OpenApi, value: T): T {
  if (value.$ref === undefined) return value;
  const [, , kind = '', name = ''] = value.$ref.split('/');
  const found = (document.components as Record<string, Record<string, unknown> | undefined>)[kind]?.[name];
  if (!found) throw new Error(`${value.$ref} points nowhere`);
  return found as T;
}

/** Without $ref and allOf. */
function flat(document: OpenApi, schema: Schema): Schema {
  const here = deref(document, schema);
  if (!here.allOf) return here;
  const { allOf, ...rest } = here;
  let merged: Schema = {};
  for (const part of allOf) {
    const one = flat(document, part);
    merged = { ...merged, ...one, properties: { ...merged.properties, ...one.properties } };
  }
  return { ...merged, ...rest, properties: { ...merged.properties, ...rest.properties } };
}

function formsOf(document: OpenApi, schema: Schema): Schema[] {
  const here = flat(document, schema);
  const forms = here.oneOf ?? here.anyOf;
  return forms ? forms.flatMap((form) => formsOf(document, form)) : [here];
}

function typeOf(document: OpenApi, schema: Schema | undefined): string {
  if (!schema) return 'any';
  const here = flat(document, schema);
  return here.type === 'array' ? `list of ${typeOf(document, here.items)}` : typeName(here);
}

function typeName(schema: Schema): string {
  return schema.type ?? (schema.properties && Object.keys(schema.properties).length > 0 ? 'object' : 'any');
}

/** Whether a value of the one type is one of the other. */
function fits(given: string, expected: string): boolean {
  if (given === expected || given === 'any' || expected === 'any') return true;
  if (given === 'integer' && expected === 'number') return true;
  // One value or a list of it: NetBox's filters take repeated keys either way.
  return given === expected.replace('list of ', '') || given.replace('list of ', '') === expected;
}

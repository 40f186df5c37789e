import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';
import { corpusPath } from '#test/kit/corpus.ts';

/** One request and what came back. */
export interface Exchange {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  contentType: string | undefined;
  body: unknown;
  status: number;
  answer: string;
}

const Spec = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
const Content = z.record(z.string(), z.object({ schema: z.unknown().optional() }));
const Operation = z.object({
  operationId: z.string(),
  requestBody: z.object({ content: Content }).optional(),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), schema: z.unknown() })).optional(),
  responses: z.record(z.string(), z.object({ content: Content }).partial()),
});

/** What does not fit Atlassian's documents, with the operations that were seen. */
export interface Judge {
  problems(exchange: Exchange): string[];
  /** `operationId status`, of all that fitted an operation. */
  seen: Set<string>;
}

export function readCorpus(...parts: string[]): unknown {
  try {
    return JSON.parse(readFileSync(corpusPath('jira', ...parts), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Reads the published documents of the platform and of the service desk; undefined where no corpus is present. */
export function openapiJudge(): Judge | undefined {
  const files = ['jira-cloud-api.swagger.json', 'jira-cloud-service-management-api.swagger.json'];
  const documents = files.map((file) => readCorpus('openapi', file));
  if (documents.includes(undefined)) return undefined;
  const books = documents.map((document, at) => openBook(Spec.parse(document), `spec-${at}`));
  const seen = new Set<string>();
  return {
    seen,
    problems(exchange) {
      for (const book of books) {
        const found = book.find(exchange.path);
        if (found !== undefined) return judge(found, exchange, book, seen);
      }
      return [`${exchange.method} ${exchange.path} is in no document`];
    },
  };
}

interface Book {
  find(path: string): Record<string, unknown> | undefined;
  validate(schema: unknown, value: unknown): string[];
}

function openBook(spec: z.infer<typeof Spec>, id: string): Book {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  addFormats.default(ajv);
  for (const format of ['int32', 'int64', 'double', 'float', 'byte', 'binary']) ajv.addFormat(format, true);
  // Jira's times have an offset without a colon, which RFC 3339 has not: its own examples too.
  ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:?\d\d)$/);
  ajv.addSchema({ $id: id, components: spec.components });
  const compiled = new Map<string, ValidateFunction>();
  // A literal path before one with parameters: `/issue/createmeta/…` is no issue.
  const patterns = Object.entries(spec.paths)
    .map(([path, operations]) => ({ path, pattern: toPattern(path), operations }))
    .toSorted((a, b) => countParameters(a.path) - countParameters(b.path));
  return {
    find: (path) => patterns.find(({ pattern }) => pattern.test(path))?.operations,
    validate(schema, value) {
      const text = JSON.stringify(schema).replaceAll('"#/components', `"${id}#/components`);
      const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object);
      compiled.set(text, validate);
      validate(value);
      return (validate.errors ?? []).map(
        (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
      );
    },
  };
}

function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
}

function countParameters(path: string): number {
  return path.split('{').length;
}

function judge(operations: Record<string, unknown>, exchange: Exchange, book: Book, seen: Set<string>): string[] {
  const line = `${exchange.method} ${exchange.path}`;
  const raw = operations[exchange.method.toLowerCase()];
  if (raw === undefined) return [`${line}: there is no such method`];
  const operation = Operation.parse(raw);
  seen.add(`${operation.operationId} ${exchange.status}`);
  const known = new Set((operation.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name));
  const problems = [...exchange.query.keys()].filter((name) => !known.has(name)).map((name) => `unknown query ${name}`);
  problems.push(...bodyProblems(operation, exchange, book), ...answerProblems(operation, exchange, book));
  return problems.map((problem) => `${line} ${exchange.status}: ${problem}`);
}

function bodyProblems(operation: z.infer<typeof Operation>, exchange: Exchange, book: Book): string[] {
  const content = operation.requestBody?.content;
  if (exchange.contentType === undefined) return [];
  const type = exchange.contentType.split(';')[0] ?? '';
  if (content?.[type] === undefined) return [`a body of ${type} is not declared`];
  return type === 'application/json'
    ? book.validate(content[type].schema, exchange.body).map((one) => `request${one}`)
    : [];
}

function answerProblems(operation: z.infer<typeof Operation>, exchange: Exchange, book: Book): string[] {
  const declared = operation.responses[String(exchange.status)];
  // What every operation may answer is in the documents' introduction.
  if (declared === undefined)
    return [401, 429, 503].includes(exchange.status) ? [] : [`status ${exchange.status} is not declared`];
  const schema = declared.content?.['application/json']?.schema;
  // `{}` is any body, and none.
  const promised = schema !== undefined && Object.keys(schema as object).length > 0;
  if (exchange.answer === '') return promised && exchange.status < 400 ? ['an answer without a body'] : [];
  if (exchange.status >= 400 && !exchange.answer.startsWith('{')) return [];
  if (schema === undefined && exchange.status < 400) return ['a body that is not declared'];
  const wanted = schema ?? errorSchema(exchange.path);
  return book.validate(wanted, JSON.parse(exchange.answer)).map((one) => `answer${one}`);
}

function errorSchema(path: string): object {
  const name = path.startsWith('/rest/servicedeskapi') ? 'ErrorResponse' : 'ErrorCollection';
  return { $ref: `#/components/schemas/${name}` };
}

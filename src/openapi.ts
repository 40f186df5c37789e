import { z } from 'zod';
import { createDocument, type ZodOpenApiPathsObject } from 'zod-openapi';
import { Problem } from './core/problem.ts';
import { ANY, type Route } from './core/route.ts';
import { SCOPES } from './core/scopes.ts';

/** OpenAPI 3.1, made from the same records that serve the routes. */
export function openApiDocument(routes: readonly Route[], publicUrl: string): Record<string, unknown> {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    const { shape, method } = route;
    const headers = headersOf(route);
    paths[shape.path] = {
      ...paths[shape.path],
      [method]: {
        operationId: shape.id,
        summary: shape.summary,
        tags: [shape.tag],
        ...(shape.scope === null
          ? { security: [] }
          : {
              security: [{ apiKey: [] }],
              description: shape.scope === ANY ? 'Needs an API key.' : `Needs the scope \`${shape.scope}\`.`,
            }),
        requestParams: {
          ...(shape.params ? { path: shape.params as z.ZodObject } : {}),
          ...(shape.query ? { query: shape.query as z.ZodObject } : {}),
          ...(headers ? { header: headers } : {}),
        },
        ...bodyOf(route),
        responses: Object.assign(
          Object.fromEntries(
            Object.entries(shape.answers).map(([status, answer]) => [
              status,
              { description: answer.says, ...contentOf(answer) },
            ]),
          ),
          {
            default: {
              description: 'A problem (RFC 9457)',
              content: { 'application/problem+json': { schema: Problem } },
            },
          },
        ),
      },
    };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Reanimator',
      version: '1',
      description: `Integration hub for the whole life of bare-metal servers. Scopes: ${SCOPES.join(', ')}.`,
    },
    servers: [{ url: publicUrl }],
    components: {
      schemas: Object.assign({}, ...routes.map(({ shape }) => shape.mentions ?? {})) as Record<string, z.ZodType>,
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', bearerFormat: 'hub_<key>.<secret>' } },
    },
    paths,
  }) as unknown as Record<string, unknown>;
}

function contentOf(answer: { schema: z.ZodType | null; contentType?: string }): {
  content?: Record<string, { schema: z.ZodType }>;
} {
  if (answer.schema) return { content: { [answer.contentType ?? 'application/json']: { schema: answer.schema } } };
  return answer.contentType ? { content: { [answer.contentType]: { schema: z.string() } } } : {};
}

function headersOf(route: Route): z.ZodObject | undefined {
  const own = route.shape.headers;
  const common = commonHeaders(route);
  return own === undefined || common === undefined ? (own ?? common) : common.extend(own.shape);
}

/** Only what runs in one transaction can be repeated under a key; what has a version can be changed under it. */
function commonHeaders({ method, act }: Route): z.ZodObject | undefined {
  const key = z.string().max(190).optional().meta({ description: 'The same key again gives the first answer again' });
  if (method === 'post' && act) return z.object({ 'Idempotency-Key': key });
  const version = z
    .string()
    .max(40)
    .optional()
    .meta({ description: '`version` of what was read; 409 where it is not the newest' });
  return method === 'patch' && act ? z.object({ 'Idempotency-Key': key, 'If-Match': version }) : undefined;
}

const BINARY = z.string().meta({ format: 'binary' });

function bodyOf({ shape, take }: Route): { requestBody?: { required: true; description?: string; content: object } } {
  if (take) {
    const { takes } = shape as { takes?: string };
    const content = { 'application/octet-stream': { schema: BINARY } };
    return { requestBody: { required: true, ...(takes === undefined ? {} : { description: takes }), content } };
  }
  if (!shape.body) return {};
  const csv = shape.path.endsWith('/bulk') ? { 'text/csv': { schema: z.string() } } : {};
  return { requestBody: { required: true, content: { 'application/json': { schema: shape.body }, ...csv } } };
}

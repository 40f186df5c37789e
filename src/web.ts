import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import { newId } from './core/id.ts';
import { sendProblem } from './core/problem.ts';
import { type Route, serve, type ServeOptions } from './core/route.ts';
import { createKeeper, type KeepDelivery } from './observations/commands/keep-delivery.ts';
import type { Metrics } from './metrics.ts';
import type { Adapters } from './ports/adapters.ts';

export interface WebOptions extends ServeOptions {
  routes: readonly Route[];
  adapters: Adapters;
  metrics: Metrics;
  /** Adapters whose senders lose what is refused with a 4xx. Left out: none. */
  loseRefused?: ReadonlySet<string>;
  /** Folder of the screens; undefined: none are served (a worker's port). */
  uiFolder: string | undefined;
}

const JSON_LIMIT = '4mb';
const HOOK_LIMIT = '5mb';
const ARRIVAL_MS = 60_000;

/** The Express application: webhook doors first and short, then the API, then the screens. */
export function createWebApp(ctx: Ctx, options: WebOptions): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  const keep = createKeeper(ctx);
  app.post('/hooks/:adapter', limitArrival, express.raw({ type: () => true, limit: HOOK_LIMIT }), (req, res) =>
    takeDelivery(ctx, options, keep, req, res),
  );
  app.use('/hooks', (error: unknown, req: Request, _res: Response, next: NextFunction) => {
    // Whoever sent it may not say so to anybody: too large, or cut off.
    ctx.log.warn({ err: error, door: req.path, bytes: req.headers['content-length'] }, 'webhook could not be read');
    next(error);
  });
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          'default-src': ["'self'"],
          'base-uri': ["'none'"],
          'form-action': ["'self'"],
          'frame-ancestors': ["'none'"],
        },
      },
      strictTransportSecurity: false,
    }),
  );
  app.use(nameRequest(ctx));
  // Before the bodies are read: uploads are streams.
  for (const route of options.routes.filter(({ take }) => take)) register(app, route, serve(route, ctx, options));
  app.use(limitArrival);
  app.use(express.text({ type: 'text/csv', limit: JSON_LIMIT }));
  const readJson = (limit: string) =>
    express.json({ limit, strict: true, type: ['application/json', 'application/*+json'] });
  for (const { method, shape } of options.routes)
    if (shape.bodyLimit !== undefined) app[method](addressesOf(shape.path), readJson(shape.bodyLimit));
  app.use(readJson(JSON_LIMIT));
  for (const route of options.routes.filter(({ take }) => !take)) register(app, route, serve(route, ctx, options));
  refuseOtherMethods(app, ctx, options.routes);
  if (options.uiFolder !== undefined) serveScreens(app, options.uiFolder);
  app.use((req: Request, res: Response) => {
    sendProblem(req, res, new HubError('not-found', `Nothing is at ${req.method} ${req.path}; see /api/schema/`), ctx);
  });
  app.use((error: unknown, req: Request, res: Response, _next: NextFunction) => sendProblem(req, res, error, ctx));
  return app;
}

/** What is read at once must be here soon. Uploads may take hours; they watch for silence themselves. */
function limitArrival(req: Request, _res: Response, next: NextFunction): void {
  const timer = setTimeout(() => {
    if (!req.complete) req.destroy();
  }, ARRIVAL_MS);
  req.once('close', () => clearTimeout(timer));
  next();
}

/** At its address, and without the version in front of it: what stands there is the newest. */
function register(app: express.Express, { method, shape }: Route, handler: express.RequestHandler): void {
  for (const path of addressesOf(shape.path)) app[method](path, handler);
}

function addressesOf(path: string): string[] {
  const own = path.replaceAll(/\{(\w+)\}/g, ':$1');
  return own.startsWith('/v1/') ? [own, own.slice('/v1'.length)] : [own];
}

/** After the routes: their addresses with any other method. OPTIONS is answered by Express. */
function refuseOtherMethods(app: express.Express, ctx: Ctx, routes: readonly Route[]): void {
  const methods = Map.groupBy(
    routes.flatMap((route) => addressesOf(route.shape.path).map((path) => ({ path, method: route.method }))),
    ({ path }) => path,
  );
  for (const [path, there] of methods) {
    const allowed = there
      .flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
      .toSorted()
      .join(', ');
    app.all(path, (req, res, next) => {
      if (req.method === 'OPTIONS') return next();
      res.setHeader('allow', allowed);
      sendProblem(
        req,
        res,
        new HubError('method-not-allowed', `${req.method} does nothing here; there is ${allowed}`),
        ctx,
      );
    });
  }
}

async function takeDelivery(
  ctx: Ctx,
  options: WebOptions,
  keep: KeepDelivery,
  req: Request,
  res: Response,
): Promise<void> {
  const adapter = String(req.params['adapter']);
  const door = options.adapters.door(adapter);
  // What a person can mend must come again until it is mended.
  const refusal = (kind: 'not-found' | 'unauthenticated', why: string): HubError =>
    new HubError(options.loseRefused?.has(adapter) ? 'unavailable' : kind, why);
  try {
    if (!door) throw refusal('not-found', `There is no webhook door for ${adapter}, or it is not configured`);
    const headers = req.headers as Record<string, string>;
    const delivery = { headers, body: Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0), receivedAt: ctx.now() };
    const verdict = door.verify(delivery);
    if (!verdict.ok) {
      options.metrics.observeDelivery(adapter, 'refused');
      ctx.log.warn({ adapter, reason: verdict.reason }, 'webhook refused');
      throw refusal('unauthenticated', verdict.reason);
    }
    // Where the same bytes may be news, each delivery is one of its own.
    const identity = door.sameBytesAreNews ? newId() : door.identify?.(delivery);
    const kept = await keep({ adapter, ...delivery, identity });
    options.metrics.observeDelivery(adapter, kept.isNew ? 'taken' : 'repeated');
    res.status(202).json({ delivery: kept.isNew ? kept.id : null, repeated: !kept.isNew });
  } catch (error) {
    sendProblem(req, res, error, ctx);
  }
}

/** Every request has an id: its own, if it brought a sound one. It is the cause of what follows, and comes back. */
function nameRequest(ctx: Ctx) {
  return (req: Request, res: Response, next: NextFunction): void => {
    const given = req.headers['x-request-id'];
    const id = typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    const log = ctx.log.child({ request: id });
    Object.assign(req, { id, log });
    res.setHeader('x-request-id', id);
    const started = performance.now();
    res.on('finish', () =>
      log.debug(
        { method: req.method, path: req.path, status: res.statusCode, ms: Math.round(performance.now() - started) },
        'request',
      ),
    );
    next();
  };
}

function serveScreens(app: express.Express, folder: string): void {
  app.get('/', (_req, res) => res.redirect('/ui/'));
  // Always asked for again (an unchanged one is a 304), so that an upgrade never mixes old modules with new ones.
  app.use(
    '/ui/static',
    express.static(folder, { index: false, setHeaders: (res) => res.setHeader('cache-control', 'no-cache') }),
  );
  // One shell for all screens: it finds out from its address which one it is.
  app.get(['/ui/', '/ui/*screen'], (_req, res) =>
    res.sendFile('index.html', { root: folder, headers: { 'cache-control': 'no-cache' } }),
  );
}

export interface RunningWeb {
  url: string;
  port: number;
  stop(): Promise<void>;
}

export async function listen(app: express.Express, host: string, port: number): Promise<RunningWeb> {
  const server: Server = createServer(app);
  server.keepAliveTimeout = 75_000;
  // Node's five minutes for a whole request would cut large uploads over slow lines; see `limitArrival`.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
        setTimeout(() => server.closeAllConnections(), 5_000).unref();
      }),
  };
}

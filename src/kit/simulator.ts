import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface SimulatedRequest {
  method: string;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Buffer;
  /** The body as JSON; undefined when empty or not JSON. */
  json: unknown;
  at: number;
}

export interface SimulatedAnswer {
  status: number;
  headers?: Record<string, string | string[]>;
  /** Sent as JSON unless it is a string or Buffer. */
  body?: unknown;
  /** In place of a body: the answer begins and goes on, whoever was given it ends it. */
  stream?(outgoing: ServerResponse): void;
}

/** Something that goes wrong on purpose. */
export interface Fault {
  /** Regular expression over `METHOD /path?query`. Default: every request. */
  match?: string;
  /**
   * 'status': answer `status` with `body`, doing nothing. 'reset': cut the connection before doing anything. 'hang': never answer.
   * 'garbage': 200 with something that is not JSON. 'slow': wait `ms`, then go on. 'drop-answer': do it, then cut the
   * connection instead of answering (the effect happened, nobody was told). 'withhold-answer': do it, and never answer.
   */
  kind: 'status' | 'reset' | 'hang' | 'garbage' | 'slow' | 'drop-answer' | 'withhold-answer';
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
  ms?: number;
  /** How many requests it hits before it is gone. Default: until cleared. */
  times?: number;
}

export interface SimulatorServer {
  /** Origin, e.g. `http://127.0.0.1:41234`. */
  url: string;
  port: number;
  /** Every request since the start or the last `forget()`, oldest first; at most 10,000 are kept. */
  requests: SimulatedRequest[];
  forget(): void;
  /** Called before a request is handled and before it is answered; what it returns is waited for. */
  watch(listener: (request: SimulatedRequest, phase: 'before' | 'after') => void | Promise<void>): void;
  addFault(fault: Fault): void;
  clearFaults(): void;
  /** Another certificate from the next connection on; all that are open end, as when a web server restarts. */
  secure(tls: { key: string; cert: string }): void;
  close(): Promise<void>;
}

export interface SimulatorServerOptions {
  /** 0: any free port. */
  port?: number;
  host?: string;
  tls?: { key: string; cert: string };
  handle(request: SimulatedRequest): SimulatedAnswer | Promise<SimulatedAnswer>;
}

/**
 * The HTTP side that all simulators share: request log and injectable faults, from code or, for another process, at
 * `POST|DELETE /__simulator/faults` and `GET /__simulator/requests`.
 */
export async function startSimulatorServer(options: SimulatorServerOptions): Promise<SimulatorServer> {
  const requests: SimulatedRequest[] = [];
  let faults: Fault[] = [];
  const hanging = new Set<ServerResponse>();
  let listener: Parameters<SimulatorServer['watch']>[0] = () => {};

  function takeFault(request: SimulatedRequest): Fault | undefined {
    const query = request.query.toString();
    const line = `${request.method} ${request.path}${query ? `?${query}` : ''}`;
    const fault = faults.find((one) => one.match === undefined || new RegExp(one.match).test(line));
    if (fault?.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) faults = faults.filter((one) => one !== fault);
    }
    return fault;
  }

  function control(request: SimulatedRequest): SimulatedAnswer {
    if (request.path === '/__simulator/faults' && request.method === 'POST') {
      faults.push(request.json as Fault);
      return { status: 204 };
    }
    if (request.path === '/__simulator/faults' && request.method === 'DELETE') {
      faults = [];
      return { status: 204 };
    }
    if (request.path === '/__simulator/requests' && request.method === 'GET') {
      return { status: 200, body: requests.map(({ method, path, at }) => ({ method, path, at })) };
    }
    return { status: 404 };
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    if (request.path.startsWith('/__simulator/')) return send(outgoing, control(request));
    requests.push(request);
    if (requests.length > 10_000) requests.shift();
    await listener(request, 'before');
    const fault = takeFault(request);
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 1000));
    if (fault?.kind === 'reset') return void outgoing.destroy();
    if (fault?.kind === 'hang') return void hanging.add(outgoing);
    if (fault?.kind === 'garbage') return send(outgoing, { status: 200, body: fault.body ?? '<html>it works</html' });
    if (fault?.kind === 'status') {
      return send(outgoing, {
        status: fault.status ?? 500,
        body: fault.body ?? { detail: 'injected fault' },
        headers: fault.headers ?? {},
      });
    }
    const answer = await options.handle(request);
    await listener(request, 'after');
    if (fault?.kind === 'drop-answer') return void outgoing.destroy();
    if (fault?.kind === 'withhold-answer') return void hanging.add(outgoing);
    return send(outgoing, answer);
  }

  const accept = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    serve(incoming, outgoing).catch((error: unknown) => {
      if (!outgoing.headersSent) send(outgoing, { status: 500, body: { detail: `simulator: ${String(error)}` } });
      else outgoing.destroy();
    });
  };
  const server: Server = options.tls ? createTlsServer(options.tls, accept) : createServer(accept);
  server.keepAliveTimeout = 30_000;
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://${host}:${port}`,
    port,
    requests,
    forget: () => void (requests.length = 0),
    watch: (added) => void (listener = added),
    addFault: (fault) => void faults.push({ ...fault }),
    clearFaults: () => void (faults = []),
    secure(tls) {
      if (!('setSecureContext' in server)) throw new Error('this simulator speaks plain HTTP');
      (server as TlsServer).setSecureContext(tls);
      (server as TlsServer).setTicketKeys(randomBytes(48)); // or sessions from before would go on without a look at the certificate
      setImmediate(() => server.closeAllConnections()); // the answer to who asked for it goes out before
    },
    close: () =>
      new Promise((resolve) => {
        for (const one of hanging) one.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readRequest(incoming: IncomingMessage): Promise<SimulatedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const url = new URL(incoming.url ?? '/', 'http://simulator');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return {
    method: incoming.method ?? 'GET',
    path: decodeURI(url.pathname),
    query: url.searchParams,
    headers,
    body,
    json: parse(body),
    at: Date.now(),
  };
}

function parse(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined; // the handler sees the raw bytes and answers as the real system would
  }
}

function send(outgoing: ServerResponse, answer: SimulatedAnswer): void {
  if (answer.stream) {
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.flushHeaders();
    return answer.stream(outgoing);
  }
  const raw = typeof answer.body === 'string' || Buffer.isBuffer(answer.body);
  const body = raw ? (answer.body as string | Buffer) : (JSON.stringify(answer.body) ?? '');
  outgoing.writeHead(answer.status, {
    ...(answer.body === undefined || raw ? {} : { 'content-type': 'application/json' }),
    'content-length': Buffer.byteLength(body),
    ...answer.headers,
  });
  outgoing.end(body);
}

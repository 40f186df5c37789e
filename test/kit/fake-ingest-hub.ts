import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of one request. 'cut' ends the connection after so many bytes of the body, 'drop' does everything and tells nobody. */
export type Trouble =
  | { do: 'cut'; afterBytes: number }
  | { do: 'drop' }
  | { do: 'answer'; status: number; headers?: Record<string, string>; body?: unknown };

export interface FakeIngestHub {
  url: string;
  /** What arrived, by SHA-256. */
  bundles: Map<string, { name: string; body: Buffer }>;
  /** Files that were taken again although they had arrived. Must stay 0. */
  sentTwice: number;
  /** Bytes of bodies that were received, whatever became of them. */
  receivedBytes: number;
  /** `METHOD /path`, oldest first. */
  requests: string[];
  /** Asked for every request; undefined: all goes well. */
  trouble: (request: { method: string; path: string }) => Trouble | undefined;
  close(): Promise<void>;
}

interface Upload {
  id: string;
  sha256: string;
  bytes: number;
  parts: Buffer[];
  offset: number;
}

/** The hub's doors for bundles and for uploads that resume, in memory, with troubles on demand. */
export async function startFakeIngestHub(apiKey: string): Promise<FakeIngestHub> {
  const uploads = new Map<string, Upload>();
  const hub: FakeIngestHub = {
    ...{ url: '', bundles: new Map(), sentTwice: 0, receivedBytes: 0, requests: [], trouble: () => undefined },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  function keep(sha256: string, name: string, body: Buffer): [number, unknown] {
    if (createHash('sha256').update(body).digest('hex') !== sha256)
      return [422, { title: 'The request is not valid', detail: 'the content does not have this SHA-256' }];
    if (body.includes('forbidden words'))
      return [400, { title: 'The request is not valid', detail: 'nobody wants this' }];
    if (hub.bundles.has(sha256)) hub.sentTwice += 1;
    hub.bundles.set(sha256, { name, body });
    return [201, { bundle: { id: randomUUID(), sha256 } }];
  }

  function begin(body: Buffer): [number, unknown] {
    const { sha256, bytes } = JSON.parse(body.toString('utf8')) as { sha256: string; bytes: number };
    if (hub.bundles.has(sha256)) return [200, { bundle: { sha256 } }];
    const known = [...uploads.values()].find((one) => one.sha256 === sha256);
    const upload = known ?? { id: randomUUID(), sha256, bytes, parts: [], offset: 0 };
    uploads.set(upload.id, upload);
    return [known ? 200 : 201, { id: upload.id, offset: upload.offset }];
  }

  function append(id: string, incoming: IncomingMessage, body: Buffer): [number, unknown] {
    const upload = uploads.get(id);
    if (upload === undefined) return [404, { title: 'Not found' }];
    if (Number(incoming.headers['upload-offset']) !== upload.offset) return [409, { offset: upload.offset }];
    upload.parts.push(body);
    upload.offset += body.length;
    if (upload.offset < upload.bytes) return [200, { id, offset: upload.offset }];
    uploads.delete(id);
    return keep(upload.sha256, '', Buffer.concat(upload.parts));
  }

  function act(incoming: IncomingMessage, path: string, body: Buffer): [number, unknown] {
    const { method, headers } = incoming;
    if (headers.authorization !== `Bearer ${apiKey}`) return [401, { title: 'Who are you?' }];
    const [, , first = '', second = '', id = ''] = path.split('/');
    if (method === 'GET' && first === 'bundles')
      return hub.bundles.has(second) ? [200, { sha256: second }] : [404, { title: 'Not found' }];
    if (method === 'POST' && second === 'logbundle') {
      const sha256 = String(headers['x-content-sha256']);
      return keep(sha256, decodeURIComponent(String(headers['x-file-name'])), body);
    }
    if (method === 'POST' && second === 'uploads') return begin(body);
    return method === 'PATCH' ? append(id, incoming, body) : [404, { title: 'Not found' }];
  }

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/' } = incoming;
    hub.requests.push(`${method} ${path}`);
    const trouble = hub.trouble({ method, path });
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of incoming) {
      const read = chunk as Buffer;
      const room = trouble?.do === 'cut' ? Math.min(read.length, trouble.afterBytes - bytes) : read.length;
      chunks.push(read.subarray(0, room));
      bytes += room;
      if (trouble?.do === 'cut' && bytes >= trouble.afterBytes) break;
    }
    hub.receivedBytes += bytes;
    const body = Buffer.concat(chunks);
    if (trouble?.do === 'answer') return send(outgoing, trouble.status, trouble.body, trouble.headers);
    if (trouble?.do === 'cut') {
      // What came of a piece before the line broke is kept; of a whole file nothing is.
      if (method === 'PATCH' && bytes < Number(incoming.headers['content-length'])) act(incoming, path, body);
      outgoing.destroy();
      return;
    }
    const [status, answer] = act(incoming, path, body);
    if (trouble?.do === 'drop') outgoing.destroy();
    else send(outgoing, status, answer);
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy()); // the client cut the line, as the tests want it
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return hub;
}

function send(outgoing: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
  outgoing.end(text);
}

import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { selfSigned } from './simulator/self-signed.ts';
import type { AdapterError } from '#src/ports/adapter-error.ts';
import type { TlsMemory } from '#src/kit/connector.ts';
import { createHttp, type HttpRequest } from '#src/kit/http.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

async function listen(server: Server, port = 0): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** Tells of each connection whether it resumed a TLS session. */
async function startTls(version: 'TLSv1.2' | 'TLSv1.3', port = 0) {
  const certificate = selfSigned('bmc');
  const resumed: boolean[] = [];
  const server = createServer({ ...certificate, minVersion: version, maxVersion: version }, (_request, answer) =>
    answer.end('{}'),
  );
  server.on('secureConnection', (socket: TLSSocket) => resumed.push(socket.isSessionReused()));
  return { server, resumed, port: await listen(server, port), fingerprint256: certificate.fingerprint256 };
}

async function once(port: number, tls: Parameters<typeof createHttp>[1]['tls']): Promise<string | null> {
  const http = createHttp('bmc', { baseUrl: `https://127.0.0.1:${port}`, tls });
  try {
    await http.request({ method: 'GET', path: '/' });
    // With TLS 1.3 the session comes after the handshake.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return http.fingerprint256;
  } finally {
    await http.close();
  }
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', (version) => {
  test('a later connection resumes, and still knows the certificate', async () => {
    const bmc = await startTls(version);
    const resume: TlsMemory = { last: null };
    for (let at = 0; at < 3; at += 1) expect(await once(bmc.port, { firstUse: true, resume })).toBe(bmc.fingerprint256);
    expect(bmc.resumed).toEqual([false, true, true]);
    // with a pin too
    expect(await once(bmc.port, { fingerprint256: bmc.fingerprint256, resume })).toBe(bmc.fingerprint256);
    expect(bmc.resumed.at(-1)).toBe(true);
  });

  test('another certificate than the pinned one is refused, whatever was kept', async () => {
    const before = await startTls(version);
    const resume: TlsMemory = { last: null };
    const tls = { fingerprint256: before.fingerprint256, resume };
    await once(before.port, tls);
    await ends.pop()?.();
    await startTls(version, before.port);
    await expect(once(before.port, tls)).rejects.toThrow('certificate changed');
    const wrongPin = { fingerprint256: `${before.fingerprint256.slice(0, -2)}FF`, resume: { last: resume.last } };
    await expect(once(before.port, wrongPin)).rejects.toThrow('certificate changed');
  });

  test('a session that belongs to another pin is not used', async () => {
    const bmc = await startTls(version);
    const resume: TlsMemory = { last: null };
    await once(bmc.port, { firstUse: true, resume });
    await expect(once(bmc.port, { fingerprint256: 'AA', resume })).rejects.toThrow('certificate changed');
    expect(bmc.resumed).not.toContain(true);
  });
});

describe('a connection of its own', () => {
  async function plain(handle: Parameters<typeof createPlainServer>[1]) {
    let connections = 0;
    const server = createPlainServer(handle);
    server.on('connection', () => (connections += 1));
    const port = await listen(server);
    const http = createHttp('bmc', { baseUrl: `http://127.0.0.1:${port}`, timeoutMs: 500 });
    ends.push(() => http.close());
    return { server, http, connections: () => connections };
  }
  const write: HttpRequest = { method: 'POST', path: '/', body: {}, ownConnection: true };
  const sent = async (work: Promise<unknown>): Promise<unknown> => {
    const error = await work.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AdapterError', kind: 'unreachable' });
    return (error as AdapterError).detail?.['sent'];
  };

  test('is opened for one request and closed after it', async () => {
    const { http, connections } = await plain((_request, answer) => answer.end('{}'));
    await http.request({ method: 'GET', path: '/' });
    await http.request({ method: 'GET', path: '/' });
    expect(connections()).toBe(1);
    expect((await http.request(write)).status).toBe(200);
    expect((await http.request(write)).status).toBe(200);
    expect(connections()).toBe(3);
  });

  test('tells what was never sent from what may have been', async () => {
    const { http, server } = await plain((request) => request.socket.destroy());
    expect(await sent(http.request(write))).toBeUndefined();
    await new Promise((resolve) => server.close(resolve));
    expect(await sent(http.request(write))).toBe(false);
  });

  test('a time limit that ends before there is a connection: never sent', async () => {
    // Documentation addresses (RFC 5737) answer nobody.
    const http = createHttp('bmc', { baseUrl: 'http://192.0.2.1', timeoutMs: 150 });
    ends.push(() => http.close());
    expect(await sent(http.request(write))).toBe(false);
  });
});

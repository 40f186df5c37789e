import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Delivery } from '#src/ports/adapter.ts';

export interface Receiver {
  /** As a hub's: `/hooks/netbox` is appended. */
  url: string;
  deliveries: Delivery[];
  close(): Promise<void>;
}

/** Stands where the hub would: keeps each delivery as it arrived. */
export async function startReceiver(status = 202): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      deliveries.push({
        headers: incoming.headers as Record<string, string>,
        body: Buffer.concat(chunks),
        receivedAt: new Date(),
      });
      outgoing.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    deliveries,
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * What becomes of a COMMIT:
 * - pass: it goes through, and so does its answer
 * - before: the connection is cut before the server hears of it
 * - after: the server commits and answers, and the connection is cut instead of handing the answer on
 * - racing: it is handed on and both sides are cut at once; the server may still be at it when the client asks again
 * - late: the client is cut at once, and the server hears of it half a second later: the transaction is open until then
 */
export type Loss = 'pass' | 'before' | 'after' | 'racing' | 'late';

const LATE_MS = 500;

export interface LossyProxy {
  /** The database's URL through this proxy. */
  url: string;
  /** Asked at each COMMIT. */
  decide: (nth: number) => Loss;
  /** How many COMMITs came, and what became of them. */
  counts: Record<Loss, number>;
  /** Cuts all connections and every new one, as a server that is down. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

const COM_QUERY = 0x03;

/** Stands between a client and MariaDB and understands enough of the protocol to see a COMMIT pass. */
export async function startLossyProxy(databaseUrl: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(databaseUrl);
  const counts: Record<Loss, number> = { pass: 0, before: 0, after: 0, racing: 0, late: 0 };
  const open = new Set<Socket>();
  let commits = 0;
  let paused = false;
  const proxy: LossyProxy = {
    url: '',
    decide: () => 'pass',
    counts,
    pause,
    resume: () => void (paused = false),
    close,
  };

  const server = createServer((client) => {
    if (paused) return void client.destroy();
    const upstream = connect(Number(port), hostname);
    let swallow = false;
    let isLate = false;
    const both = [client, upstream];
    for (const socket of both) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        if (!isLate) for (const one of both) one.destroy();
      });
    }
    upstream.on('data', (chunk) => {
      if (swallow) return void client.destroy();
      client.write(chunk);
    });
    const packets = packetReader((packet, isCommit) => {
      if (!isCommit) return void upstream.write(packet);
      commits += 1;
      const loss = proxy.decide(commits);
      counts[loss] += 1;
      if (loss === 'before') return void client.destroy();
      if (loss === 'late') {
        isLate = true;
        client.destroy();
        return void setTimeout(() => upstream.end(packet), LATE_MS);
      }
      if (loss === 'after') swallow = true;
      upstream.write(packet);
      if (loss === 'racing') upstream.end(() => client.destroy());
    });
    client.on('data', packets);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(databaseUrl);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  proxy.url = through.href;
  return proxy;

  function pause(): void {
    paused = true;
    for (const socket of open) socket.destroy();
  }

  async function close(): Promise<void> {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Cuts a client's bytes into packets: three bytes of length, one of sequence, and as much payload. */
function packetReader(take: (packet: Buffer, isCommit: boolean) => void): (chunk: Buffer) => void {
  let kept = Buffer.alloc(0);
  return (chunk) => {
    kept = Buffer.concat([kept, chunk]);
    while (kept.length >= 4) {
      const end = 4 + kept.readUIntLE(0, 3);
      if (kept.length < end) return;
      const packet = kept.subarray(0, end);
      kept = kept.subarray(end);
      take(packet, packet[3] === 0 && packet[4] === COM_QUERY && /^commit;?$/i.test(packet.toString('latin1', 5)));
    }
  };
}

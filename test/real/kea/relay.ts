import { createServer, connect, type Socket } from 'node:net';

export interface Relay {
  /** What stands in the hooks' HUB_URL. */
  url: string;
  /** 'pass': as if it were not there. 'hang': takes connections and says nothing. Changing it cuts what is open. */
  mode(mode: 'pass' | 'hang'): void;
  /** Connections taken since the last change of mode. */
  readonly taken: number;
  close(): Promise<void>;
}

/** The way from the DHCP servers' namespace to the hub, which may well listen on loopback only; it can be made to hang. */
export async function startRelay(host: string, hubUrl: string): Promise<Relay> {
  const hub = new URL(hubUrl);
  const sockets = new Set<Socket>();
  let mode: 'pass' | 'hang' = 'pass';
  let taken = 0;

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  }

  const server = createServer((incoming) => {
    keep(incoming);
    taken += 1;
    if (mode === 'hang') return;
    const outgoing = connect(Number(hub.port), hub.hostname);
    keep(outgoing);
    outgoing.on('close', () => incoming.destroy());
    incoming.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing).pipe(incoming);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the relay has no port');
  return {
    url: `http://${host}:${address.port}${hub.pathname}`,
    mode(next) {
      mode = next;
      taken = 0;
      for (const socket of sockets) socket.destroy();
    },
    get taken() {
      return taken;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

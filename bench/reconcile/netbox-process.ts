import { startNetboxSimulator } from '#adapters/netbox/simulator.ts';
import type { Fleet } from '#adapters/netbox/simulator/seed-fleet.ts';

/** What the bench asks of the process that NetBox's simulator has for itself. */
export type Asked =
  | { do: 'seed'; fleet: Pick<Fleet, 'devices' | 'modulesPerDevice'> }
  /** Device by device, the server here that it stands for; and what the hub says of all of them, so that nothing is left to write. */
  | { do: 'agree'; hubIds: readonly string[]; fields: Record<string, unknown> }
  /** Counts from nothing again. */
  | { do: 'count' }
  | { do: 'tell' }
  /** A person writes these columns, with webhooks and change log. */
  | { do: 'change'; model: 'device' | 'module'; ids: readonly number[]; body: Record<string, unknown> }
  | { do: 'webhooks' };

/** What came in since the last `count`. */
export interface Counted {
  requests: number;
  writes: number;
  /** Writing requests by the list that they go to, e.g. `/api/dcim/devices/`. */
  writesTo: Record<string, number>;
  /** Everything that was read, as it was asked for. */
  reads: string[];
  /** Devices that were asked for by their ids, all together: one that is asked for twice counts twice. */
  deviceReads: number;
}

const simulator = await startNetboxSimulator();
let counted = nothing();
simulator.server.watch(({ method, path, query }, phase) => {
  if (phase !== 'before') return;
  counted.requests += 1;
  if (method === 'GET') {
    counted.reads.push(query.size === 0 ? path : `${path}?${query}`);
    if (path === '/api/dcim/devices/') counted.deviceReads += query.getAll('id').length;
    return;
  }
  counted.writes += 1;
  counted.writesTo[path] = (counted.writesTo[path] ?? 0) + 1;
});
const alice = simulator.as('alice');

process.on('message', (asked: Asked) => {
  void answer(asked).then((result) => process.send?.({ result: result ?? null }));
});
// Nobody is left to ask.
process.on('disconnect', () => process.exit(0));
process.send?.({ result: { url: simulator.url, token: simulator.token } });

async function answer(asked: Asked): Promise<unknown> {
  switch (asked.do) {
    case 'seed':
      return simulator.seedFleet(asked.fleet);
    case 'agree':
      return agree(asked.hubIds, asked.fields);
    case 'count':
      counted = nothing();
      return undefined;
    case 'tell':
      return counted;
    case 'change':
      for (const id of asked.ids) alice.change(asked.model, id, asked.body);
      return undefined;
    case 'webhooks':
      await simulator.webhooksSent();
      return simulator.sent.filter(({ answer: status }) => status === 202).length;
    default:
      throw new Error(`nobody knows ${JSON.stringify(asked)}`);
  }
}

/** As a script in NetBox's own shell: without webhooks and change log. */
function agree(hubIds: readonly string[], fields: Record<string, unknown>): void {
  simulator.nbshell((database) => {
    const tags = database.all('tag').flatMap(({ id, slug }) => (slug === 'reanimator' ? [id] : []));
    for (const [at, hub_asset_id] of hubIds.entries()) {
      const row = database.find('device', at + 1);
      if (!row) throw new Error(`there is no device ${at + 1}`);
      database.set('device', row, { tags, custom_fields: { ...fields, hub_asset_id } });
    }
  });
}

function nothing(): Counted {
  return { requests: 0, writes: 0, writesTo: {}, reads: [], deviceReads: 0 };
}

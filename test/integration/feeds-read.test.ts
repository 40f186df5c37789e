import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobCtx } from '#jobs/job-ctx.ts';
import { readFeedsTask } from '#jobs/tasks/read-feeds.ts';
import { tx } from '#src/core/tx.ts';
import { recordHeard } from '#src/feeds/commands/record-feeds.ts';
import { feedersOf } from '#src/feeds/reads.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordObjects } from '#src/ports/record-objects.ts';
import { type Lab, type LabServer, reconcileLab, SYSTEM } from './reconcile-lab.ts';

let lab: Lab;
let servers: LabServer[];
const clock = { at: Date.UTC(2026, 10, 22, 9) };
const clerk = () => lab.netbox.as('alice');

beforeAll(async () => {
  lab = await reconcileLab({ servers: 4 });
  await lab.inStep();
  servers = lab.servers;
});
afterAll(() => lab.close());

/** As the schedule would have it done, an hour later each time. */
async function read(records: Partial<RecordObjects> = {}): Promise<Record<string, unknown>> {
  clock.at += 3_600_000;
  const { hub } = lab.on;
  const adapters = {
    has: hub.adapters.has,
    providerOf: hub.adapters.providerOf,
    use: () => ({ ...hub.adapters.use('recordObjects'), ...records }),
  };
  const ctx = {
    ...{ ...hub.ctx, now: () => new Date(clock.at), adapters, progress: async () => {} },
    settings: { reconcile: { of: () => ({ mappings: hub.reconciled.mappings.get(SYSTEM) ?? [] }) } },
  };
  return readFeedsTask.run(ctx as unknown as JobCtx, {});
}

async function feedsOf(server: LabServer | undefined): Promise<string[]> {
  const feeders = (await feedersOf(lab.on.hub.ctx, [String(server?.id)])).get(String(server?.id)) ?? [];
  return feeders
    .flatMap(({ level, name, feeds }) =>
      feeds.map(({ port, outlet, source }) => `${level} ${name}: ${port} on ${outlet} (${source})`),
    )
    .toSorted();
}

function make(model: Parameters<ReturnType<typeof clerk>['create']>[0], body: Record<string, unknown>): number {
  return clerk().create(model, body);
}

function device(name: string): number {
  const {
    device_type: type,
    role,
    site,
  } = lab.netbox.show('device', Number(servers[0]?.theirId)) as Record<string, { id: number }>;
  return make('device', { name, device_type: type?.id, role: role?.id, site: site?.id });
}

function cable(a: [type: string, id: number], b: [type: string, id: number]): number {
  const end = ([type, id]: [string, number]) => [{ object_type: `dcim.${type}`, object_id: id }];
  return make('cable', { a_terminations: end(a), b_terminations: end(b) });
}

test('sockets and ports, by what their cables go to; a later look takes the place of the one before', async () => {
  const [one, two] = servers;
  const [pdu, leaf] = [device('PDU-A-12'), device('leaf1')];
  const plug = make('powerPort', { device: one?.theirId, name: 'PSU1' });
  make('powerPort', { device: one?.theirId, name: 'PSU2' });
  const [first, second] = ['12', '13'].map((name) => make('powerOutlet', { device: pdu, name })) as [number, number];
  const near = make('interface', { device: one?.theirId, name: 'slot9', type: 'other' });
  const far = make('interface', { device: leaf, name: 'e1', type: 'other' });
  const power = cable(['powerport', plug], ['poweroutlet', first]);
  cable(['interface', near], ['interface', far]);

  expect(await read()).toMatchObject({ outcome: 'read', servers: 4, pdu: 1, switch: 1 });
  expect(await feedsOf(one)).toEqual(['pdu pdu-a-12: PSU1 on 12 (netbox)', 'switch leaf1: slot9 on e1 (netbox)']);
  expect(await feedsOf(two)).toEqual([]);
  const answer = await lab.ask('GET', `/v1/assets/${one?.id}/feeds`);
  expect(answer.json['items']).toMatchObject([
    { level: 'switch', name: 'leaf1', ports: [{ port: 'slot9', outlet: 'e1', source: 'netbox' }] },
    { level: 'pdu', name: 'PDU-A-12', ports: [{ port: 'PSU1', outlet: '12', management: false }] },
  ]);

  clerk().remove('cable', power);
  cable(['powerport', plug], ['poweroutlet', second]);
  await read();
  expect(await feedsOf(one)).toEqual(['pdu pdu-a-12: PSU1 on 13 (netbox)', 'switch leaf1: slot9 on e1 (netbox)']);
});

test('a read that fails, or that shows no ports at all, leaves what is known', async () => {
  const known = await feedsOf(servers[0]);
  for (let attempt = 0; attempt < 3; attempt += 1) lab.netbox.faults.truncatePage('power-ports', 1);
  await expect(read()).rejects.toBeInstanceOf(AdapterError);
  lab.netbox.faults.clear();
  expect(await feedsOf(servers[0])).toEqual(known);
  // The permission to see them was taken away.
  lab.sees = (model) => model !== 'powerPort' && model !== 'interface';
  await read();
  lab.sees = () => true;
  expect(await feedsOf(servers[0])).toEqual(known);
  expect(known).toHaveLength(2);
});

test('where sockets may not be seen, cables of the network are read all the same, and it is said', async () => {
  const known = await feedsOf(servers[0]);
  const records = lab.on.hub.adapters.use('recordObjects');
  const refused = new AdapterError('unauthorized', 'netbox: no permission to see power ports', { system: SYSTEM });
  const told = await read({
    portsOf: async (level, ids, signal) => {
      if (level === 'pdu') throw refused;
      return records.portsOf(level, ids, signal);
    },
  });
  expect(told).toMatchObject({ outcome: 'read', pdu: refused.message, switch: 1 });
  expect(await feedsOf(servers[0])).toEqual(known);
});

test('a port that is silent keeps the switch that it heard last; one that hears another has that one', async () => {
  const { ctx } = lab.on.hub;
  const assetId = String(servers[2]?.id);
  const hear = (heardAt: string, heard: Record<string, string>) =>
    tx(ctx, (inside) =>
      recordHeard(inside, {
        ...{ assetId, heardAt },
        ports: Object.entries(heard).map(([port, name]) => ({
          ...{ assetId, level: 'switch' as const, port, management: false, on: { name, outlet: null } },
        })),
      }),
    );
  await hear('2026-11-01T00:00:00.000Z', { eth0: 'Leaf1.example.com', eth1: 'leaf2' });
  await hear('2026-11-02T00:00:00.000Z', { eth0: 'leaf3' });
  await hear('2026-11-03T00:00:00.000Z', {});
  expect(await feedsOf(servers[2])).toEqual(['switch leaf2: eth1 on null (lldp)', 'switch leaf3: eth0 on null (lldp)']);
  await hear('2026-12-20T00:00:00.000Z', { eth0: 'leaf3' });
  expect(await feedsOf(servers[2])).toEqual(['switch leaf3: eth0 on null (lldp)']);
});

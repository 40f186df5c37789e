import { type Described, noteSaid, type Part, POLICIES, type Server } from './world.ts';
import { changed, slotOf } from './field-model.ts';
import { ask } from './observe.ts';
import type { Play } from './play.ts';

const MAKES: Readonly<Record<Part['kind'], readonly [maker: string, models: readonly string[]]>> = {
  drive: ['Samsung', ['MZ7LH960HAJR-00005', 'MZQL21T9HCJR-00A07']],
  psu: ['Dell Inc.', ['D1400E-S0']],
  nic: ['Intel', ['E810-XXVDA2']],
};

export function newPart({ world, draw }: Play, kind: Part['kind']): Described {
  const [maker, models] = MAKES[kind];
  return { maker, model: draw.pick(models) ?? '', serial: `P${kind.toUpperCase()}${world.next()}` };
}

/** First contents of a server, before anything was uploaded of it. */
export function fit(play: Play, server: Server): void {
  const { draw, world } = play;
  const add = (kind: Part['kind'], bay: string): void => {
    const part: Part = {
      ...{ id: `${server.assetId}/${kind}/${bay}`, kind, bay, here: undefined, module: undefined },
      ...{ serial: slotOf(undefined, undefined), model: slotOf(undefined, undefined) },
      ...{
        again: false,
        removed: false,
        ignored: false,
        touched: true,
        said: new Set<string>(),
        everRemoved: new Set<number>(),
      },
    };
    server.parts.set(bay, part);
    put(part, newPart(play, kind));
  };
  for (let at = 0; at < 1 + draw.upTo(3); at += 1) add('drive', `Disk.Bay.${at}`);
  add('psu', 'PSU 1');
  if (!draw.chance(0.4)) return;
  add('nic', 'NIC.Slot.1');
  const number = world.next();
  server.ports = [1, 2].map((at) => ({
    id: `${server.assetId}/nic/NIC.Slot.1/${at}`,
    mac: `02:00:00:00:${(number >> 4).toString(16).padStart(2, '0')}:${(((number & 15) << 4) | at).toString(16).padStart(2, '0')}`,
    ...{ wanted: false, made: false, ignored: false },
  }));
}

/** Another part is in the slot now, or none. */
export function put(part: Part, here: Described | undefined): void {
  part.here = here;
  if (here === undefined) return;
  part.said.add(here.serial).add(here.model);
  part.serial = changed(POLICIES.part, part.serial, 'ours', here.serial);
  part.model = changed(POLICIES.part, part.model, 'ours', here.model);
}

/** What an agent that sees everything says of the server now. */
export async function upload({ stage, moment }: Play, server: Server): Promise<void> {
  const macAddresses = server.ports.map(({ mac }) => mac);
  const components = [...server.parts.values()].flatMap(({ kind, bay, here }) => {
    if (!here) return [];
    const { maker: manufacturer, model, serial } = here;
    const attributes = kind === 'nic' ? { attributes: { macAddresses } } : {};
    return [{ kind, slot: bay, manufacturer, model, serial, ...attributes }];
  });
  const report = {
    ...{ schema: 'reanimator.report/v1', source: 'redfish', collected_at: moment() },
    ...{ host: { asset_id: server.assetId }, scope: ['drive', 'psu', 'nic'], components },
  };
  await ask(stage, 'POST', '/v1/ingest/logbundle', new TextEncoder().encode(JSON.stringify(report)));
  for (const [field, count] of Object.entries(countsOf(server))) noteSaid(server, field, String(count));
}

/** What is counted of a server that has been looked into. */
export function countsOf({ parts }: Server): Record<string, number> {
  if (parts.size === 0) return {};
  const count = (kind: Part['kind']) => [...parts.values()].filter((part) => part.kind === kind && part.here).length;
  return { drive_count: count('drive'), psu_count: count('psu'), nic_count: count('nic') };
}

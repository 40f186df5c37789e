import { type HubClient, until } from './hub-client.ts';
import { type Actor, SITE } from './cast.ts';
import type { Stage } from './stage.ts';

export interface AssetAnswer {
  id: string;
  name: string | null;
  serial: string | null;
  state: string;
  state_reason: string | null;
  manufacturer: string | null;
  model: string | null;
  record: { id: string; url: string } | null;
}

export interface StoryOptions {
  stage: Stage;
  hub: HubClient;
  cast: Actor[];
  say(line: string): void;
  timeoutMs?: number;
}

/** Who became what, by the actor's name. */
export type Assets = Map<string, AssetAnswer>;

/** Says which machines will come, as the person who ordered them would. */
export async function expectMachines({ hub, cast }: StoryOptions): Promise<void> {
  const machines = cast
    .filter((actor) => actor.known === 'expected')
    .map(({ name, serial, rack, position, bmcMac }) => ({ bmc_mac: bmcMac, name, serial, site: SITE, rack, position }));
  if (machines.length > 0) await hub.post('/v1/expected-machines', machines);
}

/** Each BMC asks for an address; the DHCP server's hook tells the hub. */
export async function appear({ stage, cast }: StoryOptions): Promise<void> {
  for (const actor of cast) {
    await stage.dhcp.discover(actor.bmcMac, {
      hostname: actor.hostname,
      ...(actor.vendorClass === null ? {} : { vendorClass: actor.vendorClass }),
    });
  }
}

/** An operator finds the stranger on the list and says what it is. */
export async function adoptStrangers({ hub, cast, timeoutMs, say }: StoryOptions): Promise<void> {
  for (const actor of cast.filter((one) => one.known === 'unexpected')) {
    const bmc = await until(
      `${actor.bmcMac} on the list of unexpected BMCs`,
      async () => {
        const { items } = await hub.get<{ items: { id: string; mac: string; ip: string; hostname: string }[] }>(
          '/v1/bmcs?state=unexpected',
        );
        return items.find((one) => one.mac === actor.bmcMac);
      },
      timeoutMs,
    );
    say(
      `      nobody knows ${bmc.mac} (${bmc.hostname}, ${bmc.ip}): it waits on the list, and an operator adopts it as ${actor.name}`,
    );
    const { name, rack, position, serial } = actor;
    await hub.post(`/v1/bmcs/${bmc.id}/adopt`, { name, rack, position, serial, site: SITE });
  }
}

/** Waits until every server has gone all the way. */
export async function untilHardened({ hub, cast, timeoutMs }: StoryOptions): Promise<Assets> {
  const assets: Assets = new Map();
  for (const actor of cast) {
    const asset = await until(
      `${actor.name} HARDENED and recorded in NetBox`,
      async () => {
        const { items } = await hub.get<{ items: AssetAnswer[] }>('/v1/assets?limit=1000');
        const found = items.find((one) => one.name === actor.name);
        return found?.state === 'HARDENED' && found.record !== null ? found : undefined;
      },
      timeoutMs,
    );
    assets.set(actor.name, asset);
  }
  return assets;
}

/** Two parts fall ill; one of them says so three times. @returns the tickets' keys in Jira */
export async function fallIll({ hub, timeoutMs }: StoryOptions, assets: Assets): Promise<Map<string, string>> {
  const keys = new Map<string, string>();
  for (const asset of [...assets.values()].slice(0, 2)) {
    const { components } = await hub.get<{ components: { kind: string; slot: string; serial: string | null }[] }>(
      `/v1/assets/${asset.id}/inventory`,
    );
    const part = components.find((one) => one.kind === 'drive') ?? components.find((one) => one.kind === 'dimm');
    if (!part) throw new Error(`${asset.name} has neither drives nor memory`);
    const type = part.kind === 'drive' ? 'SMART_FAIL' : 'ECC_UNCORRECTABLE';
    const event = { asset: asset.id, type, component: part.slot, serial: part.serial, source: 'demo' };
    const at = Date.now();
    const first = { ...event, occurred_at: new Date(at).toISOString() };
    await hub.post('/v1/telemetry', [first]);
    // The same event again, and the same fault a moment later: neither opens anything.
    await hub.post('/v1/telemetry', [first, { ...event, occurred_at: new Date(at + 1000).toISOString() }]);
    const key = await until(
      `a Jira issue for ${part.slot} of ${asset.name}`,
      async () => {
        const { items } = await hub.get<{ items: { external: { key: string } | null }[] }>(
          `/v1/tickets?asset_id=${asset.id}`,
        );
        return items[0]?.external?.key;
      },
      timeoutMs,
    );
    keys.set(`${asset.name} ${part.slot}`, key);
  }
  return keys;
}

/** Somebody moves a device in NetBox: its webhook reaches the hub, which reads the device again. */
export async function movedInRecord({ hub, stage, timeoutMs }: StoryOptions, asset: AssetAnswer): Promise<void> {
  stage.netbox.as('alice').change('device', Number(asset.record?.id), { position: 21 });
  await until(
    `the hub knows that ${asset.name} is at U21 now`,
    async () => (await hub.get<{ position: number }>(`/v1/assets/${asset.id}`)).position === 21,
    timeoutMs,
  );
}

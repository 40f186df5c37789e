import { type HubClient } from './hub-client.ts';
import type { AssetAnswer } from './story.ts';

interface Part {
  component_id: string;
  kind: string;
  slot: string | null;
  manufacturer: string | null;
  model: string | null;
  serial: string | null;
  installed_after: string | null;
  installed_at: string;
}

/**
 * A report of two months ago comes late: another part was in one of the slots then. The history takes it in where it belongs, and still
 * knows what it believed before. @throws Error where it does not
 */
export async function reportComesLate(hub: HubClient, asset: AssetAnswer, say: (line: string) => void): Promise<void> {
  const partsAt = async (query = ''): Promise<Part[]> =>
    (await hub.get<{ components: Part[] }>(`/v1/assets/${asset.id}/inventory${query}`)).components;
  const now = await partsAt();
  const part =
    now.find(({ kind, serial, slot }) => kind === 'drive' && serial !== null && slot !== null) ??
    now.find(({ serial, slot }) => serial !== null && slot !== null);
  if (!part) throw new Error(`${asset.name} has no part with a serial`);
  const then = new Date(Date.now() - 60 * 86_400_000).toISOString();
  const knownBefore = new Date().toISOString();
  await new Promise((resolve) => setTimeout(resolve, 5));
  const serial = `${part.serial?.slice(0, -3)}OLD`;
  await hub.post('/v1/ingest/logbundle', {
    schema: 'reanimator.report/v1',
    source: 'redfish',
    collected_at: then,
    host: { asset_id: asset.id },
    scope: [part.kind],
    components: [{ kind: part.kind, slot: part.slot, manufacturer: part.manufacturer, model: part.model, serial }],
  });
  const inSlot = (parts: Part[]): Part | undefined =>
    parts.find(({ kind, slot }) => kind === part.kind && slot === part.slot);
  const [today, was, believed] = [
    inSlot(await partsAt()),
    inSlot(await partsAt(`?as_of=${then}`)),
    inSlot(await partsAt(`?as_of=${then}&known_at=${knownBefore}`)),
  ];
  if (today?.serial !== part.serial || was?.serial !== serial || believed !== undefined)
    throw new Error(
      `the late report of ${asset.name} did not find its place: ${JSON.stringify({ today, was, believed })}`,
    );
  const { items } = await hub.get<{ items: { removed_after: string | null; removed_at: string | null }[] }>(
    `/v1/components/${was.component_id}/installations`,
  );
  const day = (time: string | null | undefined): string => time?.slice(0, 10) ?? 'nobody had looked before';
  say(`      ${part.kind} in ${part.slot}: today ${today.serial}, on ${day(then)} ${was.serial}`);
  say(`      it was taken out between ${day(items[0]?.removed_after)} and ${day(items[0]?.removed_at)}`);
  say(`      ?as_of=${day(then)}&known_at=${knownBefore.slice(0, 19)}Z: ${day(null)}, so nothing was believed`);
}

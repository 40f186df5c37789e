import type { NamedAsset } from '../assets/reads.ts';
import type { Ctx } from '../core/ctx.ts';
import { toFaults } from '../core/to-faults.ts';
import { findPlacesByNames, type Place } from '../locations/reads.ts';
import type { JudgedSymptom } from './episode.ts';
import { eventOf } from './read-cloud-event.ts';
import type { FindServers } from './known-servers.ts';
import { type Bounds, judgeTime, type Symptom, symptomOf, TelemetryEvent } from './symptom.ts';

/** Why one of many is not taken: which field, and what would be right. */
export interface Refusal {
  field: string;
  reason: string;
}

/** What a symptom is about, as far as the rules want to know. */
export interface About {
  type: 'asset' | 'location';
  id: string;
  model: string | null;
  manufacturer: string | null;
  site: string | null;
}

export type Checked = { symptom: Symptom; about: About } | Refusal;

/** One by one: one that is wrong does not stop the others. Servers and places are looked up for all at once. */
export async function checkSymptoms(
  ctx: Ctx,
  items: readonly unknown[],
  judge: { bounds: Bounds; findServers: FindServers },
): Promise<Checked[]> {
  const parsed = items.map(parse);
  const events = parsed.flatMap((one) => ('event' in one ? [one.event] : []));
  const assets = await judge.findServers(
    ctx,
    events.flatMap(({ asset }) => asset ?? []),
  );
  const places = await findPlacesByNames(
    ctx,
    events.flatMap(({ location }) => location ?? []),
  );
  const now = ctx.now().getTime();
  return parsed.map((one): Checked => {
    if (!('event' in one)) return one;
    const { event } = one;
    const about = aboutOf(event, assets, places);
    if ('reason' in about) return about;
    const time = judgeTime(event.occurred_at, judge.bounds, now);
    if ('reason' in time) return { field: 'occurred_at', reason: time.reason };
    return { symptom: symptomOf(event, about, time.at, time.late), about };
  });
}

function parse(item: unknown): { event: TelemetryEvent } | Refusal {
  const said = eventOf(item);
  if ('reason' in said) return said;
  const { data, error } = TelemetryEvent.safeParse(said.event);
  if (error === undefined) return { event: data };
  const [fault, ...more] = toFaults(error, '');
  const others = more.length === 0 ? '' : `; and ${more.map(({ field }) => field.slice(1)).join(', ')}`;
  return { field: fault?.field.slice(1) ?? '', reason: `${fault?.message ?? 'is not a symptom'}${others}` };
}

function aboutOf(
  { asset, location }: TelemetryEvent,
  assets: ReadonlyMap<string, NamedAsset>,
  places: ReadonlyMap<string, Place>,
): About | Refusal {
  if (asset !== undefined) {
    const found = assets.get(asset);
    if (found !== undefined) return { type: 'asset', ...found };
    return {
      field: 'asset',
      reason: `no server, or several, of the id, serial, name or asset tag ${asset}: GET /v1/assets?q= finds it`,
    };
  }
  const place = places.get(location ?? '');
  if (place !== undefined) return { type: 'location', id: place.id, site: place.site, model: null, manufacturer: null };
  return {
    field: 'location',
    reason: `no place, or several, of the id or name ${location}: write site/rack or the whole path, as GET /v1/locations shows it`,
  };
}

export function toJudged(symptom: Symptom, about: About): JudgedSymptom {
  const { occurredAt, senderId: _, late: __, ...said } = symptom;
  const { model, manufacturer, site } = about;
  return { ...said, at: Date.parse(occurredAt), model, manufacturer, site };
}

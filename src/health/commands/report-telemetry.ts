import { z } from 'zod';
import type { TxCtx } from '../../core/ctx.ts';
import { Time } from '../../core/schemas.ts';
import { type Checked, checkSymptoms, toJudged } from '../check-symptoms.ts';
import type { RuleSet } from '../compile-rules.ts';
import { type Episode, episodeKey, type JudgedSymptom, type Told } from '../episode.ts';
import { type EpisodeKey, lockEpisodes, makeEpisodes, removeEpisodes, saveEpisodes } from '../episode-store.ts';
import type { FindServers } from '../known-servers.ts';
import { judgeBatch, rulesFor } from '../judge-batch.ts';
import type { Bounds } from '../symptom.ts';
import type { TakenLately } from '../taken-lately.ts';
import { insertSymptoms } from '../symptom-store.ts';
import { tellAlerts } from '../tell-alerts.ts';

/** The rules as they are now, and how old or new a symptom may be. */
export interface TelemetryJudge {
  rules(): RuleSet;
  bounds: Bounds;
  findServers: FindServers;
  taken: TakenLately;
}

export const TelemetryResult = z
  .object({
    status: z.enum(['accepted', 'duplicate', 'rejected']),
    hash: z.string().nullable().meta({ description: 'Of the symptom: /v1/telemetry/{hash}' }),
    asset_id: z.string().nullable(),
    location_id: z.string().nullable(),
    occurred_at: Time.nullable(),
    late: z.boolean().meta({ description: 'Too old to open anything: it is only kept' }),
    alert: z.boolean().meta({ description: 'Whether a rule raised an alert' }),
    field: z.string().nullable().meta({ description: 'Of a rejected one: what is wrong with it' }),
    reason: z.string().nullable().meta({ description: 'Of a rejected one: why, and what would be right' }),
  })
  .meta({ id: 'TelemetryResult' });
export type TelemetryResult = z.infer<typeof TelemetryResult>;

/**
 * Takes each symptom once, however often and by whomever it is sent, and raises alerts where rules say so. One result per item, in their
 * order; `TelemetryEvent` says what an item is. The transaction should be `read committed`: it learns step by step what it has to lock.
 */
export async function reportTelemetry(
  tx: TxCtx,
  judge: TelemetryJudge,
  items: readonly unknown[],
): Promise<TelemetryResult[]> {
  const checked = await checkSymptoms(tx, items, judge);
  const first = new Map<string, number>();
  checked.forEach((one, index) => {
    if ('symptom' in one && !first.has(one.symptom.hash)) first.set(one.symptom.hash, index);
  });
  const distinct = [...first.values()].flatMap((index) => {
    const one = checked[index];
    return one !== undefined && 'symptom' in one && !judge.taken.has(one.symptom.hash) ? [one] : [];
  });
  if (distinct.length === 0) return checked.map((one) => resultOf(one, false, false));
  const received = tx.now().toISOString();
  const added = await insertSymptoms(
    tx.db,
    distinct.map(({ symptom }) => symptom),
    received,
  );
  tx.afterCommit(() => judge.taken.add(distinct.map(({ symptom }) => symptom.hash)));
  const news = distinct.filter(({ symptom }) => added.has(symptom.hash) && !symptom.late);
  const told = await judgeNew(
    tx,
    judge,
    news.map(({ symptom, about }) => toJudged(symptom, about)),
  );
  const alerted = new Set(
    told.flatMap(({ did, said }) => (did === 'cleared' || said.hash === null ? [] : [said.hash])),
  );
  return checked.map((one, index) => {
    const isNew = 'symptom' in one && first.get(one.symptom.hash) === index && added.has(one.symptom.hash);
    return resultOf(one, isNew, isNew && alerted.has(one.symptom.hash));
  });
}

async function judgeNew(tx: TxCtx, judge: TelemetryJudge, symptoms: readonly JudgedSymptom[]): Promise<Told[]> {
  const rules = judge.rules();
  const keys: EpisodeKey[] = [];
  const concerned = symptoms.filter((symptom) => {
    const looking = rulesFor(rules, symptom);
    const { subjectId, component } = symptom;
    for (const { id: rule } of looking) keys.push({ subjectId, component: component ?? '', rule });
    return looking.length > 0;
  });
  if (concerned.length === 0) return [];
  const { lateMs } = judge.bounds;
  const all: Told[] = [];
  // Mostly once: again only for episodes that somebody else began at the same moment, which are theirs, and locked by now.
  for (let only: ReadonlySet<string> | undefined; ;) {
    const episodes = await lockEpisodes(tx.db, keys);
    const known = new Set(episodes.values());
    const judged = judgeBatch(rules, episodes, concerned, { lateMs, only });
    const isKnown = (episode: Episode): boolean => known.has(episode);
    const taken = new Set(
      await makeEpisodes(
        tx.db,
        [...judged.changed].filter((episode) => !isKnown(episode)),
      ),
    );
    await saveEpisodes(tx.db, [...judged.changed].filter(isKnown));
    await removeEpisodes(tx.db, [...judged.gone].filter(isKnown));
    all.push(...judged.told.filter((told) => !taken.has(episodeKey(told.subjectId, told.component, told.rule))));
    if (taken.size === 0) break;
    only = taken;
  }
  await tellAlerts(tx, rules, all);
  return all;
}

function resultOf(one: Checked, isNew: boolean, alert: boolean): TelemetryResult {
  if (!('symptom' in one)) {
    const nothing = { hash: null, asset_id: null, location_id: null, occurred_at: null, late: false, alert: false };
    return { status: 'rejected', ...nothing, ...one };
  }
  const { hash, subjectType, subjectId, occurredAt, late } = one.symptom;
  return {
    ...{ status: isNew ? 'accepted' : 'duplicate', hash, late, alert, field: null, reason: null },
    ...{ asset_id: subjectType === 'asset' ? subjectId : null, occurred_at: occurredAt },
    location_id: subjectType === 'location' ? subjectId : null,
  };
}

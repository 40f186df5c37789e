import { findAssetsByNames } from '../assets/reads.ts';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { findPlaces } from '../locations/reads.ts';
import { type About, checkSymptoms } from './check-symptoms.ts';
import type { TelemetryJudge } from './commands/report-telemetry.ts';
import { type Explained, explainSymptom, type WhatBecame } from './explain.ts';
import { findSymptom, type KeptSymptom } from './symptom-reads.ts';

/** Of one that is kept: what its server or place is now decides which rules are about it. */
export async function explainKept(
  ctx: Ctx,
  judge: TelemetryJudge,
  whatBecame: WhatBecame,
  symptom: KeptSymptom,
): Promise<Explained> {
  return explainSymptom(ctx, judge, whatBecame, { symptom, about: await aboutOf(ctx, symptom), kept: true });
}

/**
 * Of one that somebody only describes, as a report would: what would come of it now.
 * @throws HubError invalid where it could not be taken
 */
export async function explainDraft(
  ctx: Ctx,
  judge: TelemetryJudge,
  whatBecame: WhatBecame,
  item: unknown,
): Promise<{ explained: Explained; kept: KeptSymptom | null }> {
  const [checked] = await checkSymptoms(ctx, [item], judge);
  if (checked === undefined || !('symptom' in checked))
    throw new HubError('invalid', `${checked?.field ?? 'event'}: ${checked?.reason ?? 'is missing'}`);
  const kept = await findSymptom(ctx, checked.symptom.hash);
  if (kept !== undefined) return { explained: await explainKept(ctx, judge, whatBecame, kept), kept };
  return { explained: await explainSymptom(ctx, judge, whatBecame, { ...checked, kept: false }), kept: null };
}

async function aboutOf(ctx: Ctx, { subjectType: type, subjectId: id }: KeptSymptom): Promise<About> {
  const unknown = { type, id, model: null, manufacturer: null, site: null };
  if (type === 'asset') {
    const found = (await findAssetsByNames(ctx, [id])).get(id);
    return found === undefined ? unknown : { type, ...found };
  }
  return { ...unknown, site: (await findPlaces(ctx, [id])).get(id)?.site ?? null };
}

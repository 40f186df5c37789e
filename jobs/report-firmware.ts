import type { Asset } from '#src/assets/reads.ts';
import { tx } from '#src/core/tx.ts';
import { judgeInstalled, type JudgedComponent } from '#src/firmware/judge-installed.ts';
import { readInstalled } from '#src/firmware/reads.ts';
import { reportTelemetry } from '#src/health/commands/report-telemetry.ts';
import { raisedBy } from '#src/health/reads.ts';
import type { JobCtx } from './job-ctx.ts';

const SYMPTOM = 'FIRMWARE_BELOW_BASELINE';
const OVER = 'FIRMWARE_AT_BASELINE';

/** Firmware that is not what the policy wants is a symptom: told when a look shows it for the first time, and when one shows that it is over. */
export async function reportFirmware(ctx: JobCtx, { id, manufacturer, model }: Asset): Promise<number> {
  const { readAt, rows } = await readInstalled(ctx, id);
  if (readAt === null) return 0;
  const { policy } = ctx.settings.firmware;
  const { components } = judgeInstalled(policy, { vendor: manufacturer, model, rows });
  const told = await raisedBy(ctx, { subjectId: id, symptom: SYMPTOM });
  const news = components.flatMap((one) => symptomOf(one, told));
  if (news.length === 0) return 0;
  const items = news.map((one) => ({ asset: id, occurred_at: readAt, source: 'inspection', ...one }));
  const { telemetry } = ctx.settings.health;
  const results = await tx(ctx, (inside) => reportTelemetry(inside, telemetry, items), { isolation: 'read committed' });
  return results.filter(({ status }) => status === 'accepted').length;
}

/** Of a version that is not shown nothing is said: it is no old one, and no new one either. */
function symptomOf(
  { component, version, wanted, verdict }: JudgedComponent,
  told: ReadonlySet<string>,
): { type: string; component: string; message: string }[] {
  const message = `installed ${version}, the baseline is ${wanted}`;
  if (verdict === 'differs' && !told.has(component)) return [{ type: SYMPTOM, component, message }];
  if (verdict === 'as-wanted' && told.has(component)) return [{ type: OVER, component, message }];
  return [];
}

import { z } from 'zod';
import { type Asset, findAsset } from '../assets/reads.ts';
import type { Ctx } from '../core/ctx.ts';
import { HubError } from '../core/error.ts';
import { get, type Route } from '../core/route.ts';
import { IdParams, Nullable } from '../core/schemas.ts';
import { INSTALLED_VERDICTS, judgeInstalled } from './judge-installed.ts';
import type { FirmwarePolicy } from './policy.ts';
import { readInstalled } from './reads.ts';

const InstalledView = z
  .object({
    read_at: Nullable.time.meta({ description: 'When the BMC last showed these; null: nobody has looked yet' }),
    components: z.array(
      z.object({
        component: z.string(),
        name: z.string(),
        kind: Nullable.text.meta({ description: 'null: none that the policy knows' }),
        version: Nullable.text,
        updateable: z.boolean().nullable(),
        wanted: Nullable.text.meta({ description: 'By the baseline of the firmware policy; null: it does not say' }),
        verdict: z.enum(INSTALLED_VERDICTS).meta({ description: 'unknown: the BMC shows no version' }),
      }),
    ),
    plan: z
      .array(z.object({ component: z.string(), name: z.string(), from: Nullable.text, to: z.string() }))
      .meta({ description: 'Steps that an update to the baseline would take from here' }),
    plan_failure: Nullable.text.meta({ description: 'Why there is no such plan' }),
  })
  .meta({ id: 'InstalledFirmware' });

export function installedRoutes(policy: FirmwarePolicy): Route[] {
  return [
    get(
      {
        id: 'getInstalledFirmware',
        path: '/v1/assets/{id}/firmware',
        summary: 'Firmware of a server as its BMC last showed it, against the firmware policy',
        tag: 'Firmware',
        scope: 'assets:read',
        params: IdParams,
        answers: { 200: { says: 'Its components', schema: InstalledView } },
      },
      async (ctx, { params }) => {
        const asset = await findAsset(ctx, params.id);
        if (!asset) throw new HubError('not-found', `There is no asset ${params.id}`);
        return { status: 200, body: await viewInstalled(ctx, policy, asset) };
      },
    ),
  ];
}

async function viewInstalled(
  ctx: Ctx,
  policy: FirmwarePolicy,
  { id, manufacturer, model }: Asset,
): Promise<z.infer<typeof InstalledView>> {
  const { readAt, rows } = await readInstalled(ctx, id);
  if (readAt === null)
    return { read_at: null, components: [], plan: [], plan_failure: 'Nobody has looked into this server yet' };
  const { components, plan, why } = judgeInstalled(policy, { vendor: manufacturer, model, rows });
  return { read_at: readAt, components, plan, plan_failure: why };
}

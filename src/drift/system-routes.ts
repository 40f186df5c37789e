import { z } from 'zod';
import { get, patch, post, type Route } from '../core/route.ts';
import { wantedVersion } from '../core/bulk.ts';
import type { Ctx } from '../core/ctx.ts';
import { releaseHold, setMode } from './commands/set-mode.ts';
import { MODES } from './model.ts';
import { readSystem } from './reads.ts';
import { mustReconcile, type Reconciled } from './reconciled.ts';
import { SystemView, viewSystem } from './run-views.ts';

const tag = 'Reconcile';
const SystemParams = z.object({ system: z.string().max(40) });

const SwitchedView = SystemView.extend({
  look: z
    .object({
      run_id: z.string(),
      asked_for_now: z.boolean().meta({ description: 'false: it was asked for before, and is under way' }),
    })
    .nullable()
    .meta({ description: 'The look at everything that does what stands open; null: none was needed' }),
}).meta({ id: 'ReconcileSystemSwitched' });

export function systemRoutes(reconciled: Reconciled): Route[] {
  const answer = async (ctx: Ctx, system: string) => {
    const overview = await readSystem(ctx, system);
    return { status: 200, headers: { etag: `"${overview.version}"` }, body: viewSystem(overview, reconciled) };
  };
  return [
    get(
      {
        id: 'listReconcileSystems',
        path: '/v1/reconcile/systems',
        summary: 'The systems that the hub compares itself with, and what stands open',
        tag,
        scope: 'reconcile:read',
        answers: { 200: { says: 'All of them', schema: z.object({ items: z.array(SystemView) }) } },
      },
      async (ctx) => {
        const items = [];
        for (const system of reconciled.mappings.keys())
          items.push(viewSystem(await readSystem(ctx, system), reconciled));
        return { status: 200, body: { items } };
      },
    ),
    get(
      {
        id: 'getReconcileSystem',
        path: '/v1/reconcile/systems/{system}',
        summary: 'One of them',
        tag,
        scope: 'reconcile:read',
        params: SystemParams,
        answers: { 200: { says: 'The system', schema: SystemView } },
      },
      async (ctx, { params: { system } }) => {
        mustReconcile(reconciled, system);
        return answer(ctx, system);
      },
    ),
    patch(
      {
        id: 'setReconcileMode',
        path: '/v1/reconcile/systems/{system}',
        summary:
          'Switch between dry-run and apply; to apply also takes on the mappings as they are now, and asks for a look at everything',
        tag,
        scope: 'reconcile:write',
        params: SystemParams,
        body: z.strictObject({ mode: z.enum(MODES), version: z.int().optional() }),
        isolation: 'read committed',
        answers: { 200: { says: 'As it is now', schema: SwitchedView } },
      },
      async (tx, { params: { system }, body, headers }) => {
        mustReconcile(reconciled, system);
        const version = wantedVersion(headers, body.version);
        const mappingHash = reconciled.mappingHash(system);
        const look = await setMode(tx, { system, mode: body.mode, mappingHash, version });
        const shown = await answer(tx, system);
        return { ...shown, body: { ...shown.body, look: look && { run_id: look.run.id, asked_for_now: look.isNew } } };
      },
    ),
    post(
      {
        id: 'releaseReconcileHold',
        path: '/v1/reconcile/systems/{system}/release',
        summary: 'Let a system that brakes hold be written by itself again',
        tag,
        scope: 'reconcile:write',
        params: SystemParams,
        isolation: 'read committed',
        answers: { 200: { says: 'As it is now', schema: SystemView } },
      },
      async (tx, { params: { system } }) => {
        mustReconcile(reconciled, system);
        await releaseHold(tx, { system });
        return answer(tx, system);
      },
    ),
  ];
}

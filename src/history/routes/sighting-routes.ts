import { z } from 'zod';
import type { Ctx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { type Answer, command, invalid, type Route } from '../../core/route.ts';
import { Id, IdParams, Time } from '../../core/schemas.ts';
import type { Intake } from '../intake/intake.ts';
import {
  momentOfSighting,
  type SeenByPerson,
  type Sighting,
  type Stated,
  stateSighting,
} from '../commands/state-sighting.ts';
import { REMOVAL_REASONS } from '../derive/look.ts';
import { findKnown, type Said, severalMeant } from '../find-known.ts';
import { findPlace } from '../stated-place-reads.ts';
import { normalizeSerial } from '../identity/identify.ts';
import { serialsInBarcode } from '../read-barcode.ts';
import { type Component, findComponent, listInstallations } from '../reads.ts';
import { ComponentView, Kind, viewComponent } from './component-views.ts';

const tag = 'Components';
const scope = 'components:write';
const MOST_DELIVERED = 1000;

const At = z.iso
  .datetime({ offset: true, error: 'an ISO 8601 time with its zone, e.g. 2026-05-03T12:00:00Z' })
  .optional()
  .meta({ description: 'When it was seen or done; now, if it is left out' });
const Text = z.string().trim().min(1).max(150).nullish();
const Serial = z.string().trim().min(1).max(128);
const Slot = Text.meta({ description: 'As the inventory names it' });
const Confidence = z
  .number()
  .min(0)
  .max(1)
  .optional()
  .meta({ description: 'How sure it is; else as sure as the method is' });
const Where = z
  .strictObject({ asset_id: Id.optional(), location_id: Id.optional() })
  .refine(
    ({ asset_id: a, location_id: l }) => (a === undefined) !== (l === undefined),
    'needs one of asset_id and location_id',
  );

const ChangeView = z.object({
  component_id: z.string(),
  type: z.string().meta({ description: 'INSTALLED, MOVED, REMOVED, …' }),
  occurred_at: Time,
  sentence: z.string(),
});
const Changes = z.object({
  bundle: z.string().meta({ description: 'SHA-256 of the statement, which is kept: /v1/bundles/{sha256}' }),
  added: z.array(ChangeView),
  retracted: z.array(ChangeView).meta({ description: 'What had been believed and is not any more' }),
});
const SightingView = Changes.extend({
  component: ComponentView.meta({ description: 'As it is believed now, with the place where it is' }),
}).meta({ id: 'Sighting' });
const DeliveryView = Changes.extend({ components: z.array(ComponentView) }).meta({ id: 'PartsDelivery' });
const answers = {
  201: { says: 'Taken', schema: SightingView },
  200: { says: 'The very same was said before; nothing changed', schema: SightingView },
};

/** What people see and do. Each statement is kept as a document and derived from like any other. */
export function sightingRoutes(intake: Pick<Intake, 'takeDocument'>): Route[] {
  return [
    command(
      {
        id: 'scanComponent',
        path: '/v1/scans',
        summary: 'Say that a part was seen in a server, a bin, on a bench; one that nobody knows yet is entered',
        tag,
        scope,
        body: z
          .strictObject({
            barcode: z.string().min(1).max(2000).optional().meta({ description: 'As the reader gives it' }),
            serial: Serial.optional(),
            manufacturer: Text,
            kind: Kind.optional().meta({ description: 'Needed for a part that nobody knows yet' }),
            model: Text,
            part_number: Text,
            where: Where,
            slot: Slot,
            at: At,
            method: z.enum(['scan', 'manual', 'delivery-note']).default('scan'),
            confidence: Confidence,
          })
          .refine(({ barcode, serial }) => (barcode === undefined) !== (serial === undefined), {
            path: ['serial'],
            message: 'send one of serial and barcode',
          }),
        answers,
      },
      async (ctx, { body }) => {
        const { asset_id: assetId, location_id: locationId } = body.where;
        const where = await findPlace(ctx, { assetId, locationId }, '/where/');
        const at = momentOfSighting(ctx, body.at);
        const { manufacturer, model, kind, part_number: partNumber } = body;
        const [field, serials] =
          body.serial === undefined ? ['/barcode', serialsInBarcode(body.barcode ?? '')] : ['/serial', [body.serial]];
        const said = serials.map((serial) => ({ serial, manufacturer, model, kind, partNumber }));
        const seen = { ...(await whichPart(ctx, said, { field, kind: '/kind' })), slot: body.slot ?? null };
        const { method, confidence = null } = body;
        return answerOne(
          await stateSighting(ctx, intake, at, [{ where, method, confidence, present: [seen], absent: [] }]),
        );
      },
    ),
    command(
      {
        id: 'installComponent',
        path: '/v1/components/{id}/install',
        summary: 'Say that a part was put into a server',
        tag,
        scope,
        params: IdParams,
        body: z.strictObject({ asset_id: Id, slot: Slot, at: At, confidence: Confidence }),
        answers,
      },
      async (ctx, { params, body }) => {
        const known = await withSerial(ctx, params.id);
        const where = await findPlace(ctx, { assetId: body.asset_id }, '/');
        const seen = { said: { serial: known.serial }, known: known.component, slot: body.slot ?? null };
        const at = momentOfSighting(ctx, body.at);
        const { confidence = null } = body;
        return answerOne(
          await stateSighting(ctx, intake, at, [{ where, method: 'manual', confidence, present: [seen], absent: [] }]),
        );
      },
    ),
    command(
      {
        id: 'removeComponent',
        path: '/v1/components/{id}/remove',
        summary: 'Say that a part was taken out of a server, why, and where it was put',
        tag,
        scope,
        params: IdParams,
        body: z.strictObject({
          asset_id: Id.optional().meta({ description: 'Else the server in which it is believed to have been' }),
          reason: z.enum(REMOVAL_REASONS),
          to_location_id: Id.optional().meta({ description: 'Where it was put' }),
          at: At,
          confidence: Confidence,
        }),
        answers,
      },
      async (ctx, { params, body }) => {
        const { component, serial } = await withSerial(ctx, params.id);
        const at = momentOfSighting(ctx, body.at);
        const assetId = body.asset_id ?? (await serverAt(ctx, component, at));
        const where = await findPlace(ctx, { assetId }, '/');
        const { confidence = null } = body;
        const common = { method: 'manual', confidence } as const;
        const gone: Sighting = { ...common, where, present: [], absent: [{ known: component, reason: body.reason }] };
        if (body.to_location_id === undefined) return answerOne(await stateSighting(ctx, intake, at, [gone]));
        const bin = await findPlace(ctx, { locationId: body.to_location_id }, '/to_');
        const there = { said: { serial }, known: component, slot: null };
        const put: Sighting = { ...common, where: bin, present: [there], absent: [] };
        return answerOne(await stateSighting(ctx, intake, at, [gone, put]));
      },
    ),
    command(
      {
        id: 'takeDelivery',
        path: '/v1/deliveries',
        summary: `Say which parts came in, up to ${MOST_DELIVERED} at once: all of them, or none`,
        tag,
        scope,
        body: z.strictObject({
          location_id: Id,
          at: At,
          confidence: Confidence,
          items: z
            .array(
              z.strictObject({
                serial: Serial,
                manufacturer: Text,
                kind: Kind.optional(),
                model: Text,
                part_number: Text,
              }),
            )
            .min(1)
            .max(MOST_DELIVERED),
        }),
        answers: {
          201: {
            says: 'Taken',
            schema: DeliveryView,
          },
          200: {
            says: 'The very same was said before; nothing changed',
            schema: DeliveryView,
          },
        },
      },
      async (ctx, { body }) => {
        const where = await findPlace(ctx, { locationId: body.location_id }, '/');
        const at = momentOfSighting(ctx, body.at);
        const present: SeenByPerson[] = [];
        const taken = new Map<string, number>();
        for (const [index, { part_number: partNumber, ...item }] of body.items.entries()) {
          const fields = { field: `/items/${index}/serial`, kind: `/items/${index}/kind` };
          const seen = { ...(await whichPart(ctx, [{ ...item, partNumber }], fields)), slot: null };
          const key = seen.known?.id ?? JSON.stringify([normalizeSerial(item.serial), item.kind]);
          // One serial twice in one statement would identify neither.
          const before = taken.get(key);
          if (before !== undefined) throw invalid(fields.field, `is there twice: it is item ${before}, too`);
          taken.set(key, index);
          present.push(seen);
        }
        const { confidence = null } = body;
        const stated = await stateSighting(ctx, intake, at, [
          { where, method: 'delivery-note', confidence, present, absent: [] },
        ]);
        return {
          status: stated.isNew ? 201 : 200,
          body: { ...viewChanges(stated), components: stated.components.map(viewComponent) },
        };
      },
    ),
  ];
}

function answerOne(stated: Stated): Answer {
  const [component] = stated.components;
  if (component === undefined) throw new HubError('internal', 'a statement about one part is about none');
  return {
    status: stated.isNew ? 201 : 200,
    body: { ...viewChanges(stated), component: viewComponent(component) },
  };
}

function viewChanges({ sha256, added, retracted }: Stated): z.infer<typeof Changes> {
  const view = ({ componentId, type, occurredAt, sentence }: Stated['added'][number]) => ({
    component_id: componentId,
    type,
    occurred_at: occurredAt,
    sentence,
  });
  return { bundle: sha256, added: added.map(view), retracted: retracted.map(view) };
}

/** @param all what a code may mean, the likeliest first @throws HubError conflict with the candidates; invalid where a new part lacks its kind */
async function whichPart(
  ctx: Ctx,
  all: readonly Said[],
  fields: { field: string; kind: string },
): Promise<{ said: Said; known: Component | undefined }> {
  const sound = all.filter(({ serial }) => normalizeSerial(serial) !== null);
  const [likeliest] = sound;
  if (likeliest === undefined) throw invalid(fields.field, 'holds no serial that identifies a part');
  for (const said of sound) {
    const found = await findKnown(ctx, said);
    const [known, ...others] = found;
    if (others.length > 0) throw severalMeant(fields.field, found);
    if (known !== undefined) return { said, known };
  }
  if (likeliest.kind === undefined)
    throw invalid(fields.kind, `is needed: nobody knows the serial ${likeliest.serial} yet, and it will be entered`);
  return { said: likeliest, known: undefined };
}

async function withSerial(ctx: Ctx, id: string): Promise<{ component: Component; serial: string }> {
  const component = await findComponent(ctx, id);
  if (!component) throw new HubError('not-found', `There is no component ${id}`);
  const { serial } = component;
  if (serial === null || component.identity !== 'serial')
    throw new HubError(
      'conflict',
      'This part has no serial that identifies it: it is known by its server and slot only, and nobody can say that it is somewhere else',
    );
  return { component, serial };
}

/** The server in which it was last known to be by then. */
async function serverAt(ctx: Ctx, { id }: Component, at: string): Promise<string> {
  const stays = await listInstallations(ctx, id, { asOf: null, knownAt: null });
  const stay = stays.findLast(
    ({ assetId, installedAt, removedAt }) =>
      assetId !== null && installedAt <= at && (removedAt === null || removedAt >= at),
  );
  if (stay?.assetId) return stay.assetId;
  throw new HubError('conflict', `It is not known to have been in a server at ${at}: name one in asset_id`, {
    fields: [{ field: '/asset_id', message: 'is needed' }],
  });
}

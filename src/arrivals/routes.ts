import { z } from 'zod';
import { HubError } from '../core/error.ts';
import { Cursor, fromCursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import type { Seal } from '../core/seal.ts';
import { Accepted, accepted, IdParams, Nullable, Time } from '../core/schemas.ts';
import { adoptBmc } from './commands/adopt-bmc.ts';
import { expectMachine } from './commands/expect-machine.ts';
import { ignoreBmc } from './commands/ignore-bmc.ts';
import { Adoption, BmcState, ExpectedMachineInput } from './model.ts';
import { type Bmc, type ExpectedMachine, findBmc, findExpected, listBmcs, listExpected } from './reads.ts';

const tag = 'Arrivals';

const ExpectedMachineView = z
  .object({
    id: z.string(),
    bmc_mac: z.string(),
    name: Nullable.text,
    serial: Nullable.text,
    asset_tag: Nullable.text,
    manufacturer: Nullable.text,
    model: Nullable.text,
    site: Nullable.text,
    rack: Nullable.text,
    position: Nullable.number,
    bmc_username: Nullable.text,
    has_bmc_password: z.boolean(),
    asset_id: Nullable.text.meta({ description: 'The server that it became' }),
    arrived_at: Nullable.time,
    created_at: Time,
    updated_at: Time,
  })
  .meta({ id: 'ExpectedMachine' });

const BmcView = z
  .object({
    id: z.string(),
    mac: z.string(),
    ip: Nullable.text,
    state: BmcState,
    state_reason: Nullable.text,
    hostname: Nullable.text,
    vendor_class: Nullable.text,
    subnet_id: Nullable.text,
    relay: Nullable.text,
    source: z.string(),
    first_seen_at: Time,
    last_seen_at: Time,
    sightings: z.int(),
    asset_id: Nullable.text,
  })
  .meta({ id: 'Bmc' });

const ExpectedResult = z
  .object({ did: z.enum(['created', 'updated', 'unchanged']), machine: ExpectedMachineView })
  .meta({ id: 'ExpectedMachineResult' });

export function arrivalRoutes(seal: Seal): Route[] {
  return [
    post(
      {
        id: 'expectMachines',
        path: '/v1/expected-machines',
        summary:
          'Say which machines will appear: insert or update by the MAC of the BMC, one or up to 1,000, all or none',
        tag,
        scope: 'arrivals:write',
        body: z.union([ExpectedMachineInput, z.array(ExpectedMachineInput).min(1).max(1000)]),
        answers: {
          200: {
            says: 'One result per machine, in their order',
            schema: z.object({ results: z.array(ExpectedResult) }),
          },
        },
      },
      async (tx, { body }) => {
        const inputs = Array.isArray(body) ? body : [body];
        refuseTwice(inputs.map((input) => input.bmc_mac));
        const results = [];
        // In the order of their keys, so that two batches at once do not block each other.
        const order = inputs
          .map((_, index) => index)
          .toSorted((a, b) => ((inputs[a]?.bmc_mac ?? '') < (inputs[b]?.bmc_mac ?? '') ? -1 : 1));
        for (const index of order) {
          const input = inputs[index];
          if (!input) continue;
          const { machine, did } = await expectMachine(tx, seal, input);
          results[index] = { did, machine: viewExpected(machine) };
        }
        return { status: 200, body: { results } };
      },
    ),
    get(
      {
        id: 'listExpectedMachines',
        path: '/v1/expected-machines',
        summary: 'List expected machines',
        tag,
        scope: 'arrivals:read',
        query: z.object({ arrived: z.enum(['true', 'false']).optional(), cursor: Cursor, limit: Limit }),
        answers: {
          200: { says: 'A page of them', schema: pageOf(ExpectedMachineView).meta({ id: 'ExpectedMachinePage' }) },
        },
      },
      async (ctx, { query }) => {
        const [after] = fromCursor(query.cursor, 1) ?? [];
        const arrived = query.arrived === undefined ? undefined : query.arrived === 'true';
        const page = toPage(
          await listExpected(ctx, { arrived, after, limit: query.limit + 1 }),
          query.limit,
          (last) => [last.id],
        );
        return { status: 200, body: { items: page.rows.map(viewExpected), next: page.next } };
      },
    ),
    get(
      {
        id: 'getExpectedMachine',
        path: '/v1/expected-machines/{id}',
        summary: 'One expected machine',
        tag,
        scope: 'arrivals:read',
        params: IdParams,
        answers: { 200: { says: 'The machine', schema: ExpectedMachineView } },
      },
      async (ctx, { params }) => {
        const machine = await findExpected(ctx, params.id);
        if (!machine) throw new HubError('not-found', `There is no expected machine ${params.id}`);
        return { status: 200, body: viewExpected(machine) };
      },
    ),
    get(
      {
        id: 'listBmcs',
        path: '/v1/bmcs',
        summary: 'List BMCs that asked for an address; `state=unexpected` are those that nobody knows',
        tag,
        scope: 'arrivals:read',
        query: z.object({ state: BmcState.optional(), cursor: Cursor, limit: Limit }),
        answers: {
          200: { says: 'A page of them, latest seen first', schema: pageOf(BmcView).meta({ id: 'BmcPage' }) },
        },
      },
      async (ctx, { query }) => {
        const before = fromTimeCursor(query.cursor);
        const page = toPage(
          await listBmcs(ctx, { state: query.state, before, limit: query.limit + 1 }),
          query.limit,
          (last) => [last.lastSeenAt, last.id],
        );
        return { status: 200, body: { items: page.rows.map(viewBmc), next: page.next } };
      },
    ),
    get(
      {
        id: 'getBmc',
        path: '/v1/bmcs/{id}',
        summary: 'One BMC',
        tag,
        scope: 'arrivals:read',
        params: IdParams,
        answers: { 200: { says: 'The BMC', schema: BmcView } },
      },
      async (ctx, { params }) => {
        const bmc = await findBmc(ctx, params.id);
        if (!bmc) throw new HubError('not-found', `There is no BMC ${params.id}`);
        return { status: 200, body: viewBmc(bmc) };
      },
    ),
    post(
      {
        id: 'adoptBmc',
        path: '/v1/bmcs/{id}/adopt',
        summary: 'Say which server an unexpected BMC belongs to',
        tag,
        scope: 'arrivals:write',
        params: IdParams,
        body: Adoption,
        answers: { 202: { says: 'On its way', schema: Accepted } },
      },
      async (tx, { params, body }) => {
        const { eventId } = await adoptBmc(tx, seal, { bmcId: params.id, adoption: body });
        return accepted(eventId);
      },
    ),
    post(
      {
        id: 'ignoreBmc',
        path: '/v1/bmcs/{id}/ignore',
        summary: 'Take an unexpected BMC off the list, with a reason',
        tag,
        scope: 'arrivals:write',
        params: IdParams,
        body: z.strictObject({ reason: z.string().trim().min(1).max(500) }),
        answers: { 204: { says: 'Done', schema: null } },
      },
      async (tx, { params, body }) => {
        await ignoreBmc(tx, { bmcId: params.id, reason: body.reason });
        return { status: 204 };
      },
    ),
  ];
}

function refuseTwice(macs: string[]): void {
  macs.forEach((mac, index) => {
    const first = macs.indexOf(mac);
    if (first === index) return;
    const message = `${mac} is there twice (also /${first}): say each machine once`;
    throw new HubError('invalid', `/${index}/bmc_mac: ${message}`, {
      fields: [{ field: `/${index}/bmc_mac`, message }],
    });
  });
}

function viewExpected(machine: ExpectedMachine): z.infer<typeof ExpectedMachineView> {
  return {
    id: machine.id,
    bmc_mac: machine.bmcMac,
    name: machine.name,
    serial: machine.serial,
    asset_tag: machine.assetTag,
    manufacturer: machine.manufacturer,
    model: machine.model,
    site: machine.site,
    rack: machine.rack,
    position: machine.position,
    bmc_username: machine.bmcUsername,
    has_bmc_password: machine.bmcPasswordSealed !== null,
    asset_id: machine.assetId,
    arrived_at: machine.arrivedAt,
    created_at: machine.createdAt,
    updated_at: machine.updatedAt,
  };
}

function viewBmc(bmc: Bmc): z.infer<typeof BmcView> {
  return {
    id: bmc.id,
    mac: bmc.mac,
    ip: bmc.ip,
    state: bmc.state,
    state_reason: bmc.stateReason,
    hostname: bmc.hostname,
    vendor_class: bmc.vendorClass,
    subnet_id: bmc.subnetId,
    relay: bmc.relay,
    source: bmc.source,
    first_seen_at: bmc.firstSeenAt,
    last_seen_at: bmc.lastSeenAt,
    sightings: bmc.sightings,
    asset_id: bmc.assetId,
  };
}

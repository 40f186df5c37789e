import { type Bmc, type ExpectedMachine, findBmcByMac, findExpectedByMac } from '#src/arrivals/reads.ts';
import { leaveUnexpected, recogniseBmc } from '#src/arrivals/commands/recognise-bmc.ts';
import { discoverAsset, type Identity } from '#src/assets/commands/discover-asset.ts';
import { keepOverwritten } from '#src/bmc-access/commands/rotate-password.ts';
import { tx } from '#src/core/tx.ts';
import { handle, type JobCtx } from '../job-ctx.ts';
import type { DeviceRecord } from '#src/ports/device-records.ts';
import { recogniseBmcJob } from '../catalogue.ts';

/** Whose BMC is this? An operator's word first, then the expected machines, then the system of record. Otherwise it waits on the list. */
export const recogniseBmcTask = handle(recogniseBmcJob, async (ctx, { mac }) => {
  const bmc = await findBmcByMac(ctx, mac);
  if (!bmc) return { outcome: 'not sighted yet' };
  if (bmc.ip === null) return { outcome: 'no address yet' };
  const known = await identify(ctx, bmc);
  if (!known) {
    const looked = ctx.adapters.has('deviceRecords') ? 'neither expected nor in the system of record' : 'not expected';
    await tx(ctx, (inside) => leaveUnexpected(inside, mac, looked));
    return { outcome: 'unexpected' };
  }
  const bmcAddress = bmc.ip;
  const { assetId } = await tx(ctx, async (inside) => {
    const discovered = await discoverAsset(inside, { bmcMac: mac, bmcAddress, identity: known.identity });
    const { assetId: id, overwritten } = discovered;
    if (overwritten !== null) await keepOverwritten(inside, { assetId: id, ...overwritten });
    await recogniseBmc(inside, { mac, assetId: discovered.assetId, by: known.by });
    return discovered;
  });
  return { outcome: 'recognised', assetId, by: known.by };
});

async function identify(ctx: JobCtx, bmc: Bmc): Promise<{ identity: Identity; by: string } | undefined> {
  if (bmc.adoption !== null) {
    return {
      identity: {
        ...bmc.adoption,
        origin: 'adoption',
        manufacturer: null,
        model: null,
        recordId: null,
        recordUrl: null,
        credentialsAt: null,
      },
      by: 'adopted by an operator',
    };
  }
  const expected = await findExpectedByMac(ctx, bmc.mac);
  const record = ctx.adapters.has('deviceRecords')
    ? await ctx.adapters.use('deviceRecords').findByMac(bmc.mac, ctx.signal)
    : undefined;
  if (expected) return { identity: fromExpected(expected, record), by: 'it was expected' };
  if (record)
    return { identity: fromRecord(record), by: `its MAC is ${record.name ?? record.id}'s in the system of record` };
  return undefined;
}

function fromExpected(expected: ExpectedMachine, record: DeviceRecord | undefined): Identity {
  const { name, serial, assetTag, manufacturer, model, site, rack, position, bmcUsername, bmcPasswordSealed } =
    expected;
  return {
    origin: 'expected-machine',
    name: name ?? record?.name ?? null,
    serial: serial ?? (record?.serial || null),
    assetTag,
    manufacturer,
    model,
    site: site ?? record?.site ?? null,
    rack: rack ?? record?.rack ?? null,
    position: position ?? record?.position ?? null,
    bmcUsername,
    bmcPasswordSealed,
    credentialsAt: expected.updatedAt,
    recordId: record?.id ?? null,
    recordUrl: record?.url ?? null,
  };
}

function fromRecord(record: DeviceRecord): Identity {
  const { name, assetTag, manufacturer, model, site, rack, position } = record;
  return {
    ...{ name, assetTag, manufacturer, model, site, rack, position },
    origin: 'record',
    serial: record.serial || null,
    recordId: record.id,
    recordUrl: record.url,
    bmcUsername: null,
    bmcPasswordSealed: null,
    credentialsAt: null,
  };
}

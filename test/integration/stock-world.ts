import { toSql } from '#src/core/time.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { newId } from '#src/core/id.ts';
import { fromJson } from '#src/core/json.ts';
import { tx } from '#src/core/tx.ts';
import { createLocation } from '#src/locations/commands/create-location.ts';
import type { LocationInput } from '#src/locations/model.ts';
import { createLot } from '#src/lots/commands/create-lot.ts';
import type { Lot } from '#src/lots/reads.ts';
import { receiveStock } from '#src/stock/commands/receive-stock.ts';
import { ledgerFaults } from '#src/stock/item-reads.ts';
import { ReceiptInput } from '#src/stock/model.ts';
import type { StockItem } from '#src/stock/store.ts';
import { testCtx, testDatabase, type TestDatabase } from '#test/kit/test-database.ts';

/** Two datacenters in two regions, each with a warehouse and a bin; a server in the first; a few lots. */
export interface StockWorld {
  database: TestDatabase;
  ctx: ReturnType<typeof testCtx>;
  places: Record<'ams' | 'amsStore' | 'amsBin' | 'fra' | 'fraStore' | 'fraBin' | 'lon' | 'lonStore', string>;
  lots: Record<'nvme2' | 'nvme4' | 'sata', Lot>;
  assetId: string;
  receive(input: Record<string, unknown>): Promise<StockItem>;
  said(type: string): Promise<Record<string, unknown>[]>;
  /** Throws where the ledger and the stock do not agree. */
  audit(): Promise<void>;
  at(time: string): Ctx;
}

const NVME = { mediaType: 'SSD', protocol: 'NVME', pcieGeneration: 4, formFactor: 'U.2', enduranceClass: 'read' };

/** @param given a database that is there already */
export async function stockWorld(given?: TestDatabase): Promise<StockWorld> {
  const database = given ?? (await testDatabase());
  const ctx = testCtx(database.connect());
  const place = async (input: LocationInput): Promise<string> =>
    (await tx(ctx, (inside) => createLocation(inside, input))).id;
  const site = async (region: string, name: string): Promise<[string, string, string]> => {
    const id = await place({ type: 'site', name, parent_id: region });
    const store = await place({ type: 'warehouse', name: 'store', parent_id: id });
    return [id, store, await place({ type: 'bin', name: 'A1', parent_id: store })];
  };
  const europe = await place({ type: 'region', name: 'eu' });
  const [ams, amsStore, amsBin] = await site(europe, 'ams1');
  const [fra, fraStore, fraBin] = await site(europe, 'fra1');
  const [lon, lonStore] = await site(await place({ type: 'region', name: 'uk' }), 'aaa-lon1');
  const lot = (code: string, facts: Lot['facts']): Promise<Lot> =>
    tx(ctx, (inside) => createLot(inside, { code, kind: 'drive', title: code, facts, notes: null }));
  const lots = {
    nvme2: await lot('SSD_NVME_01.92TB_GEN4', { ...NVME, capacityTb: 1.92 }),
    nvme4: await lot('SSD_NVME_03.84TB_GEN4', { ...NVME, capacityTb: 3.84 }),
    sata: await lot('SSD_SATA_00.96TB', { mediaType: 'SSD', protocol: 'SATA', capacityTb: 0.96 }),
  };
  const assetId = newId();
  const now = toSql(ctx.now());
  await database.db('assets').insert({
    ...{ id: assetId, name: 'srv-1', vendor_serial: 'SRV1', site: 'ams1', lifecycle_state: 'IN_SERVICE' },
    ...{ state_since: now, created_at: now, updated_at: now, location_id: ams },
  });
  return {
    ...{ database, ctx, lots, assetId },
    places: { ams, amsStore, amsBin, fra, fraStore, fraBin, lon, lonStore },
    receive: async (input) =>
      (await tx(ctx, (inside) => receiveStock(inside, ReceiptInput.parse({ location_id: amsBin, ...input })))).item,
    async said(type) {
      const rows = await database.db('events').where({ type }).orderBy('recorded_at').select('data');
      return rows.map((row) => fromJson<Record<string, unknown>>(row.data));
    },
    async audit() {
      const faults = await ledgerFaults(ctx);
      if (faults.length > 0) throw new Error(`the ledger does not add up: ${JSON.stringify(faults)}`);
    },
    at: (time) => ({ ...ctx, now: () => new Date(time) }),
  };
}

import type { Knex } from 'knex';
import { type Fleet, fleetDevice, fleetPart } from '#adapters/netbox/simulator/seed-fleet.ts';
import { newId } from '#src/core/id.ts';
import { insertRows } from '#src/core/insert-rows.ts';

/** Servers in one statement: large enough to be fast, small enough for the redo log. */
const AT_ONCE = 1000;
const NOW = '2026-11-01 00:00:00';
const FACTS = JSON.stringify({ system: { biosVersion: '1.8b', bmcFirmware: '7.10.50.00' }, neighbours: [] });
const SCOPE = 'cpu,dimm,drive,nic,psu,fan';

/**
 * The fleet that `seedFleet` puts into the simulator, as the hub would have it after it was registered and one look at each server was
 * taken in. Computed in the database: through the door ten thousand servers take minutes. Serials and names are of the same form there.
 */
export async function seedHub(db: Knex, { devices, modulesPerDevice = 40, sites = 2, racks }: Fleet): Promise<void> {
  const places = await seedPlaces(db, sites, racks ?? Math.max(sites, Math.ceil(devices / 40)));
  await db.raw(`CREATE TABLE bench_parts (k int PRIMARY KEY, kind varchar(24), slot varchar(64), manufacturer varchar(64),
    model varchar(64), part_number varchar(64), firmware varchar(20), attributes varchar(1000))`);
  await insertRows(
    db,
    'bench_parts',
    ['k', 'kind', 'slot', 'manufacturer', 'model', 'part_number', 'firmware', 'attributes'],
    Array.from({ length: modulesPerDevice }, (_, k) => partRow(k)),
  );
  await db.raw('CREATE TABLE bench_racks (n int PRIMARY KEY, id uuid, name varchar(64), site varchar(64))');
  await insertRows(
    db,
    'bench_racks',
    ['n', 'id', 'name', 'site'],
    places.map(({ id, name, site }, n) => [n, id, name, site]),
  );
  for (let from = 0; from < devices; from += AT_ONCE)
    await seedServers(db, from, Math.min(devices, from + AT_ONCE) - 1, places.length);
  await db.raw('DROP TABLE bench_parts, bench_racks');
  // As it would be after some minutes in a running hub: plans are made of these numbers.
  await db.raw('ANALYZE TABLE assets, components, installations, observations, inventories, runs');
}

/** Sites and racks, called as there. */
async function seedPlaces(
  db: Knex,
  sites: number,
  racks: number,
): Promise<{ id: string; name: string; site: string }[]> {
  const siteRows = Array.from({ length: sites }, (_, at) => ({ id: newId(), name: `Site ${at + 1}` }));
  const rackRows = Array.from({ length: racks }, (_, at) => {
    const site = siteRows[at % sites];
    return { id: newId(), name: `R${at + 1}`, site: site?.name ?? '', siteId: site?.id ?? '' };
  });
  await insertRows(
    db,
    'locations',
    ['id', 'parent_id', 'type', 'name', 'height_u', 'units_from', 'width_inches', 'created_at', 'updated_at'],
    [
      ...siteRows.map(({ id, name }) => [id, null, 'site', name, null, null, null, NOW, NOW]),
      ...rackRows.map(({ id, name, siteId }) => [id, siteId, 'rack', name, 48, 'bottom', 19, NOW, NOW]),
    ],
  );
  return rackRows;
}

const KINDS = { CPU: 'cpu', DIMM: 'dimm', Disk: 'drive', NIC: 'nic', PSU: 'psu', Fan: 'fan' } as const;

function partRow(k: number): unknown[] {
  const { bay, manufacturer, model } = fleetPart(0, k);
  const kind = KINDS[(/^[A-Za-z]+/.exec(bay)?.[0] ?? '') as keyof typeof KINDS];
  return [k, kind, bay, manufacturer, model, `${model}-00A07`, '1.2.3', JSON.stringify(attributesOf(kind, k))];
}

/** About as many bytes as what BMCs say of a part. The first network card has the MAC that the second interface there has (see `macOf`). */
function attributesOf(kind: string, k: number): Record<string, unknown> {
  if (kind === 'dimm')
    return { capacityBytes: 64 * 2 ** 30, type: 'DDR4', moduleType: 'RDIMM', rank: 2, speedMts: 3200, ecc: true };
  if (kind === 'drive')
    return { capacityBytes: 3_840_755_982_336, mediaType: 'SSD', protocol: 'NVMe', device: `/dev/nvme${k}n1` };
  if (kind === 'nic' && fleetPart(0, k).bay === 'NIC.Slot.1') return { macAddresses: ['{mac}'], speedMbps: 100_000 };
  return { vendorId: '0x15b3', deviceId: '0x101d' };
}

/** A UUID (version 8) of whatever is hashed; its byte 8 is never 0x80, see `idFrom`. */
const uuid = (hashed: string): string =>
  `concat(substr(${hashed}, 1, 8), '-', substr(${hashed}, 9, 4), '-8', substr(${hashed}, 14, 3), '-a', substr(${hashed}, 18, 3), '-', substr(${hashed}, 21, 12))`;
const partId = (what: string): string => uuid(`md5(concat('${what}', seq, '.', k))`);
/** Ascending, as those of servers that were registered one after the other. */
const ASSET_ID = `concat(substr(lpad(hex(1700000000000 + seq), 12, '0'), 1, 8), '-', substr(lpad(hex(1700000000000 + seq), 12, '0'), 9, 4), '-7000-a000-', substr(md5(seq), 1, 12))`;
const CARD_ID = uuid("md5(concat('card', seq))");
const SERIAL = "concat('P', seq + 1, '-', k + 1)";
const numbered = (before: string): string => `concat('${before}', lpad(seq + 1, greatest(5, length(seq + 1)), '0'))`;
const macOf = (port: number): string => {
  const hex = `lpad(lower(hex(seq * 256 + ${port})), 10, '0')`;
  return `concat_ws(':', '02', ${[1, 3, 5, 7, 9].map((at) => `substr(${hex}, ${at}, 2)`).join(', ')})`;
};
const ATTRIBUTES = `replace(attributes, '{mac}', ${macOf(1)})`;

async function seedServers(db: Knex, from: number, to: number, racks: number): Promise<void> {
  const { name, serial, assetTag } = fleetDevice(0);
  const before = (text: string | null): string => (text ?? '').replace(/\d+$/, '');
  const servers = `FROM seq_${from}_to_${to}`;
  const parts = `${servers} JOIN bench_parts`;
  const place = `floor(seq / ${racks}) + 1`;
  await db.raw(
    `INSERT INTO assets (id, name, vendor_serial, asset_tag, manufacturer, model, site, rack, position, location_id, height_u,
       lifecycle_state, state_since, bmc_mac, created_at, updated_at, first_seen_at)
     SELECT ${ASSET_ID}, ${numbered(before(name))}, ${numbered(before(serial))}, ${numbered(before(assetTag))}, 'Dell Inc.', 'PowerEdge R650',
       site, bench_racks.name, if(${place} <= 48, ${place}, NULL), bench_racks.id, 1, 'IN_SERVICE', '${NOW}', ${macOf(0)}, '${NOW}', '${NOW}', '${NOW}'
     ${servers} JOIN bench_racks ON bench_racks.n = seq % ${racks}`,
  );
  await db.raw(
    `INSERT INTO components (id, kind, identity, vendor, vendor_serial, manufacturer, model, part_number, firmware, attributes, described_at, created_at)
     SELECT ${partId('part')} AS id, kind, 'serial', lower(manufacturer), ${SERIAL}, manufacturer, model, part_number, firmware,
       ${ATTRIBUTES}, '${NOW}', '${NOW}' ${parts} ORDER BY id`,
  );
  await db.raw(
    `INSERT INTO observations (id, component_id, card_id, source, kind, slot, manufacturer, model, part_number, serial, firmware, health, attributes)
     SELECT ${partId('seen')} AS id, ${partId('part')}, ${CARD_ID}, 1, kind, slot, manufacturer, model, part_number, ${SERIAL}, firmware, 'OK',
       ${ATTRIBUTES} ${parts} ORDER BY id`,
  );
  await db.raw(
    `INSERT INTO installations (id, component_id, asset_id, slot, installed_at, recorded_at)
     SELECT ${partId('in')} AS id, ${partId('part')}, ${ASSET_ID}, slot, '${NOW}', '${NOW}' ${parts} ORDER BY id`,
  );
  await db.raw(
    `INSERT INTO inventories (hash, card_id, source, scope, facts, observations, created_at)
     SELECT unhex(md5(seq)), ${CARD_ID}, 1, '${SCOPE}', ?,
       group_concat(unhex(replace(${partId('seen')}, '-', '')) ORDER BY ${partId('seen')} SEPARATOR ''), '${NOW}'
     ${parts} GROUP BY seq`,
    [FACTS],
  );
  await db.raw(
    `INSERT INTO runs (place_id, source, first_at, inventory_id, last_at, settled)
     SELECT ${ASSET_ID}, 1, '${NOW}', inventories.id, '${NOW}', 1 ${servers} JOIN inventories ON inventories.hash = unhex(md5(seq))`,
  );
}

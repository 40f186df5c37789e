import { atLeast } from 'netbox-client';
import { connectCable, readEnds } from './cables.ts';
import type { Row } from './database.ts';
import type { ModelName } from './model.ts';
import { losers, planRemoval, tagged, type Removed } from './remove.ts';
import { moveAlong } from './silent-moves.ts';
import { snapshot } from './snapshot.ts';
import { contextOf, save, told, type Operation } from './tell.ts';
import { macOf } from './value.ts';
import { changeRow, createRow, type Body } from './write.ts';

export function create(operation: Operation, name: ModelName, body: Body): Row {
  const context = contextOf(operation);
  const ends = name === 'cable' ? readEnds(operation, body) : undefined;
  const row = createRow(context, name, body);
  told(operation, 'created', name, row, null, body);
  if (ends) {
    connectCable(operation, row, ends);
    // Saved once more with its ends: a second row in the change log, which knows nothing of before.
    told(operation, 'updated', 'cable', row, null, {});
  }
  if (name === 'interface') writeMac(operation, row, body);
  return row;
}

/** A change that changes nothing still moves `last_updated` and sends a webhook, but stands in no change log: so the real one. */
export function change(operation: Operation, name: ModelName, row: Row, body: Body, whole = false): void {
  const { database } = operation.world;
  const prechange = snapshot(database, name, row);
  const before = { ...row };
  const ends = name === 'cable' ? readEnds(operation, body, row) : undefined;
  changeRow(contextOf(operation), name, row, body, whole);
  moveAlong(database, name, before, row);
  if (ends) connectCable(operation, row, ends);
  told(operation, 'updated', name, row, prechange, body);
  if (name === 'interface') writeMac(operation, row, body);
}

/** @throws Protected */
export function destroy(operation: Operation, name: ModelName, row: Row, body: Body): void {
  const { database } = operation.world;
  const plan = planRemoval(database, name, row);
  const gone = new Set(plan.map((one) => `${one.model}:${one.row.id}`));
  for (const one of plan) {
    told(operation, 'deleted', one.model, one.row, snapshot(database, one.model, one.row), one.row === row ? body : {});
    loosen(operation, one, gone);
  }
  for (const one of plan) database.delete(one.model, one.row.id);
}

/** Whoever points at it is saved without it. A device that goes, too, is still saved for its addresses (as in the real one's log). */
function loosen(operation: Operation, one: Removed, gone: ReadonlySet<string>): void {
  const { database } = operation.world;
  for (const { of, columns } of losers(database, one)) {
    const goes = gone.has(`${of.model}:${of.row.id}`);
    // Nobody is told of a port that has lost its cable: neither webhooks nor the change log know, nor does its `last_updated`.
    if (one.model === 'cable') database.set(of.model, of.row, columns);
    else if (!goes || one.model === 'ipAddress') save(operation, of.model, of.row, columns);
  }
  if (one.model !== 'tag') return;
  for (const { model, row } of tagged(database, one.row)) {
    const prechange = snapshot(database, model, row);
    // Without touching last_updated.
    database.set(model, row, { tags: (row.tags as number[]).filter((id) => id !== one.row.id) });
    told(operation, 'updated', model, row, prechange, {});
  }
}

/** From 4.7 on the MAC of an interface is found or made, and made the primary one; nothing takes it away. */
function writeMac(operation: Operation, port: Row, body: Body): void {
  const { database, version } = operation.world;
  if (body.mac_address === undefined || !atLeast(version, '4.7')) return;
  const mac = macOf(String(body.mac_address ?? ''));
  const have = database
    .by('macAddress', 'assigned_object_id', port.id)
    .find((one) => one.mac_address === mac && one.assigned_object_type === 'dcim.interface');
  const assigned = { assigned_object_type: 'dcim.interface', assigned_object_id: port.id };
  const primary =
    mac === undefined ? null : (have ?? create(operation, 'macAddress', { mac_address: mac, ...assigned })).id;
  if (port.primary_mac_address !== primary) save(operation, 'interface', port, { primary_mac_address: primary });
}

import type { TxCtx } from '../../core/ctx.ts';
import { newId } from '../../core/id.ts';
import type { Seal } from '../../core/seal.ts';
import { append } from '../../events/append.ts';
import { machineExpected } from '../events.ts';
import type { ExpectedMachineInput } from '../model.ts';
import { type ExpectedMachine, insertExpected, lockBmcByMac, lockExpectedByMac, updateExpected } from '../store.ts';

/**
 * Says that a machine will appear: by the MAC of its BMC, insert or update. The same again changes nothing. A BMC that waited as
 * unexpected is looked at again.
 */
export async function expectMachine(
  tx: TxCtx,
  seal: Seal,
  input: ExpectedMachineInput,
): Promise<{ machine: ExpectedMachine; did: 'created' | 'updated' | 'unchanged' }> {
  const known = await lockExpectedByMac(tx.db, input.bmc_mac);
  const now = tx.now().toISOString();
  const wanted = fieldsOf(seal, input);
  if (known) {
    const changes = differing(known, wanted, seal, input.bmc_password);
    if (Object.keys(changes).length === 0) return { machine: known, did: 'unchanged' };
    await updateExpected(tx.db, known.id, { ...changes, updatedAt: now });
    await tell(tx, { ...known, ...changes });
    return { machine: { ...known, ...changes, updatedAt: now }, did: 'updated' };
  }
  const machine: ExpectedMachine = {
    id: newId(),
    bmcMac: input.bmc_mac,
    name: null,
    serial: null,
    assetTag: null,
    manufacturer: null,
    model: null,
    site: null,
    rack: null,
    position: null,
    bmcUsername: null,
    bmcPasswordSealed: null,
    assetId: null,
    arrivedAt: null,
    createdAt: now,
    updatedAt: now,
    ...wanted,
  };
  await insertExpected(tx.db, machine);
  await tell(tx, machine);
  return { machine, did: 'created' };
}

async function tell(tx: TxCtx, machine: ExpectedMachine): Promise<void> {
  const waiting = await lockBmcByMac(tx.db, machine.bmcMac);
  await append(tx, machineExpected, {
    subject: { type: 'expected-machine', id: machine.id },
    related: waiting ? [{ type: 'bmc', id: waiting.id }] : [],
    data: { bmcMac: machine.bmcMac, name: machine.name, serial: machine.serial, site: machine.site },
  });
}

function fieldsOf(seal: Seal, input: ExpectedMachineInput): Partial<ExpectedMachine> {
  const fields = {
    name: input.name,
    serial: input.serial,
    assetTag: input.asset_tag,
    manufacturer: input.manufacturer,
    model: input.model,
    site: input.site,
    rack: input.rack,
    position: input.position,
    bmcUsername: input.bmc_username,
    bmcPasswordSealed: typeof input.bmc_password === 'string' ? seal.close(input.bmc_password) : input.bmc_password,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Sealing the same password twice gives two texts, so passwords are compared open. */
function differing(
  known: ExpectedMachine,
  wanted: Partial<ExpectedMachine>,
  seal: Seal,
  password: string | null | undefined,
): Partial<ExpectedMachine> {
  const changes: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(wanted)) {
    if (field === 'bmcPasswordSealed' && typeof password === 'string' && known.bmcPasswordSealed !== null) {
      if (seal.open(known.bmcPasswordSealed) === password) continue;
    }
    if (known[field as keyof ExpectedMachine] !== value) changes[field] = value;
  }
  return changes;
}

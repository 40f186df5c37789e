import { AdapterError } from '#src/ports/adapter-error.ts';
import type { AllocatedAddress } from '#src/ports/record-objects.ts';
import { numericId } from '../identifier.ts';
import { incomplete, readRows, type Reading } from './read-rows.ts';

interface Wanted {
  prefix: string;
  interfaceId: string;
  dnsName: string | null;
}

/** NetBox takes a lock over all allocations, so two at a time get two addresses; the same one twice is found by its key. */
export async function allocateAddress(with_: Reading, wanted: Wanted, key: string): Promise<AllocatedAddress> {
  const before = await findAllocated(with_, key);
  if (before) return before;
  const { client, system, signal } = with_;
  const prefixId = await prefixIdOf(with_, wanted.prefix);
  const body = {
    status: 'active',
    description: descriptionFor(key),
    assigned_object_type: 'dcim.interface',
    assigned_object_id: numericId(system, wanted.interfaceId),
    changelog_message: key.slice(0, 200),
    ...(wanted.dnsName === null ? {} : { dns_name: wanted.dnsName }),
  };
  const made = await client.allocate(prefixId, body, { signal });
  if (typeof made === 'string') {
    const why = made === 'exhausted' ? 'has no free address left' : 'is not there, or not for this token';
    throw new AdapterError('rejected', `${system}: the prefix ${wanted.prefix} ${why}`, { system });
  }
  return { id: String(made.id), address: made.address };
}

/** The key is all of the description, so that it can be looked for: a person who rewrites it makes the address unknown to us. */
export async function findAllocated(with_: Reading, key: string): Promise<AllocatedAddress | undefined> {
  const description = descriptionFor(key);
  const rows = await readRows(with_, 'ipAddresses', { description: [description] }, ['id', 'address', 'description']);
  for (const row of rows)
    if (row['description'] !== description)
      throw incomplete(with_.system, 'ipAddresses', `${row.id} was not asked for`);
  const [first] = rows;
  return first && { id: String(first.id), address: String(first['address']) };
}

function descriptionFor(key: string): string {
  return `hub ${key}`.slice(0, 200);
}

async function prefixIdOf(with_: Reading, prefix: string): Promise<number> {
  const { system } = with_;
  if (/^\d+$/.test(prefix)) return numericId(system, prefix);
  const rows = await readRows(with_, 'prefixes', { prefix: [prefix] }, ['id', 'prefix']);
  const same = rows.filter((row) => String(row['prefix']).toLowerCase() === prefix.toLowerCase());
  const [only] = same;
  if (only && same.length === 1) return only.id;
  const why =
    same.length === 0
      ? 'is not there'
      : `is there ${same.length} times (${same.map((row) => row.id).join(', ')}): name one by its id`;
  throw new AdapterError('rejected', `${system}: the prefix ${prefix} ${why}`, { system });
}

import assert from 'node:assert/strict';
import type { AllocatedAddress } from '#src/ports/record-objects.ts';
import { send } from './doctor-lab.ts';
import { made, makeDevices, MORE, query, type ScenarioLab } from './scenario-lab.ts';

const PREFIX = '10.77.0.0/28';
/** Without the network's own and the broadcast. */
const ADDRESSES = 14;

/** Two hubs ask one prefix for all that it has, at once: nobody gets what another one got. @throws AssertionError */
export async function twoAllocateAtOnce(lab: ScenarioLab): Promise<void> {
  const [device] = await makeDevices(lab, 'allocating', 1);
  assert.ok(device);
  const port = { parentId: device.id, set: { name: 'eth0', type: 'other' } };
  const [at] = made(await lab.records.create('interface', [port], MORE, lab.signal));
  const prefix = await send(lab.netbox, 'POST', 'ipam/prefixes/', { prefix: PREFIX });
  const keys = Array.from({ length: ADDRESSES }, (_, index) => `allocation ${index}`);
  const allocate = (key: string, index: number): Promise<AllocatedAddress> => {
    const from = { prefix: index % 3 === 0 ? String(prefix.id) : PREFIX, interfaceId: at?.id ?? '', dnsName: null };
    return (index % 2 === 0 ? lab.records : lab.other).allocateAddress(from, key, lab.signal);
  };
  const got = await Promise.all(keys.map(allocate));
  assert.equal(new Set(got.map(({ address }) => address)).size, ADDRESSES, JSON.stringify(got));
  assert.equal(new Set(got.map(({ id }) => id)).size, ADDRESSES);
  const over = await Promise.allSettled(['over 1', 'over 2'].map(allocate));
  for (const one of over) {
    assert.equal(one.status, 'rejected');
    assert.match(
      String(one.status === 'rejected' ? one.reason : ''),
      /the prefix (\d+|10\.77\.0\.0\/28) has no free address left/,
    );
  }
  assert.deepEqual(await Promise.all(keys.map(allocate)), got, 'the same keys get the same addresses');
  const count = await query(lab, `select count(*) from ipam_ipaddress where address <<= '${PREFIX}'`);
  assert.equal(count, String(ADDRESSES));
}

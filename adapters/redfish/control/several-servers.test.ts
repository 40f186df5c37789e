import { expect, test } from 'vitest';
import type { WantedServer } from '../../../src/ports/hardware-inventory.ts';
import { link, list, machine, S } from '../small-machine-for-tests.ts';
import { controlLab } from './lab-for-tests.ts';

const OTHER = '/redfish/v1/Systems/2';

/** A host and its neighbour behind one BMC. */
function neighbours(): Record<string, object> {
  const server = (path: string) => ({
    PowerState: 'On',
    Bios: link(`${path}/Bios`),
    Actions: {
      '#ComputerSystem.Reset': {
        target: `${path}/Actions/ComputerSystem.Reset`,
        'ResetType@Redfish.AllowableValues': ['On', 'ForceOff'],
      },
    },
  });
  const other = { '@odata.id': OTHER, Id: '2', SerialNumber: 'SRV4712B', ...server(OTHER) };
  const systems = { '@odata.id': '/redfish/v1/Systems', ...list(S, OTHER) };
  return { ...machine(server(S), {}, { [OTHER]: other }), '/redfish/v1/Systems': systems };
}

async function switchOff(server: WantedServer | undefined) {
  const { control, target, signal, writes } = await controlLab(neighbours());
  const done = await control
    .setPower({ ...target, server }, 'force-off', signal)
    .catch((error: Error) => error.message);
  return { done, writes: writes().map(({ path }) => path) };
}

test('of several servers behind one BMC the one that is meant is switched', async () => {
  const { writes } = await switchOff({ serial: 'srv4712b' });
  expect(writes).toEqual([`${OTHER}/Actions/ComputerSystem.Reset`]);
});

test('where nothing says which one, or what is said fits none, none is', async () => {
  const nothing = await switchOff(undefined);
  expect(nothing).toEqual({ done: expect.stringContaining('nothing says which one is meant'), writes: [] });
  const stranger = await switchOff({ serial: 'SOMEBODY' });
  expect(stranger).toEqual({ done: expect.stringContaining('is none of them'), writes: [] });
});

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { redfishAdapter } from '#adapters/redfish/index.ts';
import { kitForTests } from '#src/kit/kit-for-tests.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { BmcControl } from '#src/ports/bmc-control.ts';
import type { BmcTarget } from '#src/ports/hardware-inventory.ts';
import { startSushy, type Sushy } from './sushy.ts';

interface Controlled {
  control: BmcControl;
  target: BmcTarget;
}

export interface Check {
  name: string;
  act(): Promise<void>;
}

/** What an emulator that others wrote takes, and what is read back of it. @returns the checks, in their order, and what ends it */
export async function controlChecks(venv: string): Promise<{ checks: Check[]; stop(): Promise<void> }> {
  const [one, two] = [await startSushy(venv, { systems: 1 }), await startSushy(venv, { systems: 2 })];
  const images = await serveImage();
  const { control, target } = controlOf(one);
  const { signal } = new AbortController();
  const checks: Check[] = [
    {
      name: 'power: off is read, off again is "already"',
      async act() {
        const { state, allowed } = await control.readPower(target, signal);
        equal(state, 'Off');
        ok(allowed.includes('ForceRestart'));
        equal((await control.setPower(target, 'force-off', signal)).outcome, 'already');
      },
    },
    {
      name: 'power: on is waited for, though it shows up to 11 s late',
      async act() {
        const done = await control.setPower(target, 'on', signal);
        deepEqual(done, { outcome: 'accepted', resetType: 'On', before: 'Off', after: 'On' });
        equal((await control.setPower(target, 'on', signal)).outcome, 'already');
      },
    },
    {
      name: 'power: what it does not offer is refused by name',
      act: () => refused(control.setPower(target, 'nmi', signal), /./),
    },
    {
      name: 'boot: PXE once, though it shows Continuous; again sends nothing',
      async act() {
        const shown = await control.bootOnce(target, { target: 'pxe', mode: 'UEFI' }, signal);
        deepEqual([shown.target, shown.enabled, shown.mode], ['Pxe', 'Continuous', 'UEFI']);
        equal((await control.readBoot(target, signal)).target, 'Pxe');
      },
    },
    {
      name: 'boot: what it does not list is refused with what it lists',
      act: () => refused(control.bootOnce(target, { target: 'diags', mode: null }, signal), /it offers Pxe, Cd/),
    },
    {
      name: 'media: an image goes in, is fetched by the emulator, and comes out',
      async act() {
        const image = `${images.url}/rescue.iso`;
        const drive = await control.insertMedia(target, { image, type: 'CD' }, signal);
        equal(drive.inserted, true);
        ok(images.fetched() > 0, 'the emulator fetched nothing');
        equal((await control.insertMedia(target, { image, type: 'CD' }, signal)).inserted, true);
        const drives = await control.ejectMedia(target, signal);
        ok(drives.length > 0 && drives.every(({ inserted }) => inserted !== true));
      },
    },
    {
      name: 'media: an image that is not there is refused in its words',
      act: () => refused(control.insertMedia(target, { image: `${images.url}/none.iso`, type: 'CD' }, signal), /404/),
    },
    {
      name: 'light: on and off',
      async act() {
        equal(await control.identify(target, true, signal), true);
        equal(await control.identify(target, false, signal), false);
      },
    },
    {
      name: 'two servers behind one BMC: neither is touched',
      async act() {
        const both = controlOf(two);
        await refused(both.control.setPower(both.target, 'on', signal), /2 servers stand behind this BMC/);
      },
    },
    {
      name: 'a wrong password is refused, and not tried a second time',
      async act() {
        const wrong = { ...target, password: 'wrong' };
        const isRefused = (error: unknown, says: RegExp): boolean =>
          error instanceof AdapterError && error.kind === 'unauthorized' && says.test(error.message);
        await rejects(control.readPower(wrong, signal), (error) => isRefused(error, /refused the credentials/));
        await rejects(control.readPower(wrong, signal), (error) => isRefused(error, /refused before/));
      },
    },
  ];
  return {
    checks,
    async stop() {
      await Promise.all([one.stop(), two.stop(), images.close()]);
    },
  };
}

async function refused(doing: Promise<unknown>, says: RegExp): Promise<void> {
  const error = await doing.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  ok(error instanceof AdapterError, `not refused, or by something else: ${String(error)}`);
  ok(['rejected', 'unsupported', 'not-found'].includes(error.kind), `${error.kind}: ${error.message}`);
  match(error.message, says);
}

function controlOf({ url, username, password }: Sushy): Controlled {
  const connection = redfishAdapter.connect(redfishAdapter.Settings.parse({}), kitForTests('redfish'));
  const { bmcControl } = connection.provides;
  if (bmcControl === undefined) throw new Error('the adapter does not provide bmcControl');
  return { control: bmcControl, target: { url, username, password, fingerprint256: null } };
}

async function serveImage(): Promise<{ url: string; fetched(): number; close(): Promise<void> }> {
  let fetched = 0;
  const server = createServer((request, response) => {
    if (request.url !== '/rescue.iso') return void response.writeHead(404).end('not here');
    fetched += 1;
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(Buffer.alloc(64 * 1024, 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fetched: () => fetched,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

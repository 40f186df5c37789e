import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BmcSimulator, startBmcSimulator } from '#adapters/redfish/simulator.ts';
import { simulatedTree } from '#adapters/redfish/simulator/simulated-tree.ts';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { testHub, type TestHub } from '../kit/test-hub.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
if (CHROMIUM === undefined)
  console.info('skipped: health, firmware and erasures in a browser, because there is no Chromium');

const QUIET = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const SLOW = { timeout: 60_000 };
const DRIVE = '6CK0A01ST7B1';

/** One well, one past its limit, one that says nothing; and a part that is ill. */
function plantReadings(bmc: BmcSimulator): void {
  const chassis = '/redfish/v1/Chassis/System.Embedded.1';
  bmc.change(chassis, { Thermal: { '@odata.id': `${chassis}/Thermal` } });
  const sensor = (name: string, ReadingCelsius: number | null, Health?: string) => ({
    ...{ '@odata.id': `${chassis}/Thermal#/Temperatures/${name}`, MemberId: name, Name: name, ReadingCelsius },
    ...{ UpperThresholdCritical: 90, Status: { State: 'Enabled', ...(Health === undefined ? {} : { Health }) } },
  });
  const Temperatures = [sensor('Inlet', 21, 'OK'), sensor('CPU1', 97, 'Critical'), sensor('PSU2', null)];
  bmc.change(`${chassis}/Thermal`, { '@odata.id': `${chassis}/Thermal`, Id: 'Thermal', Temperatures });
  bmc.change('/redfish/v1/Systems/System.Embedded.1', {
    Status: { State: 'Enabled', Health: 'Critical', HealthRollup: 'Critical' },
  });
}

describe.skipIf(CHROMIUM === undefined)('health, firmware and erasures, in a browser', () => {
  let browser: Browser;
  let hub: TestHub;
  let bmc: BmcSimulator;
  let page: Page;
  const id = newId();
  const faults: string[] = [];

  beforeAll(async () => {
    hub = await testHub({ without: ['NETBOX', 'JIRA', 'AWX'], env: { FIRMWARE_QUIET_MS: '2000' } });
    const { env } = hub.stage;
    const host = `127.89.7.${1 + (process.pid % 250)}`;
    bmc = await startBmcSimulator({
      ...{ tree: simulatedTree('dell'), host, port: Number(env['BMC_PORT']), tasks: { durationMs: 300 } },
      ...{ username: 'root', password: env['REDFISH_PASSWORD'] ?? '', updates: {}, erase: { showsOperations: true } },
    });
    plantReadings(bmc);
    const now = toSql(new Date());
    const times = { state_since: now, created_at: now, updated_at: now };
    await hub.hub.ctx
      .db('assets')
      .insert({ id, name: 'panels-1', lifecycle_state: 'HARDENED', bmc_address: host, ...times });
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: QUIET });
    page = await browser.newPage({ viewport: { width: 1280, height: 1400 } });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => faults.push(error.message));
    // Nobody has looked into it at first, and the API says so with 404.
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await bmc?.close();
    await hub?.close();
  });

  const panel = (name: string): Locator => page.locator(`section.${name}`);
  /** For a person who wants to look: CONTROL_SHOTS=<folder>. */
  const shoot = async (name: string): Promise<void> => {
    const folder = process.env['CONTROL_SHOTS'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  };

  test('what nobody has asked is unknown', async () => {
    await page.goto(`${hub.url}/ui/assets/${id}#key=${hub.apiKey}`);
    await panel('health').getByText('how it is is unknown').waitFor();
    expect(await panel('health').getByText('unknown', { exact: true }).count()).toBe(5);
    await panel('erasures').getByText('which drives it has is unknown', { exact: false }).waitFor();
    await shoot('panels-unknown');
  });

  test('asked, the BMC says how it is', async () => {
    await panel('health').getByRole('button', { name: 'Ask how it is' }).click();
    const health = panel('health');
    await health.getByText('3 sensors, 1 of them unknown').waitFor(SLOW);
    await health.locator('dl').getByText('Critical').first().waitFor();
    await health.locator('summary').getByText('Readings').click();
    const rows = await health.locator('tbody tr').allInnerTexts();
    expect(
      rows.map((row) => row.split(/\s+/).filter((word) => /^(CPU1|PSU2|Inlet|97|21|unknown)$/.test(word))),
    ).toEqual([
      ['CPU1', '97'],
      ['PSU2', 'unknown', 'unknown'],
      ['Inlet', '21'],
    ]);
    await hub.client.post(`/v1/assets/${id}/inspections`, { reason: 'a test' });
    await panel('erasures').getByText(DRIVE, { exact: true }).waitFor(SLOW);
    faults.splice(0, faults.length, ...faults.filter((text) => !text.includes('404')));
  });

  test('a component is updated: asked for with a reason, and the steps show', async () => {
    const firmware = panel('firmware-panel');
    expect(await firmware.getByRole('button', { name: 'Update to the baseline' }).isDisabled()).toBe(true);
    await firmware.getByRole('button', { name: 'Update a component' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Component').selectOption('BIOS.Setup.1-1');
    await dialog.getByLabel('Version').fill('1.16.0');
    await dialog.getByLabel('Address of the image').fill('http://images.example/BIOS_1.16.0.exe');
    await dialog.getByLabel('SHA-256').fill('0'.repeat(64));
    await dialog.getByLabel('Size of the image').fill('1');
    await dialog.getByLabel('Reason').fill('the vendor says so');
    await shoot('panels-update');
    await dialog.getByRole('button', { name: 'Update' }).click();
    await firmware.getByText('BIOS 1.15.2 → 1.16.0').waitFor(SLOW);
    await firmware.locator('.update ol .chip.good').waitFor(SLOW);
    expect(bmc.updates?.taken()).toEqual(['BIOS_1.16.0.exe']);
  });

  test('a drive is erased by whoever types its serial, and its proof shows', async () => {
    const erasures = panel('erasures');
    await erasures.getByRole('button', { name: `Erase drive ${DRIVE}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('goes back to the vendor');
    await dialog.getByLabel('Type its serial').fill(DRIVE.toLowerCase());
    await dialog.getByRole('button', { name: 'Erase for ever' }).click();
    await dialog.locator('.field .fault').getByText('not its serial', { exact: false }).waitFor();
    await shoot('panels-erase');
    expect(bmc.erase?.begun()).toBe(0);
    await dialog.getByLabel('Type its serial').fill(DRIVE);
    await dialog.getByRole('button', { name: 'Erase for ever' }).click();
    const row = erasures.getByRole('row', { name: DRIVE });
    await row.getByText('erased', { exact: true }).waitFor(SLOW);
    await row.getByText('Proof').click();
    await row.getByRole('link', { name: 'The document that is kept' }).waitFor();
    expect(bmc.erase?.erased()).toEqual([DRIVE]);
    // The proof is a document of this server, and hides nothing that its BMC said.
    await panel('firmware-panel').getByText('4 listed', { exact: false }).waitFor();
    await shoot('panels-done');
  });

  /** Of somebody else, which keeps an update of ours from beginning. */
  function plantTask(TaskState: string): void {
    const [list, task] = ['/redfish/v1/TaskService/Tasks', '/redfish/v1/TaskService/Tasks/theirs'];
    const Members = ((bmc.read(list)?.['Members'] ?? []) as { '@odata.id': string }[]).filter(
      (one) => one['@odata.id'] !== task,
    );
    bmc.change(task, { '@odata.id': task, Id: 'theirs', Name: 'Firmware update', TaskState });
    bmc.change(list, { Members: [...Members, { '@odata.id': task }], 'Members@odata.count': Members.length + 1 });
  }
  const askForUpdate = (version: string) =>
    hub.client.post(`/v1/assets/${id}/firmware-updates`, {
      components: [
        {
          ...{ component: 'BIOS.Setup.1-1', version },
          image: { uri: `http://images.example/BIOS_${version}.exe`, sha256: '0'.repeat(64), size_bytes: 1 },
        },
      ],
      reason: 'too early',
    });

  test('an update of which nothing was sent is cancelled, with a reason', async () => {
    const firmware = panel('firmware-panel');
    plantTask('Running');
    await askForUpdate('1.17.0');
    await firmware.getByText('BIOS 1.16.0 → 1.17.0').waitFor(SLOW);
    await firmware.getByRole('button', { name: 'Cancel the update' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Nothing more of it is sent', { exact: false }).waitFor();
    await shoot('panels-cancel-update');
    await dialog.getByRole('button', { name: 'Go on with it' }).click();
    await firmware.getByRole('button', { name: 'Cancel the update' }).click();
    await dialog.getByLabel('Reason').fill('the wrong version');
    await dialog.getByRole('button', { name: 'Cancel the update' }).click();
    await firmware.getByText('cancelled by', { exact: false }).first().waitFor(SLOW);
    await firmware.getByText('the wrong version', { exact: false }).first().waitFor();
    expect(await firmware.getByRole('button', { name: 'Cancel the update' }).count()).toBe(0);
    expect(bmc.updates?.taken()).toEqual(['BIOS_1.16.0.exe']);
    await shoot('panels-cancelled-update');
  });

  test('one that was sent meanwhile is not, and the refusal says why', async () => {
    const firmware = panel('firmware-panel');
    await askForUpdate('1.18.0');
    await firmware.getByText('BIOS 1.16.0 → 1.18.0').waitFor(SLOW);
    await firmware.getByRole('button', { name: 'Cancel the update' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('too late');
    plantTask('Completed');
    await expect.poll(() => bmc.updates?.taken().length, SLOW).toBe(2);
    await dialog.getByRole('button', { name: 'Cancel the update' }).click();
    await dialog.getByText(/is under way, and its BMC lets go|The update is over/).waitFor(SLOW);
    await shoot('panels-too-late');
    await dialog.getByRole('button', { name: 'Go on with it' }).click();
    await firmware.locator('.update').first().locator('ol .chip.good').waitFor(SLOW);
    // A browser tells of every answer that is a refusal.
    faults.splice(0, faults.length, ...faults.filter((text) => !text.includes('409')));
  });

  test('an erasure of which nothing was sent is cancelled, and its drive keeps its data', async () => {
    const [erasures, serial] = [panel('erasures'), '6CK0A01ST7B2'];
    bmc.addFault({ match: 'GET /redfish/v1/Systems', kind: 'status', status: 503 });
    const slot = 'Disk.Bay.1:Enclosure.Internal.0-1:RAID.SL.3-1';
    await hub.client.post(`/v1/assets/${id}/erasures`, { drives: [{ slot, serial }], reason: 'goes back' });
    const row = erasures.getByRole('row', { name: serial });
    await row.getByRole('button', { name: `Cancel the erasure of drive ${serial}` }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('another drive was meant');
    await shoot('panels-cancel-erasure');
    await dialog.getByRole('button', { name: 'Cancel the erasure' }).click();
    await row.getByText('not erased', { exact: true }).waitFor(SLOW);
    await row.getByText('another drive was meant', { exact: false }).waitFor();
    bmc.clearFaults();
    expect(bmc.erase?.erased()).toEqual([DRIVE]);
    await shoot('panels-cancelled-erasure');
  });

  test('no page complained', () => {
    expect(faults).toEqual([]);
  });
});

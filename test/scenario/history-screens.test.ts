import { existsSync, readFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testHub, type TestHub } from '../kit/test-hub.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
if (CHROMIUM === undefined)
  console.info('skipped: the passport in a browser, because there is no Chromium (apt-get install chromium)');

/** Nothing of this reaches outside: Chromium would look for updates otherwise. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const ONE = 'SCREENS0001';
const TWO = 'SCREENS0002';

function drive(serial: string, slot: string, firmware: string) {
  const attributes = { capacityBytes: 3_840_755_982_336, mediaType: 'SSD', protocol: 'NVMe', pcieGeneration: 4 };
  const readings = { powerOnHours: 812, percentUsed: 3 };
  return {
    ...{ kind: 'drive', slot, manufacturer: 'Example', model: 'EX-4T', part_number: 'EX4', serial },
    ...{ firmware, attributes, readings },
  };
}

/** What a program saw of a server on a day of 2026. */
function report(productSerial: string, day: string, components: object[]) {
  const document = {
    ...{ schema: 'reanimator.report/v1', source: 'agent', collected_at: `2026-${day}T08:00:00Z` },
    host: { product_serial: productSerial, host_name: productSerial.toLowerCase() },
    ...{ scope: ['drive'], components },
  };
  return { name: `${productSerial}-${day}.json`, mimeType: 'application/json', buffer: file(document) };
}

function file(content: object): Buffer {
  return Buffer.from(JSON.stringify(content));
}

/** DRV1 stays in one slot of the first server, DRV2 goes to the second one; DRV3 shows itself in both at once. */
const UPLOADS = [
  report(ONE, '01-10', [drive('DRV1', 'Bay 0', 'F1'), drive('DRV2', 'Bay 1', 'F1')]),
  report(ONE, '03-10', [drive('DRV1', 'Bay 0', 'F2'), drive('DRV3', 'Bay 2', 'F1')]),
  report(TWO, '05-10', [drive('DRV2', 'Bay 4', 'F1')]),
  report(TWO, '06-10', [drive('DRV2', 'Bay 4', 'F1'), drive('DRV3', 'Bay 5', 'F1')]),
  report(ONE, '06-20', [drive('DRV1', 'Bay 0', 'F2'), drive('DRV3', 'Bay 2', 'F1')]),
  report(TWO, '06-25', [drive('DRV2', 'Bay 4', 'F1'), drive('DRV3', 'Bay 5', 'F1')]),
];
const RUBBISH = { name: 'größe & rubbish.bin', mimeType: 'application/octet-stream', buffer: Buffer.from('no format') };

describe.skipIf(CHROMIUM === undefined)('the passport, in a browser', () => {
  let browser: Browser;
  let hub: TestHub;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    hub = await testHub({ machines: 1, parts: ['web'] });
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: QUIET });
    // Times are told and asked in the reader's zone: one that is not UTC.
    page = await browser.newPage({ viewport: { width: 1400, height: 900 }, timezoneId: 'Asia/Kolkata' });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  });

  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  const main = () => page.getByRole('main');
  const row = (text: string) => main().getByRole('row').filter({ hasText: text });

  async function open(path: string, heading: string): Promise<void> {
    await page.goto(hub.url + path);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  async function passportOf(serial: string): Promise<void> {
    await open(`/ui/components?place=installed&serial=${serial}`, 'Components');
    await main().getByRole('link', { name: serial, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: `Drive ${serial}` }).waitFor();
  }

  test('files that are picked are sent, and each says what was found in it', async () => {
    await page.goto(`${hub.url}/ui/bundles#key=${hub.apiKey}`);
    await main().getByText('Drop files here').waitFor();
    await page.setInputFiles('#bundle-files', [...UPLOADS, RUBBISH]);
    const uploads = page.getByRole('list', { name: 'Uploads' });
    await uploads.getByText('kept, nothing understood').waitFor();
    await expect.poll(() => uploads.getByText('taken', { exact: true }).count()).toBe(UPLOADS.length);
    expect(await uploads.getByRole('link', { name: ONE.toLowerCase() }).count()).toBe(3);
    await row(RUBBISH.name).getByText('nothing understood').waitFor();
  });

  test('one that is dropped and was here before changes nothing', async () => {
    const { name, buffer } = UPLOADS[0] ?? RUBBISH;
    const dataTransfer = await page.evaluateHandle(
      `(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([${JSON.stringify(buffer.toString())}], ${JSON.stringify(name)}));
        return transfer;
      })()`,
    );
    await main().locator('.drop').dispatchEvent('drop', { dataTransfer });
    await page.getByRole('list', { name: 'Uploads' }).getByText('was here before').waitFor();
  });

  test('a bundle tells its files, and is given back as it was', async () => {
    await main().getByRole('link', { name: RUBBISH.name }).first().click();
    await page.getByRole('heading', { level: 1, name: RUBBISH.name }).waitFor();
    await row(RUBBISH.name).getByText('not known').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      main().getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(readFileSync(await download.path())).toEqual(RUBBISH.buffer);
  });

  test('parts are found by their serial, sorted, and exported', async () => {
    await open('/ui/components?kind=drive', 'Components');
    await main().getByTitle('Sort by serial').click();
    await main().getByRole('columnheader', { name: 'Serial ▲' }).waitFor();
    const serials = async () => main().getByRole('rowheader').allInnerTexts();
    await expect.poll(serials).toEqual(['DRV1', 'DRV2', 'DRV3']);
    await main().getByRole('columnheader', { name: 'Serial ▲' }).getByRole('link').click();
    await expect.poll(serials).toEqual(['DRV3', 'DRV2', 'DRV1']);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      main().getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(lines.map((line) => /DRV\d/.exec(line)?.[0])).toEqual([undefined, 'DRV3', 'DRV2', 'DRV1']);
    await page.getByRole('searchbox').fill('drv2');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Drive DRV2' }).waitFor();
  });

  test('the life line shows each stay, and the keyboard walks through it', async () => {
    const life = page.getByRole('group', { name: 'Life line' });
    const stays = life.locator('.stay');
    await expect.poll(() => stays.count()).toBe(2);
    await life.locator('[tabindex="0"]').focus();
    await page.keyboard.press('End');
    const told = page.locator('.life-readout');
    await expect.poll(() => told.innerText()).toMatch(/screens0002, Bay 4: .*it is still there/);
    await page.keyboard.press('ArrowLeft');
    // Brackets: last seen without it, first seen with it; in the reader's zone and in UTC.
    await expect.poll(() => told.innerText()).toContain('2026-01-10 08:00:00 UTC');
    await expect.poll(() => told.innerText()).toContain('10 Jan 13:30');
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: TWO.toLowerCase() }).waitFor();
  });

  test('the timeline of a part shows what was asked for, as the address says', async () => {
    await passportOf('DRV1');
    const entries = main().locator('.timeline li');
    await expect.poll(() => entries.count()).toBeGreaterThan(2);
    await main().getByRole('checkbox', { name: 'Firmware' }).check();
    await expect.poll(() => entries.allInnerTexts()).toEqual([expect.stringContaining('firmware F1 → F2')]);
    expect(new URL(page.url()).searchParams.get('events')).toBe('firmware');
    await page.goBack();
    await expect.poll(() => entries.count()).toBeGreaterThan(2);
  });

  test('the passport of another moment knows only what had happened by then', async () => {
    await passportOf('DRV2');
    await main().getByLabel('As of').fill('2026-02-01T12:00:00');
    await main().getByRole('button', { name: 'Show' }).click();
    await main().getByText('You look at another moment').waitFor();
    // Noon in Kolkata.
    expect(new URL(page.url()).searchParams.get('as_of')).toBe('2026-02-01T06:30:00Z');
    await expect.poll(() => main().locator('.stay').count()).toBe(1);
    await row('there then').getByText(ONE.toLowerCase()).waitFor();
    await main().getByLabel('As we knew it on').fill('2026-02-01T12:00:00');
    await main().getByRole('button', { name: 'Show' }).click();
    await main().getByText('By then nobody had seen it anywhere').waitFor();
    await main().getByRole('link', { name: 'back to now' }).click();
    await expect.poll(() => main().locator('.stay').count()).toBe(2);
  });

  test('a server has the parts of the moment, and says what differs between two', async () => {
    await open('/ui/', 'Servers');
    await main().getByRole('link', { name: ONE.toLowerCase() }).click();
    await page.getByRole('heading', { level: 1, name: ONE.toLowerCase() }).waitFor();
    await main().getByRole('link', { name: 'DRV3' }).waitFor();
    await main().getByText('Not looked at completely').waitFor();
    await main().getByLabel('As of').fill('2026-02-01T12:00:00');
    await main().getByRole('button', { name: 'Show' }).click();
    await main().getByText('These are its parts as of').waitFor();
    await main().getByRole('link', { name: 'DRV2' }).waitFor();
    expect(await main().getByRole('link', { name: 'DRV3' }).count()).toBe(0);
    await main().getByLabel('As of').fill('');
    await main().getByLabel('Compared with').fill('2026-02-01T12:00:00');
    await main().getByRole('button', { name: 'Show' }).click();
    await main().getByText('What changed').waitFor();
    const [came, went, changed] = ['Came', 'Went', 'Changed'].map((name) => main().getByRole('table', { name }));
    expect(await came?.innerText()).toContain('DRV3');
    expect(await went?.innerText()).toContain('DRV2');
    expect(await changed?.innerText()).toMatch(/DRV1\s+firmware\s+F1\s+F2/);
  });

  test('a part that shows itself in two places is a question, which is decided and taken back', async () => {
    await passportOf('DRV3');
    await main().getByText('at the same time').first().waitFor();
    await main().getByRole('link', { name: 'Reviews' }).click();
    expect(new URL(page.url()).searchParams.get('kind')).toBe('component-in-two-places');
    await row('Is this one drive?').getByRole('button', { name: 'They are two parts' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('The other one is in').selectOption({ label: TWO.toLowerCase() });
    await dialog.getByLabel('Reason').fill('the label on the second one was misprinted');
    await dialog.getByRole('button', { name: 'Decide' }).click();
    await dialog.waitFor({ state: 'detached' });
    await main().getByText('Nothing matches these filters').waitFor();
    await open('/ui/components?serial=DRV3', 'Components');
    await expect.poll(() => main().getByRole('rowheader').count()).toBe(2);
    await open('/ui/reviews/decisions', 'Reviews');
    await row('split component').getByRole('button', { name: 'Take back' }).click();
    await dialog.getByLabel('Reason').fill('it was not');
    await dialog.getByRole('button', { name: 'Take back' }).click();
    await row('split component').getByText('taken back by').waitFor();
    await passportOf('DRV3');
    await main().getByText('at the same time').first().waitFor();
  });

  test('a rack is drawn with what stands in it', async () => {
    await hub.client.post('/v1/locations', { type: 'site', name: 'ams9' });
    const rack = await hub.client.post<{ id: string }>('/v1/locations', {
      ...{ parent: 'ams9', type: 'rack', name: 'rack 7', height_u: 12 },
    });
    const { items } = await hub.client.get<{ items: { id: string }[] }>(`/v1/assets?serial=${ONE}`);
    const patched = await fetch(`${hub.url}/v1/assets/${items[0]?.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${hub.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ location_id: rack.id, position: 4, height_u: 2 }),
    });
    expect(patched.status).toBe(200);
    await open('/ui/registry', 'Registry');
    await main().getByRole('link', { name: 'rack 7' }).click();
    await main().getByText('10 of 12 are free; the longest free run is 7 U (6 to 12)').waitFor();
    const drawn = page.getByRole('group', { name: 'Rack rack 7' });
    const [server, unit] = [drawn.locator('.mounted'), drawn.getByText('5', { exact: true })];
    await server.getByText('U4–5').waitFor();
    // It fills both units from the upper one down.
    expect((await server.boundingBox())?.y).toBeCloseTo((await unit.boundingBox())?.y ?? -1, -1);
    await server.getByRole('link').click();
    await main().getByRole('link', { name: 'ams9 / rack 7 / U4' }).waitFor();
  });

  test('customers, projects and lots are listed', async () => {
    await hub.client.post('/v1/customers', { name: 'Example Optics' });
    await hub.client.post('/v1/projects', { customer: 'Example Optics', name: 'Render farm' });
    await open('/ui/registry/customers', 'Registry');
    await main().getByRole('link', { name: 'Example Optics' }).click();
    await row('Render farm').waitFor();
    await main().getByRole('link', { name: 'Lots' }).click();
    await main().getByRole('link', { name: 'SSD_NVME_03.84TB_GEN4' }).click();
    for (const serial of ['DRV1', 'DRV2', 'DRV3']) await row(serial).first().waitFor();
    expect(new URL(page.url()).pathname).toBe('/ui/components');
  });

  test('every screen fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    for (const path of [
      'components',
      'bundles',
      'reviews',
      'registry/locations',
      'registry/lots',
      'registry/projects',
    ]) {
      await page.goto(`${hub.url}/ui/${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const root = 'document.documentElement';
      const tooWide = await page.evaluate<number>(`Math.max(0, ${root}.scrollWidth - ${root}.clientWidth)`);
      expect([path, tooWide]).toEqual([path, 0]);
    }
  });

  test('no page complained', () => {
    expect(faults).toEqual([]);
  });
});

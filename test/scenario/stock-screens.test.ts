import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { reserveSpare } from '#src/stock/commands/reserve-spare.ts';
import { call } from '../kit/call.ts';
import { testHub, type TestHub } from '../kit/test-hub.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
if (CHROMIUM === undefined) console.info('skipped: the stock in a browser, because there is no Chromium');

const QUIET = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const BIN = 'eu / ams1 / store / A1';
const LOT = 'SSD_NVME_03.84TB_GEN4';

describe.skipIf(CHROMIUM === undefined)('the stock, in a browser', () => {
  let browser: Browser;
  let hub: TestHub;
  let page: Page;
  const faults: string[] = [];
  const assetId = newId();
  const ticketId = newId();

  const send = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await call(hub.url + path, { key: hub.apiKey, body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    return answer.json;
  };

  beforeAll(async () => {
    hub = await testHub({ without: ['NETBOX', 'JIRA', 'AWX'], parts: ['web', 'worker'] });
    const place = (type: string, name: string, parent?: string) => send('/v1/locations', { type, name, parent });
    await place('region', 'eu');
    for (const site of ['ams1', 'fra1']) {
      await place('site', site, 'eu');
      await place('warehouse', 'store', `eu / ${site}`);
      await place('bin', 'A1', `eu / ${site} / store`);
    }
    const lot = (code: string, kind: string, facts = {}) => send('/v1/lots', { code, kind, title: code, facts });
    const drives = await lot(LOT, 'drive', { capacityTb: 3.84, mediaType: 'SSD', protocol: 'NVME' });
    await lot('DIMM_DDR4_064GB_RDIMM_3200_2R', 'dimm');
    const receive = (body: object) => send('/v1/stock/receipts', { location: BIN, ...body });
    await receive({ serial: 'S5H9NS0T', barcode: 'BC-0001', lot: LOT, warranty_until: '2029-05-31', supplier: 'Acme' });
    await receive({ serial: 'S5H9NS0U', lot: LOT, condition: 'FAILED' });
    await receive({ lot: 'DIMM_DDR4_064GB_RDIMM_3200_2R', quantity: 24 });
    await receive({ lot: 'DIMM_DDR4_064GB_RDIMM_3200_2R', quantity: 6, location: 'eu / fra1 / store' });
    await send('/v1/stock/levels', { lot: LOT, site: 'ams1', min: 4, target: 8 });
    await send('/v1/stock/levels', { lot: 'DIMM_DDR4_064GB_RDIMM_3200_2R', site: 'ams1', min: 10, target: 30 });
    const now = toSql(new Date());
    const times = { state_since: now, created_at: now, updated_at: now };
    await hub.hub.ctx
      .db('assets')
      .insert({ id: assetId, name: 'srv-stock', site: 'ams1', lifecycle_state: 'IN_SERVICE', ...times });
    await tx(hub.hub.ctx, (inside) =>
      reserveSpare(inside, {
        ...{ ticketId, assetId, componentId: null, lotId: String(drives['id']), kind: 'drive', site: 'ams1' },
      }),
    );
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: QUIET });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  /** For a person who wants to look: STOCK_SHOTS=<folder>. */
  const shoot = async (name: string): Promise<void> => {
    const folder = process.env['STOCK_SHOTS'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  };

  test('per LOT and site, drawn against the minimum', async () => {
    await page.goto(`${hub.url}/ui/stock#key=${hub.apiKey}`);
    const row = page.getByRole('row', { name: LOT });
    await row.getByRole('img', { name: '0 free, 1 reserved, 1 not usable, at least 4' }).waitFor();
    await row.getByText('8', { exact: true }).waitFor();
    await shoot('stock-summary');
    await page.getByRole('link', { name: 'below their minimum' }).click();
    await page.getByRole('row', { name: 'DIMM' }).first().waitFor({ state: 'detached' });
    expect(await page.getByRole('row').count()).toBe(2);
  });

  test('a piece is received in a dialog that says what is wrong, and stands on its page', async () => {
    await page.getByRole('link', { name: 'Items', exact: true }).click();
    await page.getByRole('row', { name: 'S5H9NS0T' }).waitFor();
    await shoot('stock-items');
    await page.getByRole('button', { name: 'Receive' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Serial').fill('S5H9NS0V');
    await dialog.getByLabel('LOT').fill('NO_SUCH_LOT');
    await dialog.getByLabel('Warehouse or bin').fill(BIN);
    await dialog.getByRole('button', { name: 'Receive' }).click();
    await dialog.getByText('there is no lot NO_SUCH_LOT', { exact: false }).first().waitFor();
    await shoot('stock-receive');
    await dialog.getByLabel('LOT').fill(LOT);
    await dialog.getByRole('button', { name: 'Receive' }).click();
    await page.getByRole('heading', { level: 1, name: `${LOT} S5H9NS0V` }).waitFor();
    await page.getByRole('row', { name: 'receive' }).getByText('+1').waitFor();
  });

  test('an item is moved, and its ledger says so', async () => {
    await page.getByRole('button', { name: 'Move' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('To').fill('eu / fra1 / store / A1');
    await dialog.getByLabel('Condition').selectOption('TESTED');
    await dialog.getByLabel('Reason').fill('wanted there');
    await dialog.getByRole('button', { name: 'Move' }).click();
    const row = page.getByRole('row', { name: 'wanted there' });
    await row.getByText('NEW → TESTED', { exact: false }).waitFor();
    await page.getByRole('definition').getByText('TESTED').waitFor();
    await shoot('stock-item');
  });

  test('what is kept for a ticket is listed, and set free with a reason', async () => {
    await page.goto(`${hub.url}/ui/stock/reservations`);
    const row = page.getByRole('row', { name: 'S5H9NS0T' });
    await row.getByText('held').waitFor();
    await row.getByText('srv-stock').waitFor();
    await shoot('stock-reservations');
    await row.getByRole('button').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('it was the cable');
    await dialog.getByRole('button', { name: 'Set free' }).click();
    await row.getByText('released').waitFor();
  });

  test('a bin is counted, scanned one by one, and the variance is booked', async () => {
    await page.goto(`${hub.url}/ui/stock/counts`);
    await page.getByRole('button', { name: 'Count a place' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Warehouse or bin').fill(BIN);
    await dialog.getByRole('button', { name: 'Begin' }).click();
    await page.getByRole('heading', { level: 1, name: `Count of ${BIN}` }).waitFor();
    await page.getByLabel('Serial that was found').fill('s5h9ns0t');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: 'S5H9NS0T' }).getByText('as expected').waitFor();
    await page.getByRole('button', { name: 'Say a count' }).click();
    await dialog.getByLabel('LOT').fill('DIMM_DDR4_064GB_RDIMM_3200_2R');
    await dialog.getByLabel('How many').fill('22');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: 'DIMM' }).getByText('fewer').waitFor();
    await shoot('stock-count');
    await page.getByRole('button', { name: 'Approve' }).click();
    await dialog.getByLabel('Reason').fill('two were lent');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('approved').first().waitFor();
    const { items } = (await call(`${hub.url}/v1/stock/summary?site=ams1&kind=dimm`, { key: hub.apiKey })).json;
    expect(items).toMatchObject([{ on_hand: 22 }]);
  });

  test("a ticket's page has the spare with its bin, what it is about and what was told", async () => {
    const now = toSql(new Date());
    const part = {
      id: newId(),
      kind: 'drive',
      identity: 'serial',
      vendor_serial: 'BAD-1',
      model: 'MZQL23T8',
      created_at: now,
    };
    const { items: lots } = (await call(`${hub.url}/v1/lots?q=${LOT}`, { key: hub.apiKey })).json;
    const [lot] = lots as { id: string }[];
    await hub.hub.ctx.db('components').insert({ ...part, lot_id: lot?.id, attributes: '{}' });
    await hub.hub.ctx.db('installations').insert({
      ...{
        id: newId(),
        component_id: part.id,
        asset_id: assetId,
        slot: 'Disk.Bay.2',
        installed_at: now,
        recorded_at: now,
      },
    });
    const occurred = new Date().toISOString();
    await send('/v1/telemetry', [
      {
        asset: assetId,
        type: 'SMART_FAIL',
        component: 'Disk.Bay.2',
        serial: 'BAD-1',
        occurred_at: occurred,
        message: 'failing',
      },
    ] as object);
    await page.goto(`${hub.url}/ui/tickets`);
    await page.getByRole('link', { name: 'REPLACE_DISK' }).first().click();
    await page.getByRole('heading', { level: 1, name: 'REPLACE_DISK' }).waitFor();
    const spare = page.getByRole('region', { name: 'Spare' });
    await spare.getByText('held').waitFor();
    await spare.getByText(BIN).waitFor();
    await spare.getByText('S5H9NS0T', { exact: false }).waitFor();
    await page.getByRole('region', { name: 'What it is about' }).getByText('srv-stock').waitFor();
    await page.getByRole('region', { name: 'Proof of the repair' }).getByText('No new part has been seen').waitFor();
    await shoot('ticket');
    await spare.getByRole('link', { name: 'S5H9NS0T' }).click();
    await page.getByRole('heading', { level: 2, name: 'Reserved for' }).waitFor();
    await page.getByRole('button', { name: 'Set the part free' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('taken for another');
    await page.getByRole('dialog').getByRole('button', { name: 'Set free' }).click();
    await page.getByRole('heading', { level: 2, name: 'Reserved for' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Scrap' }).click();
    await page.getByRole('dialog').getByLabel('Reason').fill('fell down');
    await page.getByRole('dialog').getByRole('button', { name: 'Scrap' }).click();
    await page.getByText('it has gone', { exact: false }).waitFor();
    await page.getByRole('row', { name: 'reserve' }).getByRole('link').first().click();
    await spare.getByText('released').waitFor();
    await spare.getByText('Nothing here would be taken: none of 1 in stock in ams1', { exact: false }).waitFor();
    await spare.getByText('To order: 9', { exact: false }).waitFor();
    await spare.getByText('elsewhere', { exact: true }).waitFor();
    await shoot('ticket-without-spare');
  });

  test('on a phone it is all there, and nothing failed', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${hub.url}/ui/stock`);
    await page.getByRole('img').first().waitFor();
    await shoot('stock-phone');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(faults.filter((text) => !text.includes('400'))).toEqual([]);
  });
});

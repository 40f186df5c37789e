import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '../kit/call.ts';
import { testHub, type TestHub } from '../kit/test-hub.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
if (CHROMIUM === undefined) console.info('skipped: scanning into the stock, because there is no Chromium');

const QUIET = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const BIN = 'eu / ams1 / store / A1';
const LOT = 'SSD_NVME_03.84TB_GEN4';

describe.skipIf(CHROMIUM === undefined)('scanning into the stock, in a browser', () => {
  let browser: Browser;
  let hub: TestHub;
  let page: Page;
  const faults: string[] = [];

  const send = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await call(hub.url + path, { key: hub.apiKey, body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    return answer.json;
  };
  const items = async (query: string): Promise<Record<string, unknown>[]> => {
    const { json } = await call(`${hub.url}/v1/stock/items?${query}`, { key: hub.apiKey });
    return json['items'] as Record<string, unknown>[];
  };

  beforeAll(async () => {
    hub = await testHub({ without: ['NETBOX', 'JIRA', 'AWX'], parts: ['web'] });
    const place = (type: string, name: string, parent?: string) => send('/v1/locations', { type, name, parent });
    await place('region', 'eu');
    await place('site', 'ams1', 'eu');
    await place('warehouse', 'store', 'eu / ams1');
    await place('bin', 'A1', 'eu / ams1 / store');
    await send('/v1/lots', { code: LOT, kind: 'drive', title: LOT, facts: { capacityTb: 3.84 } });
    await send('/v1/stock/receipts', { location: BIN, lot: LOT, serial: 'THERE-1' });
    for (const [serial, rma] of [
      ['DEAD-1', 'RMA-77'],
      ['DEAD-2', 'RMA-78'],
    ]) {
      const dead = await send('/v1/stock/receipts', { location: BIN, lot: LOT, serial, condition: 'FAILED' });
      await send(`/v1/stock/items/${String(dead['id'])}/return`, { rma, supplier: 'Acme', reason: 'dead' });
    }
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: QUIET });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
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
  /** As a scanner does: the label and Enter, into whatever has the focus. */
  const scan = async (label: string): Promise<void> => {
    await page.keyboard.type(label);
    await page.keyboard.press('Enter');
  };
  const row = (name: string) => page.getByRole('row', { name });

  test('labels go into the list with Enter, and the field keeps the focus', async () => {
    await page.goto(`${hub.url}/ui/stock#key=${hub.apiKey}`);
    await page.getByRole('link', { name: 'Receive', exact: true }).click();
    await page.getByLabel('LOT').waitFor();
    await scan(LOT);
    await scan(BIN);
    for (const label of ['NEW-1', 'NEW-2', 'new-1', 'THERE-1', 'N/A']) await scan(label);
    await page.getByText('4 not sent yet.').waitFor();
    await scan('NEW-2');
    await page.getByText('Scanned already: NEW-2.').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('receive-scan');
    await shoot('receive-scanned');
    expect(await items('serial=NEW-1')).toEqual([]);
  });

  test('a list that is pasted is as many lines; what was scanned outlives another screen', async () => {
    await page.evaluate(`(() => {
      const data = new DataTransfer();
      data.setData('text', 'PASTED-1\\nPASTED-2\\r\\nNEW-2');
      const event = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
      document.getElementById('receive-scan').dispatchEvent(event);
    })()`);
    await page.getByText('2 are on the list. Scanned already: NEW-2.').waitFor();
    await page.getByRole('link', { name: 'Returns' }).click();
    await row('RMA-77').waitFor();
    await page.getByRole('link', { name: 'Receive', exact: true }).click();
    await page.getByText('6 not sent yet.').waitFor();
    expect(await page.getByLabel('Warehouse or bin').inputValue()).toBe(BIN);
  });

  test('an answer that is lost is said; the same once more is done once, and each line has its result', async () => {
    await page.route('**/v1/stock/receipts/bulk', async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByRole('button', { name: 'Receive 6' }).click();
    await page
      .getByText('6 of the lines are not received, or nobody knows whether they are', { exact: false })
      .waitFor();
    await row('NEW-1').getByText('no answer').waitFor();
    expect(await page.getByRole('button', { name: 'Remove NEW-1' }).isDisabled()).toBe(true);
    await shoot('receive-lost');
    await page.unroute('**/v1/stock/receipts/bulk');
    await page.getByRole('button', { name: 'Receive 6' }).click();
    await page.getByText('1 rejected, 1 duplicate, 4 received.').waitFor();
    await row('THERE-1').getByText(`in stock already, at ${BIN}`).waitFor();
    await row('N/A').getByText('is a placeholder', { exact: false }).waitFor();
    await shoot('receive-done');
    expect(await page.evaluate('document.activeElement.id')).toBe('receive-scan');
    const [piece] = await items('serial=NEW-1');
    expect(piece).toMatchObject({ lot: LOT, place: BIN, quantity: 1 });
    const { json } = await call(`${hub.url}/v1/stock/items/${String(piece?.['id'])}/movements`, { key: hub.apiKey });
    expect(json['items']).toHaveLength(1);
  });

  test('done lines go at a click, others only when somebody says so', async () => {
    await page.getByRole('button', { name: 'Take done ones off' }).click();
    await row('NEW-1').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Remove N/A' }).click();
    await page.getByText('Nothing scanned yet.').waitFor();
    await scan('LATE-1');
    await page.getByRole('button', { name: 'Empty the list' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('1 of its lines were scanned and are not received').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await row('LATE-1').waitFor();
    await page.getByLabel('LOT').fill('NO_SUCH_LOT');
    await page.getByRole('button', { name: 'Receive 1' }).click();
    await row('LATE-1').getByText('there is no lot NO_SUCH_LOT', { exact: false }).waitFor();
    await page.getByRole('button', { name: 'Empty the list' }).click();
    await page.getByText('Nothing scanned yet.').waitFor();
  });

  test('a return is closed with the serial that came for it, which a scanner types and a person sends', async () => {
    await page.getByRole('link', { name: 'Returns' }).click();
    await row('RMA-77').getByText(`1 × ${LOT} DEAD-1`).waitFor();
    await shoot('returns');
    await page.getByRole('button', { name: 'RMA RMA-77: Replaced' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Serial of what came').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('ask-serial');
    await scan('THERE-1');
    expect(await page.evaluate('document.activeElement.id')).toBe('ask-barcode');
    await dialog.getByLabel('Warehouse or bin').fill(BIN);
    await dialog.getByRole('button', { name: 'Receive it and close the return' }).click();
    await dialog.getByText('is in stock already', { exact: false }).first().waitFor();
    await shoot('return-dialog');
    await dialog.getByLabel('Serial of what came').fill('CAME-1');
    await dialog.getByRole('button', { name: 'Receive it and close the return' }).click();
    await row('RMA-77').getByText('replaced').waitFor();
    await row('RMA-77').getByRole('link', { name: 'the item' }).click();
    await page.getByRole('heading', { level: 1, name: `${LOT} CAME-1` }).waitFor();
  });

  test('one for which money came is closed after a question, and nothing failed', async () => {
    await page.goto(`${hub.url}/ui/stock/returns`);
    await page.getByRole('button', { name: 'RMA RMA-78: Credited' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('nothing comes for it', { exact: false }).waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await row('RMA-78').getByText('sent', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'RMA RMA-78: Credited' }).click();
    await dialog.getByRole('button', { name: 'Close it as credited' }).click();
    await row('RMA-78').getByText('credited').waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await shoot('returns-phone');
    await page.goto(`${hub.url}/ui/stock/receive`);
    await page.getByLabel('Scan or paste').waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await shoot('receive-phone');
    // 409: the serial that was there; the answer that was cut off.
    expect(faults.filter((text) => !/ 409 |ERR_FAILED/.test(text))).toEqual([]);
  });
});

import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { call } from '../kit/call.ts';
import { testHub, type TestHub } from '../kit/test-hub.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
if (CHROMIUM === undefined) console.info('skipped: the cases in a browser, because there is no Chromium');

const QUIET = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const LONG = `The drive in bay 4 shows errors since the night.\nsmartctl says so:\n\n${'Reallocated_Sector_Ct 0x0033 '.repeat(12)}`;

describe.skipIf(CHROMIUM === undefined)('cases of others, in a browser', () => {
  let browser: Browser;
  let hub: TestHub;
  let page: Page;
  const faults: string[] = [];
  const servers = { first: newId(), second: newId(), third: newId() };
  const drive = newId();
  const [customer, project, ticket] = [newId(), newId(), newId()];

  const linksOf = async (key: string): Promise<unknown[]> => {
    const { json } = await call(`${hub.url}/v1/cases?q=${key}`, { key: hub.apiKey });
    const [one] = json['items'] as { links: Record<string, unknown>[] }[];
    return (one?.links ?? []).map((link) => [link['subject_name'], link['verdict']]);
  };

  beforeAll(async () => {
    hub = await testHub({ without: ['NETBOX', 'JIRA', 'AWX'], parts: ['web'] });
    const { db } = hub.hub.ctx;
    const now = toSql(new Date());
    const times = { state_since: now, created_at: now, updated_at: now };
    const server = { site: 'ams1', lifecycle_state: 'IN_SERVICE', ...times };
    await db('assets').insert([
      { id: servers.first, name: 'ams1-srv-07', vendor_serial: 'CZ3700AB', ...server },
      { id: servers.second, name: 'ams1-srv-08', vendor_serial: 'CZ3700AC', ...server },
      { id: servers.third, name: 'ams1-srv-09', vendor_serial: 'CZ3700AD', ...server },
    ]);
    const part = { id: drive, kind: 'drive', identity: 'serial', vendor_serial: 'S5H9NS0T', model: 'MZQL23T8' };
    await db('components').insert({ ...part, attributes: '{}', created_at: now });
    await db('installations').insert({
      ...{ id: newId(), component_id: drive, asset_id: servers.first, slot: 'Disk.Bay.4' },
      ...{ installed_at: now, recorded_at: now },
    });
    const made = { created_at: now, updated_at: now };
    await db('customers').insert({ id: customer, name: 'Case & Co', ...made });
    await db('projects').insert({ id: project, customer_id: customer, name: 'Render farm', code: 'RENDER-7', ...made });
    await db('tickets').insert({
      ...{ id: ticket, asset_id: servers.third, type: 'REPLACE_DISK', component: 'Disk.Bay.4', state: 'OPEN' },
      ...{
        priority: 'HIGH',
        summary: 'REPLACE_DISK Disk.Bay.4 of ams1-srv-09',
        reason: 'SMART',
        external_key: 'OPS-12',
      },
      ...{ opened_at: now, first_event_at: now, last_event_at: now },
    });
    const cases = [
      {
        ...{
          id: '1001',
          key: 'INC-1001',
          url: 'https://desk.example/INC-1001',
          summary: 'Drive S5H9NS0T reports errors',
        },
        ...{ text: LONG, status: 'In progress', priority: 'P2', assignee: 'Ada', 'Opened by': 'monitoring' },
      },
      {
        id: '1002',
        key: 'INC-1002',
        summary: 'ams1-srv-08 is slow since the update',
        status: 'Open',
        labels: 'os slow',
      },
      { id: '1003', key: 'INC-1003', summary: 'The coffee machine is out of order', status: 'Closed' },
      { id: '1004', key: 'INC-1004', summary: 'RENDER-7 waits for OPS-12', status: 'Open' },
    ];
    const body = { source: 'json', system: 'servicenow', cases };
    const answer = await call(`${hub.url}/v1/connectors/tickets/sync`, { key: hub.apiKey, body });
    if (answer.status !== 200) throw new Error(`the cases were not imported: ${answer.text}`);
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

  /** For a person who wants to look: CASE_SHOTS=<folder>. */
  const shoot = async (name: string): Promise<void> => {
    const folder = process.env['CASE_SHOTS'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  };

  test('the list shows what each is about, and how sure that is', async () => {
    await page.goto(`${hub.url}/ui/tickets#key=${hub.apiKey}`);
    await page.getByRole('link', { name: 'Cases of others' }).click();
    const row = page.getByRole('row', { name: 'INC-1001' });
    await row.getByRole('link', { name: 'S5H9NS0T', exact: true }).waitFor();
    await row.getByText('85 % sure').waitFor();
    await page.getByRole('row', { name: 'INC-1003' }).getByText('nothing known').waitFor();
    await shoot('cases');
    await page.getByLabel(/^About/).selectOption('no');
    await row.waitFor({ state: 'detached' });
    expect(await page.getByRole('row').count()).toBe(2);
    await page.getByRole('link', { name: 'clear filters' }).click();
    await page.getByLabel(/^With a link that is/).selectOption('likely');
    await page.getByRole('row', { name: 'INC-1003' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('row').count()).toBe(4);
    await page.getByRole('link', { name: 'clear filters' }).click();
    await page.getByLabel('Key or summary').fill('coffee');
    await page.keyboard.press('Enter');
    await row.waitFor({ state: 'detached' });
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export CSV' }).click();
    expect((await coming).suggestedFilename()).toMatch(/^cases-.*\.csv$/);
    await page.getByRole('link', { name: 'clear filters' }).click();
  });

  test('a link is confirmed, another is taken away, a third one is said', async () => {
    await page.getByRole('link', { name: 'Drive S5H9NS0T reports errors' }).click();
    await page.getByRole('heading', { level: 1, name: 'INC-1001' }).waitFor();
    const about = page.getByRole('region', { name: 'What it is about' });
    await about.getByRole('row', { name: 'S5H9NS0T' }).first().getByText("in the text is the part's serial").waitFor();
    await shoot('case');
    await about.getByRole('button', { name: 'Confirm: it is about part S5H9NS0T' }).click();
    await about.getByText('confirmed').waitFor();
    await about.getByRole('button', { name: 'Remove: it is not about server ams1-srv-07' }).click();
    await about.getByText('not about it').waitFor();
    await about.getByRole('button', { name: 'something else' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Which').fill('no-such-server');
    await dialog.getByRole('button', { name: 'Link' }).click();
    await dialog.getByText('there is no server no-such-server', { exact: false }).first().waitFor();
    await dialog.getByLabel('Which').fill('ams1-srv-08');
    await shoot('case-dialog');
    await dialog.getByRole('button', { name: 'Link' }).click();
    await about.getByRole('link', { name: 'ams1-srv-08' }).waitFor();
    await shoot('case-judged');
    expect((await linksOf('INC-1001')).toSorted()).toEqual([
      ['S5H9NS0T', 'right'],
      ['ams1-srv-07', 'wrong'],
      ['ams1-srv-08', 'right'],
    ]);
  });

  test("the server's page shows the cases about it, and leads to them", async () => {
    await page.goto(`${hub.url}/ui/assets/${servers.second}`);
    const heading = page.getByRole('heading', { level: 2, name: 'Cases of others' });
    await heading.waitFor();
    const line = page.getByRole('listitem').filter({ hasText: 'INC-1002' });
    await line.getByText('60 % sure').waitFor();
    await page.getByRole('listitem').filter({ hasText: 'INC-1001' }).getByText('confirmed').waitFor();
    await page.getByText('Case INC-1001 in servicenow is about server ams1-srv-08').waitFor();
    await shoot('server');
    await heading.getByRole('link').click();
    await page.getByRole('row', { name: 'INC-1002' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(3);
    await page.goto(`${hub.url}/ui/assets/${servers.first}`);
    await page.getByRole('heading', { level: 1, name: 'ams1-srv-07' }).waitFor();
    expect(await heading.count()).toBe(0);
  });

  test('so do the pages of a part, of a ticket of ours, of a project and of whose that is', async () => {
    const line = (key: string) => page.getByRole('listitem').filter({ hasText: key });
    const all = page.getByRole('heading', { level: 2, name: 'Cases of others' }).getByRole('link');
    await page.goto(`${hub.url}/ui/components/${drive}`);
    await line('INC-1001').getByText('confirmed').waitFor();
    await shoot('part');
    await all.click();
    await page.getByRole('row', { name: 'INC-1001' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    expect(await page.getByLabel(/^Kind of thing/).inputValue()).toBe('component');
    await page.goto(`${hub.url}/ui/tickets/${ticket}`);
    await line('INC-1004').getByText('80 % sure').waitFor();
    await shoot('ticket');
    await page.goto(`${hub.url}/ui/?project=${project}`);
    await line('INC-1004').getByText('50 % sure').waitFor();
    await shoot('project');
    await page.goto(`${hub.url}/ui/registry/customers`);
    await page.getByRole('link', { name: 'Case & Co' }).click();
    await line('INC-1004').getByText('RENDER-7', { exact: true }).waitFor();
    await shoot('customer');
    await all.click();
    await page.getByRole('row', { name: 'INC-1004' }).waitFor();
    expect(await page.getByRole('row').count()).toBe(2);
    // Another address of the same screen: what is told of the one before goes.
    await page.goto(`${hub.url}/ui/registry/projects?customer=${customer}`);
    await all.waitFor();
    await page.getByRole('link', { name: 'clear filters' }).click();
    await all.waitFor({ state: 'hidden' });
  });

  test('on a phone it is all there, and nothing failed', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const isNarrow = (): Promise<boolean> => page.evaluate('document.documentElement.scrollWidth <= innerWidth');
    await page.goto(`${hub.url}/ui/tickets/cases`);
    await page.getByRole('link', { name: 'Drive S5H9NS0T reports errors' }).waitFor();
    await shoot('cases-phone');
    expect(await isNarrow()).toBe(true);
    await page.getByRole('link', { name: 'Drive S5H9NS0T reports errors' }).click();
    await page.getByText('not about it').waitFor();
    await shoot('case-phone');
    expect(await isNarrow()).toBe(true);
    await page.goto(`${hub.url}/ui/assets/${servers.second}`);
    await page.getByRole('heading', { level: 2, name: 'Cases of others' }).waitFor();
    await shoot('server-phone');
    expect(await isNarrow()).toBe(true);
    // 400: the dialog was refused once; 404: nobody has looked into these servers.
    expect(faults.filter((text) => !/ 40[04] /.test(text))).toEqual([]);
  });
});

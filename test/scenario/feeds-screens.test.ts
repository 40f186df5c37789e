import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import { toSql } from '#src/core/time.ts';
import { tx } from '#src/core/tx.ts';
import { recordHeard, recordPorts, type SeenPort } from '#src/feeds/commands/record-feeds.ts';
import { call } from '../kit/call.ts';
import { testHub, type TestHub } from '../kit/test-hub.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
if (CHROMIUM === undefined) console.info('skipped: feeds in a browser, because there is no Chromium');

const QUIET = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

describe.skipIf(CHROMIUM === undefined)('what servers hang on, in a browser', () => {
  let browser: Browser;
  let hub: TestHub;
  let page: Page;
  const faults: string[] = [];
  const [fed, alone] = [newId(), newId()];

  const send = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await call(hub.url + path, { key: hub.apiKey, body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    return answer.json;
  };
  const tell = (component: string, type: string) =>
    send('/v1/telemetry', [
      // A switch is away when it has been so for a minute.
      { location: 'eu / ams1 / r1', type, component, occurred_at: ago(120_000), message: 'told' },
    ]);

  beforeAll(async () => {
    hub = await testHub({ without: ['NETBOX', 'JIRA', 'AWX'], parts: ['web', 'worker'] });
    await send('/v1/locations', { type: 'region', name: 'eu' });
    await send('/v1/locations', { type: 'site', name: 'ams1', parent: 'eu' });
    const { id: rack } = await send('/v1/locations', { type: 'rack', name: 'r1', parent: 'eu / ams1' });
    const now = toSql(new Date());
    const common = { lifecycle_state: 'IN_SERVICE', location_id: String(rack), site: 'ams1', state_since: now };
    const times = { created_at: now, updated_at: now };
    await hub.hub.ctx.db('assets').insert([
      { id: fed, name: 'srv-fed', ...common, ...times },
      { id: alone, name: 'srv-alone', ...common, ...times },
    ]);
    const port = (level: SeenPort['level'], name: string, on: string, management = false): SeenPort => ({
      ...{ assetId: fed, level, port: name, management, on: { name: on, outlet: level === 'pdu' ? '12' : null } },
    });
    await tx(hub.hub.ctx, async (inside) => {
      await recordPorts(inside, 'netbox', [
        ...[port('pdu', 'PSU2', 'PDU-B-1'), port('pdu', 'PSU1', 'PDU-A-1')],
        ...[port('switch', 'eth0', 'leaf1'), port('switch', 'iDRAC', 'mgmt1', true)],
      ]);
      await recordHeard(inside, {
        assetId: fed,
        heardAt: ago(7_200_000),
        ports: [port('switch', 'NIC.1', 'leaf1.example.com')],
      });
    });
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: QUIET });
    page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => faults.push(error.message));
    // Nobody has looked into the servers, and the API says so with 404.
    page.on('response', (answer) => {
      const isParts = new URL(answer.url()).pathname.endsWith('/inventory');
      if (answer.status() >= 400 && !isParts) faults.push(`${answer.status()} ${answer.url()}`);
    });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  /** For a person who wants to look: FEEDS_SHOTS=<folder>. */
  const shoot = async (name: string): Promise<void> => {
    const folder = process.env['FEEDS_SHOTS'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  };
  const feeds = () => page.getByRole('region', { name: 'Power and network' });

  test('a server shows its feeds, of what source and when they were read', async () => {
    await page.goto(`${hub.url}/ui/assets/${fed}#key=${hub.apiKey}`);
    await feeds().getByRole('row', { name: 'PSU1' }).waitFor();
    const rows = await feeds().locator('tbody tr').all();
    const cells = await Promise.all(rows.map(async (row) => (await row.locator('th, td').allInnerTexts()).slice(0, 5)));
    expect(cells).toEqual([
      ['Power', 'PDU-A-1', 'PSU1', '12', 'netbox'],
      ['Power', 'PDU-B-1', 'PSU2', '12', 'netbox'],
      ['Network', 'leaf1', 'eth0', 'unknown', 'netbox'],
      ['Network', 'leaf1', 'NIC.1', 'unknown', 'lldp'],
      ['Management', 'mgmt1', 'iDRAC', 'unknown', 'netbox'],
    ]);
    await feeds().getByRole('row', { name: 'lldp' }).getByText('2 h ago').waitFor();
    await shoot('feeds-known');
  });

  test('what no source says is unknown, and not "none"', async () => {
    await page.goto(`${hub.url}/ui/assets/${alone}`);
    await feeds().getByText('Its PDUs are unknown').waitFor();
    await feeds().getByText('Its switches are unknown').waitFor();
    await shoot('feeds-unknown');
  });

  test('a ticket of a PDU or a switch shows what hangs on it, or that nobody knows', async () => {
    const hanging = () => page.getByRole('region', { name: 'What hangs on it' });
    const open = async (type: string, component: string): Promise<void> => {
      const said = async () => {
        const { json } = await call(`${hub.url}/v1/tickets?type=${type}`, { key: hub.apiKey });
        return (json['items'] as { id: string; component: string }[]).find((one) => one.component === component);
      };
      await expect.poll(said, { timeout: 30_000 }).toBeDefined();
      await page.goto(`${hub.url}/ui/tickets/${(await said())?.id}`);
    };
    await tell('PDU-A-1', 'PDU_FAIL');
    await open('CHECK_PDU', 'PDU-A-1');
    await hanging().getByRole('row', { name: 'srv-fed' }).getByText('PSU1').waitFor();
    await hanging().getByText('1 server', { exact: true }).waitFor();
    await shoot('ticket-pdu');
    await tell('leaf1', 'SWITCH_DOWN');
    await open('CHECK_SWITCH', 'leaf1');
    await hanging().getByRole('row', { name: 'NIC.1' }).getByText('network').waitFor();
    await shoot('ticket-switch');
    await tell('PDU-Z-9', 'PDU_FAIL');
    await open('CHECK_PDU', 'PDU-Z-9');
    await hanging().getByText('no source says that a server hangs on PDU-Z-9', { exact: false }).waitFor();
    await shoot('ticket-unknown');
  });

  test('no page complained', () => {
    expect(faults).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#src/core/id.ts';
import { tx } from '#src/core/tx.ts';
import { saveChanges } from '#src/drift/change-store.ts';
import { lockConnection, updateConnection } from '#src/drift/connection-store.ts';
import type { PlannedRow } from '#src/drift/model.ts';
import { insertPlanRows, settlePlanRows } from '#src/drift/plan-store.ts';
import { insertRun, updateRun } from '#src/drift/run-store.ts';
import { driftRow, type DriftWeb, driftWeb, MAPPING_HASH, seedDrifts } from '../integration/drift-web.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
if (CHROMIUM === undefined)
  console.info('skipped: the drift screens in a browser, because there is no Chromium (apt-get install chromium)');

/** Nothing of this reaches outside: Chromium would look for updates otherwise. */
const QUIET = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];
const HASH = 'ab'.repeat(32);
const BRAKE = 'it would change devices for 40 of 100, more than 20';

describe.skipIf(CHROMIUM === undefined)('the drift screens, in a browser', () => {
  let browser: Browser;
  let web: DriftWeb;
  let page: Page;
  let asset: string;
  let rack: string;
  let runId: string;
  const faults: string[] = [];

  beforeAll(async () => {
    web = await driftWeb({ uiFolder: `${path.resolve(import.meta.dirname, '../../src/ui/screens')}/` });
    const made = await web.ask('/v1/assets', { body: { name: 'ams-r07-u04', serial: 'DRIFT0001' } });
    asset = String(made.json['id']);
    const site = await web.ask('/v1/locations', { body: { type: 'site', name: 'ams9' } });
    const place = await web.ask('/v1/locations', {
      body: { parent_id: site.json['id'], type: 'rack', name: 'rack 7', height_u: 12 },
    });
    rack = String(place.json['id']);
    await seedDrifts(web.ctx, drifts(), new Date(Date.now() - 3 * 3_600_000));
    await saveChanges(web.ctx.db, 'netbox', [
      {
        changeId: '1',
        type: 'device',
        objectId: '7',
        parentIds: [],
        action: 'updated',
        user: 'alice',
        requestId: null,
        at: '2026-11-19T10:00:00Z',
      },
    ]);
    runId = await plan();
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: QUIET });
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(60_000);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      const { url } = message.location();
      // The browser itself notes each refusal: those that a test asked for, and a server that nobody has looked into.
      // This hub has none of the rooms that talk to a BMC.
      const isMeant =
        message.text().includes('status of 409') ||
        /\/(inventory|control|health|firmware|firmware-updates|erasures)(\?.*)?$/.test(url);
      if (message.type() === 'error' && !isMeant) faults.push(`${message.text()} ${url}`);
    });
  });

  afterAll(async () => {
    await browser?.close();
    await web?.close();
  });

  function drifts(): PlannedRow[] {
    return [
      driftRow({ hubId: asset, label: 'ams-r07-u04', theirs: rack, ours: null, agreed: null }),
      ...Array.from({ length: 5 }, (_, n) =>
        driftRow({ theirId: `1${n}`, label: `srv-${n}`, theirs: `r${n}`, ours: 'r9' }),
      ),
      ...Array.from({ length: 3 }, (_, n) =>
        driftRow({ theirId: `2${n}`, label: `bios-${n}`, field: 'biosVersion', action: 'push', decision: 'auto' }),
      ),
      driftRow({
        hubId: null,
        theirId: '30',
        label: 'unknown-1',
        field: '',
        kind: 'only-there',
        action: 'create-here',
      }),
      driftRow({
        theirId: null,
        label: 'PSU 2',
        object: 'module',
        field: '',
        kind: 'only-here',
        action: 'create-there',
        decision: 'refused',
        reason: 'it cannot be made there without model: say it here first',
      }),
    ];
  }

  async function plan(): Promise<string> {
    const id = newId();
    const run = { id, system: 'netbox', kind: 'full', state: 'planned', applies: false } as const;
    await insertRun(web.ctx.db, { ...run, reason: 'nightly', requestedBy: 'system' }, new Date());
    const zero = {
      scanned: 100,
      unchanged: 89,
      created: 0,
      updated: 3,
      removed: 0,
      conflicts: 0,
      reviews: 7,
      refused: 1,
      failed: 0,
    };
    await insertPlanRows(web.ctx.db, run, drifts(), 1, () => 'proposed');
    await updateRun(web.ctx.db, id, {
      ...{ state: 'planned', plannedAt: new Date().toISOString(), planHash: HASH, mappingHash: MAPPING_HASH },
      summary: { objects: { device: zero }, unmapped: { device: ['custom_fields.owner'] } },
      brakes: [{ object: 'device', kind: 'change', field: null, count: 40, limit: 20, of: 100, reason: BRAKE }],
    });
    return id;
  }

  const main = () => page.getByRole('main');
  const row = (text: string) => main().getByRole('row').filter({ hasText: text });
  const dialog = () => page.getByRole('dialog');
  const states = async () =>
    (await web.database.db('drifts').orderBy('label').select('label', 'state', 'verdict')).map(
      ({ label, state, verdict }) => `${label} ${state} ${verdict ?? ''}`.trim(),
    );

  async function open(address: string, heading: string): Promise<void> {
    await page.goto(web.url + address);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  }

  test('the inbox shows what is alike, the most first, and what can be said of it', async () => {
    await page.goto(`${web.url}/ui/drift#key=${web.key}`);
    await row('device rack differs').waitFor();
    const heads = await main().getByRole('rowheader').allInnerTexts();
    expect(heads).toEqual([
      'device rack differs',
      'device is only there',
      'module is only here',
      'device biosVersion differs',
    ]);
    await main().getByText('netbox is in dry-run').waitFor();
    expect(await row('device rack differs').innerText()).toMatch(/^6\s.*to decide proposes: takes theirs over here/s);
    expect(await row('biosVersion').getByRole('button', { name: 'Take theirs' }).isDisabled()).toBe(true);
    expect(await row('biosVersion').getByRole('button', { name: 'Take theirs' }).getAttribute('title')).toContain(
      'direction: out',
    );
    expect(await row('module').getByRole('button', { name: 'Write ours' }).getAttribute('title')).toContain(
      'without model',
    );
    await main().getByLabel('Who decides').selectOption({ label: 'the hub by itself' });
    await expect.poll(() => main().getByRole('rowheader').allInnerTexts()).toEqual(['device biosVersion differs']);
  });

  test('a group leads to its drifts, with both sides beside each other', async () => {
    await open('/ui/drift', 'Drift');
    await main().getByRole('link', { name: 'device rack differs' }).click();
    await expect.poll(() => main().getByRole('rowheader').count()).toBe(6);
    const one = row('ams-r07-u04');
    expect(await one.innerText()).toMatch(/no\. 7.*rack\s+ams9 \/ rack 7\s+\(empty\)\s+\(empty\)/s);
    expect(await one.innerText()).toMatch(/3 h ago.*alice/s);
    expect(await one.getByRole('link', { name: 'no. 7' }).getAttribute('href')).toBe(
      'https://netbox.example/dcim/devices/7/',
    );
    expect(await one.locator('code.moved').allInnerTexts()).toEqual(['ams9 / rack 7']);
    await main().getByTitle('Sort by what').click();
    await expect.poll(async () => (await main().getByRole('rowheader').allInnerTexts())[1]).toContain('srv-0');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      main().getByRole('button', { name: 'Export CSV' }).click(),
    ]);
    expect(
      readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\r\n'),
    ).toHaveLength(7);
  });

  test('one is decided, and taken back', async () => {
    await row('srv-0').getByRole('button', { name: 'Write ours' }).click();
    await dialog().getByText('What the hub has is written there').waitFor();
    await dialog().getByLabel('Reason').fill('it was moved back');
    await dialog().getByRole('button', { name: 'Write ours' }).click();
    await dialog().waitFor({ state: 'detached' });
    await expect.poll(states).toContain('srv-0 decided push-ours');
    await main().getByRole('link', { name: '1 decided' }).waitFor();
    await main().getByLabel('State').selectOption({ label: 'decided, not done yet' });
    await row('srv-0').getByText('it was moved back').waitFor();
    await row('srv-0').getByRole('button', { name: 'Take back' }).click();
    await dialog().getByRole('button', { name: 'Take back' }).click();
    await main().getByText('Nothing matches these filters').waitFor();
    expect(await states()).toContain('srv-0 open');
  });

  test('some are chosen and ignored until a day, with a reason', async () => {
    await open('/ui/drift/list?field=rack&sort=label', 'Drift');
    await main().getByLabel('Choose srv-1 rack').check();
    await main().getByLabel('Choose srv-2 rack').check();
    await main().getByText('2 chosen').waitFor();
    await main().getByRole('button', { name: 'Ignore: those that are chosen' }).click();
    await dialog().getByLabel('Reason').fill('the room is being rebuilt');
    await dialog().getByLabel('Until the end of').fill('2099-01-31');
    await dialog().getByRole('button', { name: 'Ignore for 2' }).click();
    await main().getByText('2 decided.').waitFor();
    await expect.poll(() => main().getByRole('rowheader').count()).toBe(4);
    const [kept] = await web.database.db('drifts').where({ label: 'srv-1' });
    expect(String(kept?.ignored_until)).toMatch(/^2099-0(1-31|2-01)/);
    expect(await states()).toEqual(expect.arrayContaining(['srv-1 ignored ignore', 'srv-2 ignored ignore']));
  });

  test('all that match are decided at once, and nothing where there are more by now', async () => {
    await open('/ui/drift', 'Drift');
    await row('device rack differs').getByRole('button', { name: 'Take theirs' }).click();
    await seedDrifts(web.ctx, [driftRow({ theirId: '99', label: 'late', hubId: randomUUID() })]);
    await dialog().getByRole('button', { name: 'Take theirs for 4' }).click();
    await dialog().getByText('There are 5 of them now, not 4').waitFor();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await page.reload();
    await row('device rack differs').getByRole('button', { name: 'Take theirs' }).click();
    await dialog().getByRole('button', { name: 'Take theirs for 5' }).click();
    await main().getByText('5 decided.').waitFor();
    await expect.poll(() => row('device rack differs').count()).toBe(0);
    expect((await states()).filter((one) => one.endsWith('decided accept-theirs'))).toHaveLength(5);
  });

  test('three hundred of one kind are decided once, and taken back together', async () => {
    const many = Array.from({ length: 300 }, (_, n) =>
      driftRow({
        ...{ theirId: `3${n}`, label: `tenant-${n}`, field: 'tenant', theirs: `t${n % 7}`, ours: null },
        hubId: randomUUID(),
      }),
    );
    await seedDrifts(web.ctx, many);
    const are = async (state: string) =>
      Number((await web.database.db('drifts').where({ field: 'tenant', state }).count({ n: '*' }))[0]?.['n']);
    await open('/ui/drift', 'Drift');
    await row('device tenant differs').getByRole('button', { name: 'Ignore' }).click();
    await dialog().getByLabel('Reason').fill('tenants are entered there next week');
    await dialog().getByRole('button', { name: 'Ignore for 300' }).click();
    await main().getByText('300 decided.').waitFor();
    expect(await are('ignored')).toBe(300);
    await main().getByRole('link', { name: 'See them, or take it back' }).click();
    await main().getByText('All 300 that match').waitFor();
    expect(await main().getByText('tenants are entered there next week').count()).toBeGreaterThan(0);
    await main().getByRole('button', { name: 'Take back: all that match' }).click();
    await dialog().getByText('What was done already is not undone').waitFor();
    await dialog().getByRole('button', { name: 'Take back 300' }).click();
    await main().getByText('300 taken back.').waitFor();
    expect(await are('open')).toBe(300);
    await web.database.db('drifts').where({ field: 'tenant' }).delete();
  });

  test('the page of a server tells what differs, and its timeline what was decided', async () => {
    await open(`/ui/assets/${asset}`, 'ams-r07-u04');
    await main().getByText('Differs from netbox').waitFor();
    await main().getByText('Nobody has looked into this server yet').waitFor();
    await main().getByText('Theirs is accepted: device ams-r07-u04, rack in netbox').waitFor();
    await main().getByRole('link', { name: '1 to look at' }).click();
    await page.waitForURL(`**/ui/drift/list?server=${asset}`);
  });

  test('a system is switched to apply, and released where brakes hold it', async () => {
    await open('/ui/drift/systems', 'Drift');
    const card = main().getByRole('region', { name: 'netbox' });
    await card.getByRole('link', { name: '3 by itself' }).waitFor();
    await card.getByRole('button', { name: 'Switch to apply' }).click();
    await dialog().getByText('3 such differences stand open now').waitFor();
    await dialog().getByRole('button', { name: 'Switch to apply' }).click();
    await card.getByRole('button', { name: 'Switch to dry-run' }).waitFor();
    const look = await main()
      .getByText('A look at everything in netbox was asked for')
      .getByRole('link')
      .getAttribute('href');
    await updateRun(web.ctx.db, String(look?.split('/').at(-1)), { state: 'done' });
    await tx(web.ctx, async (inside) => {
      await lockConnection(inside.db, 'netbox', new Date());
      await updateConnection(inside.db, 'netbox', { heldReason: 'it wrote to 40 devices' }, new Date());
    });
    await page.reload();
    await card.getByText('it wrote to 40 devices').waitFor();
    await card.getByRole('button', { name: 'Release' }).click();
    await dialog().getByRole('button', { name: 'Release' }).click();
    await expect.poll(() => card.getByText('it wrote to 40 devices').count()).toBe(0);
  });

  test('a plan is looked at, its brakes accepted, and what became of it told', async () => {
    await open('/ui/drift/runs', 'Drift');
    await row(BRAKE).getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'Compared with netbox' }).waitFor();
    await main().getByText('Brakes stopped this plan').waitFor();
    await main().getByText('Names of theirs that no mapping speaks of').click();
    await main().getByText('custom_fields.owner').waitFor();
    await main().getByLabel('Who decides').selectOption({ label: 'the hub' });
    await expect.poll(() => main().getByRole('table', { name: 'The plan' }).getByRole('rowheader').count()).toBe(3);
    await main().getByRole('button', { name: 'Carry it out' }).click();
    await dialog().getByRole('button', { name: 'Carry it out' }).click();
    await dialog().getByText('approve it with accept_brakes').waitFor();
    await dialog().getByLabel('Although brakes stopped it').selectOption('yes');
    await dialog().getByRole('button', { name: 'Carry it out' }).click();
    await main().getByText('approved', { exact: true }).waitFor();
    const progress = { step: 'writing' as const, object: 'device', done: 1, of: 3 };
    await updateRun(web.ctx.db, runId, { state: 'applying', progress });
    await main().getByRole('progressbar').waitFor();
    await main().getByText('writing device 1 of 3').waitFor();
    await settlePlanRows(web.ctx.db, runId, [7, 8], { state: 'confirmed' }, new Date());
    await settlePlanRows(
      web.ctx.db,
      runId,
      [9],
      { state: 'failed', reason: 'NetBox: this value is too long' },
      new Date(),
    );
    await updateRun(web.ctx.db, runId, { state: 'done', finishedAt: new Date().toISOString() });
    await main().getByText('done', { exact: true }).waitFor();
    await main().getByText('2 values and objects brought into step, 1 failed').waitFor();
    await main().getByRole('link', { name: 'Object by object' }).click();
    await main().getByRole('table', { name: 'What became of it' }).waitFor();
    await row('NetBox: this value is too long').getByText('failed').waitFor();
    expect(await row('bios-0').innerText()).toMatch(/updated there\s+biosVersion/);
  });

  test('a look at everything is asked for, and followed', async () => {
    await open('/ui/drift/runs', 'Drift');
    await main().getByRole('button', { name: 'Compare all of netbox now' }).click();
    await dialog().getByLabel('Then').selectOption({ label: 'only make a plan' });
    await dialog().getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { level: 1, name: 'Compared with netbox' }).waitFor();
    await main().getByText('requested', { exact: true }).waitFor();
    const [run] = await web.database.db('reconcile_runs').orderBy('id', 'desc').limit(1);
    expect([run?.state, run?.applies]).toEqual(['requested', 0]);
  });

  test('every screen fits a phone', async () => {
    await page.setViewportSize({ width: 390, height: 800 });
    for (const screen of [
      'drift',
      'drift/list',
      'drift/runs',
      `drift/runs/${runId}`,
      `drift/runs/${runId}/results`,
      'drift/systems',
    ]) {
      await page.goto(`${web.url}/ui/${screen}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      const root = 'document.documentElement';
      const tooWide = await page.evaluate<number>(`Math.max(0, ${root}.scrollWidth - ${root}.clientWidth)`);
      expect([screen, tooWide]).toEqual([screen, 0]);
    }
  });

  test('no page complained', () => {
    expect(faults).toEqual([]);
  });
});

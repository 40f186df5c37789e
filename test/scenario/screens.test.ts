import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appear, type AssetAnswer, expectMachines, fallIll, untilHardened } from '../../demo/story.ts';
import { testHub, type TestHub } from '../kit/test-hub.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
if (CHROMIUM === undefined)
  console.info('skipped: the screens in a browser, because there is no Chromium (apt-get install chromium)');

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

describe.skipIf(CHROMIUM === undefined)('the screens, in a browser', () => {
  let browser: Browser;
  let hub: TestHub;
  let page: Page;
  let asset: AssetAnswer;
  const faults: string[] = [];

  beforeAll(async () => {
    hub = await testHub({ machines: 1 });
    const story = { stage: hub.stage, hub: hub.client, cast: hub.cast, say: () => {} };
    await expectMachines(story);
    await appear(story);
    const assets = await untilHardened(story);
    asset = [...assets.values()][0] as AssetAnswer;
    await fallIll(story, assets);
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: QUIET });
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  });

  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  test('a server shows its state, its parts, its ticket and its timeline, and the key leaves the address', async () => {
    await page.goto(`${hub.url}/ui/assets/${asset.id}#key=${hub.apiKey}`);
    await page.getByRole('heading', { level: 1, name: asset.name ?? '' }).waitFor();
    const main = page.getByRole('main');
    await main.getByText('HARDENED').first().waitFor();
    await main.getByText('Hardware validated', { exact: false }).first().waitFor();
    await main.getByText('HW-1').first().waitFor();
    expect(await main.getByRole('row').count()).toBeGreaterThan(10);
    expect(page.url()).not.toContain('hub_');
  });

  test('the list of servers leads to it', async () => {
    await page.goto(`${hub.url}/ui/`);
    await page
      .getByRole('link', { name: asset.name ?? '' })
      .first()
      .click();
    await page.waitForURL(`**/ui/assets/${asset.id}`);
  });

  test('no page complained', () => {
    expect(faults).toEqual([]);
  });
});

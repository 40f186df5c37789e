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

  test('the bar above is one line on a desktop and a small laptop, with all that leads somewhere in sight', async () => {
    for (const width of [1440, 1280, 1024]) {
      await page.setViewportSize({ width, height: 800 });
      const bar = page.getByRole('banner');
      await bar.getByText('live', { exact: true }).waitFor();
      // For a person who wants to look: SCREEN_SHOTS=<folder>.
      const folder = process.env['SCREEN_SHOTS'];
      if (folder !== undefined) await page.screenshot({ path: `${folder}/bar-${width}.png` });
      expect((await bar.boundingBox())?.height).toBeLessThan(50);
      const ends = [...(await bar.getByRole('link').all()), bar.getByRole('searchbox'), bar.getByRole('button')];
      expect(ends).toHaveLength(1 + 12 + 2);
      let before = 0;
      for (const end of ends) {
        const box = await end.boundingBox();
        expect([width, box?.x]).toEqual([width, expect.toSatisfy((x: number) => x >= before)]);
        before = (box?.x ?? 0) + (box?.width ?? 0);
      }
      expect(before).toBeLessThanOrEqual(width);
      expect(
        await page.evaluate(
          "(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)(document.querySelector('.bar nav'))",
        ),
      ).toBe(true);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('link', { name: 'Events' }).click();
    await page.waitForURL('**/ui/events');
  });

  test('no page complained', () => {
    expect(faults).toEqual([]);
  });
});

import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appear, type AssetAnswer, expectMachines, untilHardened } from '../../demo/story.ts';
import { testHub, type TestHub } from '../kit/test-hub.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) =>
  existsSync(file),
);
if (CHROMIUM === undefined)
  console.info('skipped: power and boot in a browser, because there is no Chromium (apt-get install chromium)');

const QUIET = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

describe.skipIf(CHROMIUM === undefined)('power and boot, in a browser', () => {
  let browser: Browser;
  let hub: TestHub;
  let page: Page;
  let asset: AssetAnswer;
  const faults: string[] = [];

  beforeAll(async () => {
    hub = await testHub({ machines: 1 });
    const story = { stage: hub.stage, hub: hub.client, cast: hub.cast, say: () => {}, timeoutMs: 100_000 };
    await expectMachines(story);
    await appear(story);
    asset = [...(await untilHardened(story)).values()][0] as AssetAnswer;
    browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: QUIET });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()));
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await hub?.close();
  });

  const panel = () => page.locator('section.control');
  /** For a person who wants to look: CONTROL_SHOTS=<folder>. */
  const shoot = async (name: string): Promise<void> => {
    const folder = process.env['CONTROL_SHOTS'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
  };

  test('what nobody has asked is not known; the BMC is asked and answers', async () => {
    await page.goto(`${hub.url}/ui/assets/${asset.id}#key=${hub.apiKey}`);
    await panel().getByText('not known').first().waitFor();
    await panel().getByRole('button', { name: 'Ask the BMC' }).click();
    await panel().getByText('On', { exact: true }).waitFor({ timeout: 60_000 });
    expect(await panel().getByRole('button', { name: 'Switch on' }).count()).toBe(0);
    await shoot('on');
  });

  test('switching off needs a reason, and shows when it is off', async () => {
    await panel().getByRole('button', { name: 'Switch off at once' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('what is not written to disk is lost', { exact: false }).waitFor();
    await shoot('ask');
    await dialog.getByLabel('Reason').fill('moves to another rack');
    await dialog.getByRole('button', { name: 'Switch off at once' }).click();
    await panel().getByText('Off', { exact: true }).waitFor({ timeout: 60_000 });
    expect([...hub.stage.bmcs.values()][0]?.powerState()).toBe('Off');
    await page.getByText('moves to another rack', { exact: false }).first().waitFor();
  });

  test('boots once from the network', async () => {
    await panel().getByRole('button', { name: 'Boot once from' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('reinstall');
    await dialog.getByRole('button', { name: 'Set' }).click();
    await panel().getByText('Pxe, once', { exact: false }).waitFor({ timeout: 60_000 });
    await shoot('boot');
  });

  test('no page complained', () => {
    expect(faults).toEqual([]);
  });
});

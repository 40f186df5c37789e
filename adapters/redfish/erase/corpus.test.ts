import { afterEach, describe, expect, test } from 'vitest';
import { corpusPath } from '#test/kit/corpus.ts';
import type { ErasableDrive } from '../../../src/ports/drive-erase.ts';
import { bmcFirmware } from '../firmware/index.ts';
import { targetOf, testKit } from '../kit-for-tests.ts';
import { Settings } from '../settings.ts';
import { startBmcSimulator, type BmcSimulator } from '../simulator.ts';
import { recordedTrees } from '../simulator/tree.ts';
import { driveErase } from './index.ts';

// Recordings of real BMCs are not part of the project; where they are at hand, each is asked what it has and what it can erase.
const corpus = corpusPath('redfish');
const trees = recordedTrees(corpus);
if (trees.length === 0)
  process.stdout.write(`skipped: no recorded Redfish trees at ${corpus} (set REANIMATOR_CORPUS)\n`);

/** Counted by hand in the JSON: components of the firmware inventory, and drives that have `#Drive.SecureErase`. */
const FACTS: { tree: RegExp; components: number; selfErasing: number; system: string | null }[] = [
  { tree: /^dell-r750/, components: 17, selfErasing: 2, system: 'dell-system-erase' },
  { tree: /^dell-xr8620t/, components: 20, selfErasing: 2, system: 'dell-system-erase' },
  { tree: /^hpe-dl380ag11/, components: 34, selfErasing: 5, system: 'hpe-secure-system-erase' },
  { tree: /^hpe-dl380ag12/, components: 43, selfErasing: 0, system: 'hpe-secure-system-erase' },
  { tree: /^hpe-dl385g10plusv2/, components: 48, selfErasing: 0, system: 'hpe-secure-system-erase' },
  // One has the action, in a bay that is empty.
  { tree: /^supermicro-gb300/, components: 20, selfErasing: 0, system: null },
  { tree: /^supermicro-sys821ge/, components: 106, selfErasing: 0, system: null },
  { tree: /^nvidia-bluefield3/, components: 14, selfErasing: 0, system: null },
  { tree: /^openbmc-stock/, components: 1, selfErasing: 0, system: null },
];

const running: BmcSimulator[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});
const { signal } = new AbortController();
const settings = Settings.parse({ timeoutMs: 10_000 });

describe.skipIf(trees.length === 0)('recorded machines', () => {
  const known = trees.flatMap((tree) =>
    FACTS.filter((one) => one.tree.test(tree.name)).map((facts) => ({ ...tree, facts })),
  );

  test.each(known)('$name', async ({ folder, facts }) => {
    const bmc = await startBmcSimulator({ tree: folder });
    running.push(bmc);
    const firmware = await bmcFirmware(settings, testKit()).readFirmware(targetOf(bmc), signal);
    expect(firmware).toHaveLength(facts.components);
    expect(new Set(firmware.map(({ id }) => id)).size).toBe(firmware.length);
    const { drives } = await driveErase(settings, testKit()).listErasable(targetOf(bmc), signal);
    const with_ = (method: string) => drives.filter((one: ErasableDrive) => one.methods.some((own) => own === method));
    expect(with_('drive-secure-erase')).toHaveLength(facts.selfErasing);
    for (const method of ['dell-system-erase', 'hpe-secure-system-erase'])
      expect(with_(method)).toHaveLength(facts.system === method ? drives.length : 0);
    expect(
      drives.filter((one) => one.methods.length === 0).every((one) => /rescue image/.test(one.instead ?? '')),
    ).toBe(true);
  });

  test.each(known.filter(({ name }) => name.startsWith('dell-r750')))(
    '$name: what iDRAC has kept',
    async ({ folder }) => {
      const bmc = await startBmcSimulator({ tree: folder });
      running.push(bmc);
      const firmware = await bmcFirmware(settings, testKit()).readFirmware(targetOf(bmc), signal);
      expect(
        firmware
          .filter(({ previous }) => previous !== null)
          .map(({ id, version, previous }) => [id, version, previous]),
      ).toEqual(
        expect.arrayContaining([
          ['BIOS.Setup.1-1', '1.13.2', '1.6.5'],
          ['iDRAC.Embedded.1-1', '7.10.30.00', '6.00.30.00'],
        ]),
      );
    },
  );
});

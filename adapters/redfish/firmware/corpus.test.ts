import { afterEach, describe, expect, test } from 'vitest';
import { corpusPath } from '#test/kit/corpus.ts';
import { targetOf, testKit } from '../kit-for-tests.ts';
import { evidenceOf } from '../quirks.ts';
import { Settings } from '../settings.ts';
import { startBmcSimulator, type BmcSimulator } from '../simulator.ts';
import { recordedTrees } from '../simulator/tree.ts';
import { firmwareQuirksOf } from './quirks.ts';
import { openInQueue } from './queue.ts';
import { findStored, takesForQueue } from './repository.ts';
import { readRows } from './rows.ts';
import { stagedUpload, stagesUploads } from './staged.ts';
import { readUpdateService } from './update-service.ts';
import { withOpened } from './with-opened.ts';

// Recordings of real BMCs are not part of the project; where they are at hand, each is asked how it takes uploads.
const corpus = corpusPath('redfish');
const trees = recordedTrees(corpus);
if (trees.length === 0)
  process.stdout.write(`skipped: no recorded Redfish trees at ${corpus} (set REANIMATOR_CORPUS)\n`);

const running: BmcSimulator[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) await one.close();
});

/** iDRAC has the action StartUpdate too, and installs at once what is uploaded. */
const STAGES: { tree: RegExp; stages: boolean }[] = [
  { tree: /^supermicro-sys821ge/, stages: true },
  { tree: /^dell-r750/, stages: false },
  { tree: /^dell-xr8620t/, stages: false },
  { tree: /^supermicro-gb300/, stages: false },
  { tree: /^hpe-dl380ag12/, stages: false },
];

describe.skipIf(trees.length === 0)('recorded machines', () => {
  const known = trees.flatMap((tree) =>
    STAGES.filter((one) => one.tree.test(tree.name)).map((one) => ({ ...tree, ...one })),
  );

  test.each(known)('$name: its uploads wait for a start: $stages', async ({ folder, stages }) => {
    const bmc = await startBmcSimulator({ tree: folder });
    running.push(bmc);
    const settings = Settings.parse({ timeoutMs: 10_000 });
    const opening = { settings, kit: testKit() };
    await withOpened(opening, targetOf(bmc), new AbortController().signal, async (opened) => {
      const service = await readUpdateService(opened.bmc, opened.system);
      const quirks = firmwareQuirksOf(await evidenceOf(opened.bmc));
      expect(stagesUploads(service, quirks)).toBe(stages);
      if (!stages) return;
      const rows = await readRows(opened.bmc, service.inventory ?? '', quirks, settings.firmwareTimeoutMs);
      const targets = (component: string) =>
        stagedUpload(
          rows.filter((row) => row.component === component),
          quirks,
        ).targets;
      expect(targets('BMC')).toEqual(['/redfish/v1/Managers/1']);
      expect(targets('BIOS')).toEqual(['/redfish/v1/Systems/1/Bios']);
      expect(targets('CPLD_Motherboard')).toEqual(['/redfish/v1/UpdateService/FirmwareInventory/CPLD_Motherboard']);
    });
  });

  test.each(trees.filter(({ name }) => name.startsWith('hpe-')))(
    '$name: its queue is read, and is empty; packages go into its repository',
    async (tree) => {
      const bmc = await startBmcSimulator({ tree: tree.folder });
      running.push(bmc);
      const opening = { settings: Settings.parse({ timeoutMs: 10_000 }), kit: testKit() };
      await withOpened(opening, targetOf(bmc), new AbortController().signal, async (opened) => {
        const service = await readUpdateService(opened.bmc, opened.system);
        expect(service.hpeQueue).toMatch(/UpdateTaskQueue/);
        expect(await openInQueue(opened, service)).toEqual([]);
        const repository = takesForQueue(service, 'http://images.example/a.fwpkg');
        if (repository === null) throw new Error('no repository');
        expect(repository.addFromUri.target).toMatch(/AddFromUri$/);
        expect(takesForQueue(service, 'http://images.example/U58.signed.flash')).toBeNull();
        expect(await findStored(opened, repository, 'a.fwpkg')).toBeNull();
      });
    },
  );
});

import { describe, expect, test } from 'vitest';
import { corpusPath } from '#test/kit/corpus.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { recordedTrees } from '../simulator/tree.ts';
import { controlLab } from './lab-for-tests.ts';

// Recordings of real BMCs are not part of the project; where they are at hand, each of them is told everything.
const corpus = corpusPath('redfish');
const trees = recordedTrees(corpus);
if (trees.length === 0)
  process.stdout.write(`skipped: no recorded Redfish trees at ${corpus} (set REANIMATOR_CORPUS)\n`);

/** What a recording does not offer, written down by hand from its JSON. */
const HAS_NOT: { tree: RegExp; what: 'cd' | 'light' | 'resets'; why: string }[] = [
  { tree: /^intel-s2600bpb/, what: 'cd', why: 'no virtual media' },
  { tree: /^openbmc-stock/, what: 'cd', why: 'no virtual media' },
  { tree: /^nvidia-bluefield3/, what: 'cd', why: 'no virtual media' },
  { tree: /^supermicro-x10sdv/, what: 'cd', why: 'the crawl has the link to CfgCD and not the resource' },
  { tree: /^dell-xr8620t/, what: 'cd', why: 'the crawl has the links to virtual media and not the resources' },
  { tree: /^supermicro-gb300/, what: 'resets', why: 'the crawl has the link to ResetActionInfo and not the resource' },
  { tree: /^dmtf-public-rackmount1/, what: 'cd', why: 'images of others are in both CD drives' },
  { tree: /^nvidia-bluefield3/, what: 'light', why: 'neither system nor chassis has one' },
];

describe.skipIf(trees.length === 0)('recorded machines', () => {
  describe.each(trees)('$name', ({ name, folder }) => {
    const has = (what: string): boolean => !HAS_NOT.some((one) => one.what === what && one.tree.test(name));

    test('is switched off and on', async () => {
      const { control, target, signal } = await controlLab(folder);
      const { state, allowed } = await control.readPower(target, signal);
      expect(allowed.includes('ForceOff')).toBe(has('resets'));
      const first = await control.setPower(target, 'force-off', signal);
      expect(first).toMatchObject({ before: state, after: 'Off' });
      expect(await control.setPower(target, 'on', signal)).toMatchObject({ outcome: 'accepted', after: 'On' });
      expect(await control.setPower(target, 'on', signal)).toMatchObject({ outcome: 'already' });
    });

    test('boots once from the network, in whichever way it takes that', async () => {
      for (const boot of ['plain', 'settings', 'full'] as const) {
        const { control, target, signal } = await controlLab(folder, { boot });
        const shown = await control.bootOnce(target, { target: 'pxe', mode: null }, signal);
        expect(shown, boot).toMatchObject({ target: 'Pxe', enabled: 'Once' });
        expect(await control.readBoot(target, signal), boot).toMatchObject({ target: 'Pxe', enabled: 'Once' });
      }
    });

    test('takes an image and gives it back, or says why not', async () => {
      const { control, target, signal } = await controlLab(folder);
      const iso = { image: 'http://images.example/rescue.iso', type: 'CD' } as const;
      const done = await control.insertMedia(target, iso, signal).catch((error: unknown) => error);
      if (!has('cd')) {
        expect(done).toBeInstanceOf(AdapterError);
        expect((done as AdapterError).retry).toBeDefined();
        return;
      }
      expect(done).toMatchObject({ image: iso.image, inserted: true });
      const after = await control.ejectMedia(target, signal);
      expect(after.filter(({ inserted }) => inserted === true)).toEqual([]);
    });

    test('shows its light, or says that it has none', async () => {
      const { control, target, signal } = await controlLab(folder);
      const lit = control.identify(target, true, signal);
      if (has('light')) expect(await lit).toBe(true);
      else await expect(lit).rejects.toMatchObject({ kind: 'unsupported' });
    });
  });
});

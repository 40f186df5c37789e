import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordedTrees } from '../simulator/tree.ts';
import { asFile, filesUnder, readTrees } from '../tree-kit-for-tests.ts';
import { redactSecrets, withoutSecrets } from './redact.ts';
import { corpusPath } from '#test/kit/corpus.ts';

const folder = corpusPath('redfish');
const there = existsSync(folder);
if (!there) process.stdout.write(`skipped: no recorded Redfish answers at ${folder} (set REANIMATOR_CORPUS)\n`);

function bodiesOf(where: string): { file: string; text: string; body: unknown }[] {
  return readdirSync(where, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && statSync(join(where, file)).isFile())
    .map((file) => {
      const text = readFileSync(join(where, file), 'utf8').replace(/^\uFEFF/, '');
      return { file, text, body: JSON.parse(text) as unknown };
    });
}

// Without recordings at hand there is nothing to compare: the tests of redact.test.ts stand alone.
describe.skipIf(!there)('every recorded answer', () => {
  const bodies = there ? bodiesOf(folder) : [];
  /** Found by looking through the recordings with another tool: values that are secrets, or stand in for one. Only their digests stand here. */
  const KNOWN = new Set([
    '9882645e7dc3',
    '77655b4212d8',
    'ef20c123a75e',
    'af3307c648fc',
    '2cb73edfd8aa',
    '86248161ca09',
    '9c774135aca3',
    '050db9b72c9e',
    '0e7f36e32ef2',
    'c88b792fe438',
    '90ca6fb0c289',
    '85ccf48eaf9d',
    '84115d83d657',
    'c01616bee97a',
  ]);

  const digests = new Map<string, string>();
  function knownIn(text: string): string[] {
    const words = new Set(text.split(/["'\s:,;=<>(){}[\]\\]+/).filter((word) => word.length >= 8 && word.length <= 60));
    return [...words].map(digestOf).filter((digest) => KNOWN.has(digest));
  }
  function digestOf(word: string): string {
    const before = digests.get(word);
    if (before !== undefined) return before;
    const digest = createHash('sha256').update(`reanimator ${word}`).digest('hex').slice(0, 12);
    digests.set(word, digest);
    return digest;
  }

  test('keeps none of the secrets that are known to be in them', () => {
    const seen = new Set(bodies.flatMap(({ text }) => knownIn(text)));
    expect(seen).toEqual(KNOWN);
    const left = bodies.flatMap(({ file, body }) =>
      knownIn(JSON.stringify(withoutSecrets(body))).map((secret) => `${file}: ${secret}`),
    );
    expect(left).toEqual([]);
  });

  test('keeps nothing that a second look finds, and addresses, types and serials as they were', () => {
    const kept =
      /"(?:@odata\.id|@odata\.type|SerialNumber|PartNumber|Model|FirmwareVersion|Version|MACAddress|UUID)":"[^"]*"/g;
    for (const { file, body } of bodies) {
      const { body: clean, found } = redactSecrets(body);
      expect(redactSecrets(clean).found, file).toEqual([]);
      if (found.length === 0) expect(clean).toBe(body);
      else expect(JSON.stringify(clean).match(kept), file).toEqual(JSON.stringify(body).match(kept));
    }
  });

  test('takes out few other things: one value in a thousand at most', () => {
    const count = (value: unknown): number =>
      typeof value === 'object' && value !== null
        ? Object.values(value).reduce<number>((sum, one) => sum + count(one), 0)
        : 1;
    const all = bodies.reduce((sum, { body }) => sum + count(body), 0);
    const out = bodies.reduce((sum, { body }) => sum + redactSecrets(body).found.length, 0);
    expect(out).toBeGreaterThan(60);
    expect(out / all).toBeLessThan(0.001);
  });
});

describe.skipIf(!there)('the inventory is the same without the secrets', () => {
  test.each(recordedTrees(folder))('$name', async ({ folder: tree }) => {
    const files = filesUnder(tree);
    const clean = files.map((file) =>
      file.path.endsWith('.json') ? asFile(file.path, withoutSecrets(file.json())) : file,
    );
    expect(await readTrees(clean)).toEqual(await readTrees(files));
  });
});

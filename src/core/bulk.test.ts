import { expect, test } from 'vitest';
import { z } from 'zod';
import { HubError } from './error.ts';
import { runBulk, wantedVersion } from './bulk.ts';

test('a version is in the body, else an ETag', () => {
  expect(wantedVersion({ 'if-match': '"7"' }, 3)).toBe(3);
  expect(['"7"', 'W/"7"', '7', '*'].map((tag) => wantedVersion({ 'if-match': tag }, undefined))).toEqual([
    7,
    7,
    7,
    undefined,
  ]);
  expect(wantedVersion({}, undefined)).toBeUndefined();
  expect(() => wantedVersion({ 'if-match': '"x"' }, undefined)).toThrow(/If-Match/);
});

test("what is nobody's fault ends a bulk request, so that it can be tried again", async () => {
  const bulk = (error: Error) =>
    runBulk({
      ...{ body: { atomic: false, items: ['a'] }, headers: {}, Item: z.string(), numbers: [] },
      keyOf: (item: string) => item,
      save: async () => {
        throw error;
      },
    });
  const deadlock = Object.assign(new Error('Deadlock found'), { errno: 1213 });
  await expect(bulk(deadlock)).rejects.toBe(deadlock);
  await expect(bulk(new HubError('unavailable', 'away'))).rejects.toThrow('away');
  expect((await bulk(new HubError('conflict', 'taken'))).body).toMatchObject({
    results: [{ did: 'refused', reason: 'taken', pointer: '/items/0' }],
  });
});

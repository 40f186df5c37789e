import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tx } from '#src/core/tx.ts';
import type { Along } from '#src/drift/hub-side.ts';
import type { Value } from '#src/mapping/mapping.ts';
import { FROM, sideNamed, type SidesHub, sidesHub } from './reconcile-sides.ts';

let on: SidesHub;
const id: Record<string, string> = {};

beforeAll(async () => {
  on = await sidesHub();
  for (const [key, body] of [
    ['ams1', { type: 'site', name: 'ams1' }],
    ['fra1', { type: 'site', name: 'fra1' }],
    ['hall', { type: 'room', name: 'Hall', parent: 'ams1' }],
    ['r1', { type: 'rack', name: 'R1', parent: 'ams1' }],
    ['r2', { type: 'rack', name: 'R2', parent: 'ams1' }],
    ['r3', { type: 'rack', name: 'R3', parent: 'ams1 / Hall' }],
  ] as const)
    id[key] = await on.make('/v1/locations', body);
  for (const key of ['a', 'b']) id[key] = await on.make('/v1/assets', { serial: `SN-${key}` });
});
afterAll(() => on.close());
beforeEach(async () => {
  for (const [key, position] of [
    ['a', 5],
    ['b', 7],
  ] as const)
    await on.change(`/v1/assets/${id[key]}`, { location_id: id['r1'], position });
});

const ofServer = async (key: string) => {
  const { values } = (await on.objects('server')).get(id[key] ?? '') ?? {};
  return [values?.['site'], values?.['rack'], values?.['position']];
};

/** As the engine does it: values that are taken over, beside those that both sides say alike. */
function adopt(side: string, of: [key: string, values: Record<string, Value>][], beside: Along['beside'] = {}) {
  return tx(on.ctx, async (inside) => {
    const leaving = new Set(of.map(([key]) => id[key] ?? ''));
    for (const [key, values] of of) {
      await sideNamed(side).adopt?.(inside, id[key] ?? '', values, FROM, { beside, leaving });
      leaving.delete(id[key] ?? '');
    }
  });
}

describe('what goes with what is taken over', () => {
  test('another rack, and the same unit in it', async () => {
    await adopt('server', [['a', { rack: id['r2'] ?? '' }]], { site: id['ams1'], position: 5 });
    expect(await ofServer('a')).toEqual([id['ams1'], id['r2'], 5]);
  });

  test('another site, and the same rack: not before the rack is there, and never without the rack', async () => {
    const moved = adopt('server', [['a', { site: id['fra1'] ?? '' }]], { rack: id['r1'], position: 5 });
    await expect(moved).rejects.toThrow('move that first');
    expect(await ofServer('a')).toEqual([id['ams1'], id['r1'], 5]);
  });

  test('another site, and the same room: a rack is not taken out of it', async () => {
    const moved = adopt('rack', [['r3', { site: id['fra1'] ?? '' }]], { location: id['hall'] });
    await expect(moved).rejects.toThrow('has to be moved first');
    expect((await on.objects('rack')).get(id['r3'] ?? '')?.values).toMatchObject({ location: id['hall'] });
  });
});

describe('two that change places', () => {
  test('are in each other’s way one by one, and not together', async () => {
    await expect(adopt('server', [['a', { position: 7 }]])).rejects.toThrow('in the way');
    await adopt('server', [
      ['a', { position: 7 }],
      ['b', { position: 5 }],
    ]);
    expect([await ofServer('a'), await ofServer('b')]).toEqual([
      [id['ams1'], id['r1'], 7],
      [id['ams1'], id['r1'], 5],
    ]);
    await on.change(`/v1/assets/${id['b']}`, { position: 9 });
  });

  test('one that does not go is in the way all the same: then neither goes', async () => {
    const both = adopt('server', [
      ['a', { position: 7 }],
      ['b', { position: 7 }],
    ]);
    await expect(both).rejects.toThrow('in the way');
    expect([(await ofServer('a'))[2], (await ofServer('b'))[2]]).toEqual([5, 7]);
  });
});

import { describe, expect, test } from 'vitest';
import { layOut, type Mark, type Stay, toStay } from './screens/life-layout.js';

const DAY = 86_400_000;
const NOW = 1000 * DAY;

function stay(from: number, to: number | null, more: Partial<Stay> = {}): Stay {
  return {
    ...{ key: `${from}`, place: 'a', name: 'server a', slot: 'Bay 1', isServer: true, reason: null },
    ...{ after: from * DAY, from: from * DAY, until: to === null ? null : to * DAY, to: to === null ? null : to * DAY },
    ...more,
  };
}

function lay(stays: Stay[], marks: Mark[] = []) {
  return layOut({ stays, marks, now: NOW, left: 100, width: 800 });
}

test('what the API says becomes a stay; a nameless place has the end of its id for a name', () => {
  const said = {
    ...{ id: 'i', asset_id: null, location_id: '01997d9c-0000-7000-8000-00000000beef', place_name: null, slot: null },
    ...{ installed_after: null, installed_at: '2026-05-03T00:00:00Z', removed_after: null, removed_at: null },
    removal_reason: null,
  };
  expect(toStay(said)).toMatchObject({ isServer: false, after: null, to: null, name: 'place 00000000beef' });
});

describe('bars', () => {
  test('one that nothing is known against lasts until now, and has no faded end', () => {
    const [bar] = lay([stay(500, null)]).lanes[0]?.bars ?? [];
    expect(bar).toMatchObject({ isOpen: true, fadeIn: null, fadeOut: null });
    expect(bar?.solid.right).toBeCloseTo(900);
  });

  test('brackets are the faded ends', () => {
    const [bar] = lay([stay(500, 800, { after: 400 * DAY, until: 700 * DAY }), stay(900, null)]).lanes[0]?.bars ?? [];
    expect(bar?.fadeIn?.right).toBe(bar?.solid.left);
    expect(bar?.fadeOut?.left).toBe(bar?.solid.right);
    expect(bar?.fadeOut?.right).toBeGreaterThan(bar?.solid.right ?? 0);
  });

  test('a first look has a short faded beginning that does not leave the drawing', () => {
    const [bar] = lay([stay(500, null, { after: null })]).lanes[0]?.bars ?? [];
    expect(bar?.fadeIn?.left).toBeGreaterThanOrEqual(100);
    expect(bar?.fadeIn?.right).toBe(bar?.solid.left);
  });

  test('one that was seen for a moment only is still wide enough to be seen', () => {
    const bars = lay([stay(10, 10), stay(990, null)]).lanes[0]?.bars ?? [];
    for (const { solid } of bars) expect(solid.right - solid.left).toBeGreaterThanOrEqual(4);
  });

  test('a change of the slot does not look like an absence', () => {
    const first = stay(100, 500, { until: 300 * DAY });
    const bars = lay([first, stay(500, null, { after: 300 * DAY, slot: 'Bay 2' })]).lanes[0]?.bars ?? [];
    expect(bars[0]).toMatchObject({ fadeOut: null, bridge: { left: bars[0]?.solid.right } });
    expect(bars[1]?.fadeIn).toBeNull();
  });
});

test('each place has one lane, in the order in which the part came there', () => {
  const { lanes } = lay([stay(500, 600, { place: 'b' }), stay(100, 200), stay(700, null)]);
  expect(lanes.map(({ place, bars }) => [place, bars.length])).toEqual([
    ['a', 2],
    ['b', 1],
  ]);
});

test('marks that would lie on each other become one, which has the colour of the worst', () => {
  const mark = (day: number, tone: string): Mark => ({ key: `${day}`, at: day * DAY, tone, text: tone });
  const { groups } = lay([stay(1, null)], [mark(500, 'busy'), mark(501, 'bad'), mark(502, 'busy'), mark(900, 'busy')]);
  expect(groups.map(({ marks, tone }) => [marks.length, tone])).toEqual([
    [3, 'bad'],
    [1, 'busy'],
  ]);
});

describe('ticks', () => {
  test.each([
    ['a minute', NOW - 60_000],
    ['a day', NOW - DAY],
    ['two weeks', NOW - 14 * DAY],
    ['three years', NOW - 1095 * DAY],
    ['a century', NOW - 36_500 * DAY],
  ])('over %s there are some, in their order and inside', (_name, from) => {
    const { ticks } = lay([stay(0, null, { after: from, from })]);
    expect(ticks.length).toBeGreaterThanOrEqual(1);
    expect(ticks.length).toBeLessThan(20);
    const places = ticks.map(({ x }) => x);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBeGreaterThanOrEqual(100);
    expect(places.at(-1)).toBeLessThanOrEqual(900);
  });

  test('a life without a length, or none at all, ends too', () => {
    expect(lay([stay(1000, null)]).lanes).toHaveLength(1);
    expect(lay([]).lanes).toEqual([]);
  });
});

test('fifty thousand stays are laid out', () => {
  const stays = Array.from({ length: 50_000 }, (_, index) => stay(index / 100, index / 100 + 0.005));
  expect(lay(stays).lanes[0]?.bars).toHaveLength(50_000);
});

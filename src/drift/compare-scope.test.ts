import { describe, expect, test } from 'vitest';
import { NO_LINKS } from '../mapping/mapping-for-tests.ts';
import type { Mapping } from '../mapping/mapping.ts';
import { parseMapping } from '../mapping/parse-mapping.ts';
import type { RecordObject } from '../ports/record-objects.ts';
import { compareType } from './compare-scope.ts';
import type { HubObject } from './hub-side.ts';
import type { RecordLink } from './model.ts';

const DEVICE = parseMapping(
  `version: 1
system: netbox
object: device
hub: server
match:
  - { fields: [serial], find: serial }
  - { fields: [name], find: name }
create: { there: always, here: review, needs: [name] }
remove: { there: false }
fields:
  - { name: serial, theirs: serial, ours: serial, authority: ours, transforms: [trim], unknown: [''] }
  - { name: name, theirs: name, ours: name, authority: theirs }
tests:
  - { theirs: { serial: ' A ', name: x }, values: { serial: A, name: x } }
`,
  'device.yaml',
);
const PART = parseMapping(
  `version: 1
system: netbox
object: module
hub: part
parent: device
match: [{ fields: [slot] }]
create: { there: always, here: never, needs: [slot] }
remove: { there: true }
fields:
  - { name: slot, theirs: module_bay.name, ours: slot, authority: ours, to: module_bay }
  - { name: serial, theirs: serial, ours: serial, authority: ours }
tests:
  - { theirs: { serial: A, module_bay: { name: s1 } }, values: { serial: A, slot: s1 } }
`,
  'module.yaml',
);

const there = (id: string, data: Record<string, unknown>, parentId: string | null = null): RecordObject => ({
  id,
  parentId,
  version: null,
  data,
});
const here = (id: string, values: Record<string, unknown>, parentId: string | null = null): HubObject => ({
  id,
  parentId,
  label: id,
  values,
});
const link = (theirId: string, hubId: string | null, more: Partial<RecordLink> = {}): RecordLink => ({
  object: 'device',
  theirId,
  hubId,
  rootHubId: hubId,
  rootTheirId: theirId,
  agreed: {},
  fingerprint: null,
  isOurs: false,
  ...more,
});

function compare(mapping: Mapping, theirs: RecordObject[], ours: HubObject[], links: RecordLink[] = []) {
  return compareType(
    { mapping, theirs, ours, links },
    {
      links: NO_LINKS,
      fingerprint: (one, data) => one.fingerprint(data),
      rootOf: ({ hubParentId, theirParentId }) => ({
        type: 'device',
        hubId: hubParentId ?? (theirParentId === null ? null : `a${theirParentId}`),
        theirId: theirParentId,
      }),
    },
  );
}
const told = (
  rows: {
    theirId: string | null;
    hubId: string | null;
    field: string;
    kind: string;
    action: string;
    decision: string;
  }[],
) =>
  rows.map(
    ({ theirId, hubId, field, kind, action, decision }) =>
      `${theirId ?? '-'}/${hubId ?? '-'} ${field} ${kind} ${action} ${decision}`,
  );

describe('which is which', () => {
  test('the serial says so, and a pair that agrees is settled', () => {
    const { rows, links, pairs } = compare(
      DEVICE,
      [there('1', { serial: 'S1', name: 'x' })],
      [here('a', { serial: 'S1', name: 'x' })],
    );
    expect(rows).toEqual([]);
    expect(pairs).toHaveLength(1);
    expect(links).toMatchObject([{ theirId: '1', hubId: 'a', agreed: { serial: 'S1', name: 'x' } }]);
    expect(links[0]?.fingerprint).not.toBeNull();
  });

  test('two devices with one serial: neither is taken, and both are named', () => {
    const two = [there('1', { serial: 'S1', name: 'x' }), there('2', { serial: 'S1', name: 'y' })];
    const { rows, pairs } = compare(DEVICE, two, [here('a', { serial: 'S1', name: 'x' })]);
    expect(pairs).toEqual([]);
    expect(told(rows)).toEqual(['-/a  ambiguous none refused']);
    expect(rows[0]?.reason).toMatch(/2 objects there have the serial s1: 1, 2/);
  });

  test('a second device that shows up with the serial of a linked one changes nothing about either', () => {
    const two = [there('1', { serial: 'S1', name: 'x' }), there('2', { serial: 'S1', name: 'y' })];
    const { rows, links } = compare(DEVICE, two, [here('a', { serial: 'S1', name: 'x' })], [link('1', 'a')]);
    expect(told(rows)).toEqual(['-/a  ambiguous none refused']);
    expect(links.map(({ theirId }) => theirId)).toEqual(['1']);
  });

  test('the name alone does not make it the same machine when the serials differ', () => {
    const { rows, pairs } = compare(
      DEVICE,
      [there('1', { serial: 'S1', name: 'x' })],
      [here('a', { serial: 'S2', name: 'x' })],
    );
    expect(pairs).toEqual([]);
    expect(rows[0]?.reason).toMatch(/the serial is S1 there and S2 here/);
  });

  test('a serial that was never filled in there is written, by the name', () => {
    const { rows } = compare(DEVICE, [there('1', { serial: '', name: 'x' })], [here('a', { serial: 'S2', name: 'x' })]);
    // An empty serial says nothing: it is unknown, and unknown is not compared.
    expect(told(rows)).toEqual([]);
  });

  const agreed = { serial: 'S1', name: 'old' };

  test('a link holds although the name has changed, and although the serial was taken away there', () => {
    const [ours, known] = [[here('a', { serial: 'S1', name: 'old' })], [link('1', 'a', { agreed })]];
    expect(told(compare(DEVICE, [there('1', { serial: 'S1', name: 'new' })], ours, known).rows)).toEqual([
      '1/a name differs adopt auto',
    ]);
    expect(told(compare(DEVICE, [there('1', { serial: '', name: 'old' })], ours, known).rows)).toEqual([]);
  });

  test('one that has another serial there is doubted: nothing of it is written or taken over', () => {
    const { rows, pairs, links } = compare(
      DEVICE,
      [there('1', { serial: 'S9', name: 'new' })],
      [here('a', { serial: 'S1', name: 'old' })],
      [link('1', 'a', { agreed })],
    );
    expect(told(rows)).toEqual(['1/a serial differs push review']);
    expect([pairs, links]).toEqual([[], [link('1', 'a', { agreed, fingerprint: null })]]);
  });

  test('a serial that was corrected here is written', () => {
    const { rows } = compare(
      DEVICE,
      [there('1', { serial: 'S1', name: 'old' })],
      [here('a', { serial: 'S2', name: 'old' })],
      [link('1', 'a', { agreed })],
    );
    expect(told(rows)).toEqual(['1/a serial differs push auto']);
  });

  test('two that have changed places there are each other’s', () => {
    const { pairs, rows } = compare(
      DEVICE,
      [there('1', { serial: 'S2', name: 'x' }), there('2', { serial: 'S1', name: 'y' })],
      [here('a', { serial: 'S1', name: 'x' }), here('b', { serial: 'S2', name: 'y' })],
      [link('1', 'a', { agreed: { serial: 'S1' } }), link('2', 'b', { agreed: { serial: 'S2' } })],
    );
    expect(pairs.map(({ theirs, ours }) => [theirs.object.id, ours.object.id])).toEqual([
      ['1', 'b'],
      ['2', 'a'],
    ]);
    expect(rows.map(({ field }) => field)).toEqual(['name', 'name']);
  });

  test('half of such a change, with one serial on two devices, is nobody’s yet', () => {
    const { pairs, rows } = compare(
      DEVICE,
      [there('1', { serial: 'S2', name: 'x' }), there('2', { serial: 'S2', name: 'y' })],
      [here('a', { serial: 'S1', name: 'x' }), here('b', { serial: 'S2', name: 'y' })],
      [link('1', 'a', { agreed: { serial: 'S1' } }), link('2', 'b', { agreed: { serial: 'S2', name: 'y' } })],
    );
    expect(pairs.map(({ ours }) => ours.object.id)).toEqual(['b']);
    expect(told(rows).toSorted()).toEqual(['-/a  ambiguous none refused', '-/b  ambiguous none refused']);
  });

  test('one that is gone there and was entered again is found by its serial, not by its name', () => {
    const [ours, known] = [[here('a', { serial: 'S1', name: 'old' })], [link('1', 'a', { agreed })]];
    const again = compare(DEVICE, [there('9', { serial: 'S1', name: 'old' })], ours, known);
    expect(again.pairs.map(({ theirs, link: was }) => [theirs.object.id, was])).toEqual([['9', undefined]]);
    const other = compare(DEVICE, [there('9', { serial: '', name: 'old' })], ours, known);
    expect(other.pairs).toEqual([]);
    expect(told(other.rows)).toContain('-/a  gone-there none review');
  });

  test('two of ours with one serial are not made there', () => {
    const twins = [here('a', { serial: 'S1', name: 'x' }), here('b', { serial: 'S1', name: 'y' })];
    expect(told(compare(DEVICE, [], twins).rows)).toEqual([
      '-/a  ambiguous none refused',
      '-/b  ambiguous none refused',
    ]);
    const linked = compare(DEVICE, [there('1', { serial: 'S1', name: 'x' })], twins, [
      link('1', 'a', { agreed: { serial: 'S1', name: 'x' } }),
    ]);
    expect(told(linked.rows)).toEqual(['-/b  ambiguous none refused']);
  });
});

describe('one-sided', () => {
  test('gone there is told and takes nothing away', () => {
    const { rows, drop } = compare(DEVICE, [], [here('a', { serial: 'S1', name: 'x' })], [link('1', 'a')]);
    expect(told(rows)).toEqual(['-/a  gone-there none review']);
    expect(drop).toEqual([]);
  });

  test('known here only: made there, unless something is missing', () => {
    expect(told(compare(DEVICE, [], [here('a', { serial: 'S1', name: 'x' })]).rows)).toEqual([
      '-/a  only-here create-there auto',
    ]);
    const { rows } = compare(DEVICE, [], [here('a', { serial: 'S1' })]);
    expect(told(rows)).toEqual(['-/a  only-here create-there refused']);
    expect(rows[0]?.reason).toMatch(/without name/);
  });

  test('known there only: a person decides', () => {
    expect(told(compare(DEVICE, [there('1', { serial: 'S1', name: 'x' })], []).rows)).toEqual([
      '1/-  only-there create-here review',
    ]);
  });
});

describe('what belongs to a server', () => {
  const part = (slot: string, serial: string) => ({ module_bay: { name: slot }, serial });

  test('is matched within its server only', () => {
    const { rows } = compare(
      PART,
      [there('11', part('s1', 'A'), '1'), there('21', part('s1', 'B'), '2')],
      [here('a1/s1', { slot: 's1', serial: 'A' }, 'a1'), here('a2/s1', { slot: 's1', serial: 'B' }, 'a2')],
    );
    expect(rows).toEqual([]);
  });

  test('a swapped part is a change of what is in the slot', () => {
    const { rows } = compare(
      PART,
      [there('11', part('s1', 'A'), '1')],
      [here('a1/s1', { slot: 's1', serial: 'B' }, 'a1')],
    );
    expect(told(rows)).toEqual(['11/a1/s1 serial differs push auto']);
  });

  test('what others made is left alone, and is nobody’s', () => {
    const { rows, links } = compare(PART, [there('11', part('s1', 'A'), '1')], []);
    expect(rows).toEqual([]);
    expect(links).toMatchObject([{ theirId: '11', hubId: null }]);
  });

  test('only what the hub made there may go when it is gone here', () => {
    const theirs = [there('11', part('s1', 'A'), '1')];
    const of = (isOurs: boolean) =>
      compare(PART, theirs, [], [link('11', 'a1/s1', { object: 'module', rootHubId: 'a1', rootTheirId: '1', isOurs })]);
    expect(told(of(true).rows)).toEqual(['11/-  gone-here remove-there auto']);
    expect(told(of(false).rows)).toEqual([]);
    expect(of(false).drop).toEqual([{ object: 'module', theirId: '11' }]);
  });
});

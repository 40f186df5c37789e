import { describe, expect, test } from 'vitest';
import { NO_LINKS } from '../mapping/mapping-for-tests.ts';
import { parseMapping } from '../mapping/parse-mapping.ts';
import { compareType } from './compare-scope.ts';

const DRIVE = parseMapping(
  `version: 1
system: netbox
object: module
hub: module
parent: device
match: [{ fields: [serial] }]
create: { there: always, here: never, needs: [bay] }
remove: { there: true }
fields:
  - { name: bay, ours: bay, authority: ours, direction: out, to: module_bay.name }
  - { name: model, theirs: model, ours: model, authority: ours, direction: out }
  - { name: serial, theirs: serial, ours: serial, authority: ours, direction: out, transforms: [{ default: '' }] }
tests: [{ theirs: { serial: A, model: x }, values: { serial: A, model: x } }]
`,
  'netbox-module.yaml',
);

interface Part {
  model?: string;
  serial?: string;
}
type Bays = Record<string, Part>;

/** Bays of one server, as both sides last agreed and as each says now. A bay that is not named is empty here; `{}`: nobody knows what is in it. */
function compare({ agreed, here, there = agreed }: { agreed: Bays; here: Bays; there?: Bays }) {
  const { rows } = compareType(
    {
      mapping: DRIVE,
      theirs: Object.entries(there).map(([bay, data]) => ({
        id: `m-${bay}`,
        parentId: '7',
        version: null,
        data: { ...data },
      })),
      ours: Object.entries(here).map(([bay, part]) => ({
        ...{ id: bay, parentId: 'srv', label: `srv ${bay}`, values: { bay, ...part } },
      })),
      links: Object.entries(agreed).map(([bay, values]) => ({
        ...{ object: 'module', theirId: `m-${bay}`, hubId: bay, rootHubId: 'srv', rootTheirId: '7' },
        ...{ agreed: { serial: null, ...values }, fingerprint: null, isOurs: true },
      })),
    },
    {
      links: NO_LINKS,
      fingerprint: () => '0'.repeat(16),
      rootOf: () => ({ type: 'device', hubId: 'srv', theirId: '7' }),
    },
  );
  return rows
    .map((row) =>
      [row.theirId ?? row.hubId, row.field, row.action, row.decision, String(row.ours ?? '')].join(' ').trim(),
    )
    .toSorted();
}

const [X, Y] = [{ model: 'X' }, { model: 'Y' }];
const S1 = { model: 'X', serial: 'S1' };

describe('parts that show no serial', () => {
  test('two that change places change the model of both, and blank nothing', () => {
    expect(compare({ agreed: { a: X, b: Y }, here: { a: Y, b: X } })).toEqual([
      'm-a model push auto Y',
      'm-b model push auto X',
    ]);
  });

  test('two of one model that change places are as they were', () => {
    expect(compare({ agreed: { a: X, b: X }, here: { a: X, b: X } })).toEqual([]);
  });

  test('one that moves into an empty bay is made there; what it left is removed, as one that is gone', () => {
    expect(compare({ agreed: { a: X }, here: { b: X } })).toEqual(['b  create-there auto', 'm-a  remove-there auto']);
  });

  test('a bay that nobody has looked into since is neither removed nor blanked', () => {
    expect(compare({ agreed: { a: X }, here: { a: {}, b: X } })).toEqual(['b  create-there auto']);
    expect(compare({ agreed: { a: S1 }, here: { a: {}, b: S1 } })).toEqual(['b  create-there auto']);
  });
});

describe('one with a serial and one without', () => {
  test('that change places: the serial goes along, and stands in one bay only', () => {
    expect(compare({ agreed: { a: S1, b: Y }, here: { a: Y, b: S1 } })).toEqual([
      ...['m-a model push auto Y', 'm-a serial push auto'],
      ...['m-b model push auto X', 'm-b serial push auto S1'],
    ]);
    // Of one model, too.
    expect(compare({ agreed: { a: S1, b: X }, here: { a: X, b: S1 } })).toEqual([
      'm-a serial push auto',
      'm-b serial push auto S1',
    ]);
  });

  test('another model in its place, and nobody knows where it went: a person takes its serial out', () => {
    expect(compare({ agreed: { a: S1 }, here: { a: Y } })).toEqual(['m-a model push auto Y', 'm-a serial push review']);
  });

  test('the same part that does not show its serial this time keeps it', () => {
    expect(compare({ agreed: { a: S1 }, here: { a: X } })).toEqual([]);
  });

  test('what somebody wrote there meanwhile is not taken for the old one', () => {
    const there = { a: { model: 'X', serial: 'S7' }, b: Y };
    expect(compare({ agreed: { a: S1, b: Y }, here: { a: Y, b: S1 }, there })).not.toContain('m-a serial push auto');
    expect(compare({ agreed: { a: {}, b: Y }, here: { a: Y, b: S1 }, there: { a: S1, b: Y } })).not.toContain(
      'm-a serial push auto',
    );
  });
});

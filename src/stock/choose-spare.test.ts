import { expect, test } from 'vitest';
import { type Candidate, chooseSpare, type Wish } from './choose-spare.ts';
import { spareRules } from './spare-rules.ts';

const SATA = { mediaType: 'SSD', protocol: 'SATA', formFactor: '2.5 inches', enduranceClass: 'read' };
const lot = (code: string) => ({ id: code, code });

const wish: Wish = {
  part: {
    ...{ kind: 'drive', lot: lot('SSD_SATA_00.96TB'), vendor: null, model: null, partNumber: null },
    facts: { ...SATA, capacityTb: 0.96 },
  },
  ...{ site: 'ams1', way: ['eu', 'ams'], warrantyUntil: null, now: '2026-11-21T00:00:00.000Z' },
};

function spare(id: string, more: Partial<Candidate> = {}): Candidate {
  return {
    ...{ id, kind: 'drive', lot: lot('SSD_SATA_00.96TB'), vendor: null, model: null, partNumber: null },
    ...{ facts: { ...SATA, capacityTb: 0.96 }, condition: 'NEW', free: 1, receivedAt: '2026-01-01T00:00:00.000Z' },
    ...{ warrantyUntil: null, site: 'ams1', way: ['eu', 'ams', 'store'] },
    ...more,
  };
}

const larger = { lot: lot('SSD_SATA_01.92TB'), facts: { ...SATA, capacityTb: 1.92 } };
const ids = (list: { candidate: Candidate }[]): string[] => list.map(({ candidate }) => candidate.id);

test('the same lot comes before a compatible one, the oldest first, whatever its condition', () => {
  const { takeable } = chooseSpare(spareRules, wish, [
    spare('larger', { ...larger, receivedAt: '2020-01-01T00:00:00.000Z' }),
    spare('young'),
    spare('old', { receivedAt: '2025-01-01T00:00:00.000Z', condition: 'REFURBISHED' }),
  ]);
  expect(ids(takeable)).toEqual(['old', 'young', 'larger']);
  expect(takeable.map(({ verdict }) => verdict.match)).toEqual(['same-lot', 'same-lot', 'compatible']);
});

test('what is not usable, or promised, is refused and says why', () => {
  const { takeable, refused, why } = chooseSpare(spareRules, wish, [
    spare('failed', { condition: 'FAILED' }),
    spare('promised', { free: 0 }),
    spare('unknown', { lot: lot('SSD_X'), facts: { ...SATA, formFactor: '', capacityTb: 4 } }),
    spare('fan', { kind: 'fan', lot: null }),
  ]);
  expect(takeable).toEqual([]);
  expect(Object.fromEntries(refused.map((one) => [one.candidate.id, one.why]))).toEqual({
    failed: 'FAILED parts are not built in',
    promised: 'all of it is reserved, or gone',
    unknown: 'its form factor is not known',
    fan: 'a fan is no drive',
  });
  expect(why).toBe('none of 4 in stock in ams1 may stand in for SSD_SATA_00.96TB');
});

test('where the part that failed is under warranty, spares under warranty come first, and it is to be sent back', () => {
  const stock = [
    spare('old', { receivedAt: '2024-01-01T00:00:00.000Z' }),
    spare('over', { receivedAt: '2023-01-01T00:00:00.000Z', warrantyUntil: '2026-01-01T00:00:00.000Z' }),
    spare('covered', { warrantyUntil: '2028-01-01T00:00:00.000Z' }),
  ];
  const covered = chooseSpare(spareRules, { ...wish, warrantyUntil: '2027-01-01T00:00:00.000Z' }, stock);
  expect(ids(covered.takeable)).toEqual(['covered', 'over', 'old']);
  expect(covered.takeable[0]?.why).toContain('under warranty until 2027-01-01: send it back (RMA)');
  const past = chooseSpare(spareRules, { ...wish, warrantyUntil: '2026-11-20T00:00:00.000Z' }, stock);
  expect(ids(past.takeable)).toEqual(['over', 'old', 'covered']);
  expect(past.takeable[0]?.why).not.toContain('warranty');
  expect(ids(chooseSpare(spareRules, wish, stock).takeable)).toEqual(['over', 'old', 'covered']);
});

test('elsewhere: the nearest by the tree of places first, then by name; nowhere comes last', () => {
  const { takeable, elsewhere } = chooseSpare(spareRules, wish, [
    spare('nowhere', { site: null, way: [] }),
    spare('far', { site: 'aaa1', way: ['us', 'aaa'] }),
    spare('near', { site: 'fra1', way: ['eu', 'fra'] }),
    spare('other', { site: 'zrh1', way: ['ch', 'zrh'] }),
  ]);
  expect(takeable).toEqual([]);
  expect(ids(elsewhere)).toEqual(['near', 'far', 'other', 'nowhere']);
  expect(elsewhere.map(({ why }) => why)).toEqual([
    expect.stringContaining('in fra1, nearest by the tree of places'),
    expect.stringContaining('in aaa1, first by name'),
    expect.stringContaining('in zrh1, first by name'),
    expect.stringContaining('in no datacenter'),
  ]);
});

test('nothing is taken for a server of which nobody knows where it is', () => {
  const lost = chooseSpare(spareRules, { ...wish, site: null, way: [] }, [
    spare('here'),
    spare('nowhere', { site: null }),
  ]);
  expect(lost.takeable).toEqual([]);
  expect(lost.why).toContain('it is not known in which datacenter the server is');
});

test('a part of which nobody knows what it is gets nothing, though its lot would do', () => {
  const part = { ...wish.part, kind: null, lot: null, facts: {} };
  const unknown = chooseSpare(spareRules, { ...wish, part }, [spare('any')]);
  expect(unknown.takeable).toEqual([]);
  expect(unknown.why).toBe('neither the lot nor the kind of the part is known');
});

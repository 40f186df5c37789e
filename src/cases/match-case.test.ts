import { describe, expect, test } from 'vitest';
import type { Known, KnownWords } from './known-reads.ts';
import { matchCase, startsToAsk, wordsToAsk } from './match-case.ts';
import { mayName, mentionsIn } from './mentions.ts';

const EMPTY = { summary: '', text: '', fields: {}, labels: [] };
const asset = (id: string, by: Known['by'], is: string): Known => ({ type: 'asset', id, by, is, assetId: id });
const part = (id: string, is: string, assetId: string | null = null): Known => ({
  type: 'component',
  id,
  by: 'serial',
  is,
  assetId,
});

function matched(
  one: Partial<typeof EMPTY> & { fields?: Record<string, string> },
  known: Known[],
  starts: Known[] = [],
) {
  const toMap = (all: Known[]): KnownWords => Map.groupBy(all, ({ is }) => is.toUpperCase());
  const mentions = mentionsIn({ ...EMPTY, ...one });
  return matchCase(mentions, toMap(known), new Map(starts.map((found) => [found.is.slice(0, 8), [found]]))).map(
    ({ subject, confidence }) => [subject.type, subject.id, confidence],
  );
}

describe('words that may name something', () => {
  test.each(['ABC1234', 'S3YANX0M712345', 'PHAC0123456789', 'ams1-srv-07', '12345678', 'srv-1.ams1.example.com'])(
    '%s',
    (word) => {
      expect(mayName(word.toUpperCase())).toBe(true);
    },
  );
  test.each([
    ...[
      'server',
      'replaced',
      '4711',
      '123456',
      '0000000',
      '2026-11-21',
      '10.0.0.5',
      '960GB',
      '3200MHz',
      '1600W',
      '10GbE',
    ],
    ...['RAID10', 'DDR5', 'PCIe4', 'SLOT-12', 'abc', 'x'.repeat(80), 'DIMM16'],
  ])('never: %s', (word) => {
    expect(mayName(word.toUpperCase())).toBe(false);
  });

  test('a field that is for serials is taken at its word, placeholders are not', () => {
    const places = mentionsIn({
      ...EMPTY,
      fields: { 'Serial Number': 'BEEF', SN: 'N/A', 'Host name': 'apollo', Notes: 'apollo BEEF' },
    });
    expect(places.map(({ value, place }) => [value, place])).toEqual([
      ['BEEF', 'serial field'],
      ['APOLLO', 'host field'],
    ]);
  });
});

describe('confidence', () => {
  const SERIAL = 'S3YANX0M712345';

  test('a serial in its field, before one in the text, before a host name, before a piece of a serial', () => {
    const field = matched({ fields: { Serial: SERIAL } }, [part('c', SERIAL)])[0];
    const text = matched({ text: `drive ${SERIAL}, bay 4` }, [part('c', SERIAL)])[0];
    const host = matched({ text: 'ams1-srv-07 is down' }, [asset('a', 'name', 'ams1-srv-07')])[0];
    const piece = matched(
      { text: 'drive S3YANX0M' },
      [],
      [part('c', SERIAL)].map((one) => ({ ...one, by: 'start of the serial' as const })),
    )[0];
    const order = [field, text, host, piece].map((one) => Number(one?.[2]));
    expect(order).toEqual(order.toSorted((a, b) => b - a));
    expect(new Set(order).size).toBe(4);
  });

  test('two candidates share it', () => {
    expect(matched({ text: SERIAL }, [part('c1', SERIAL), part('c2', SERIAL)])).toEqual([
      ['component', 'c1', 0.425],
      ['component', 'c2', 0.425],
    ]);
  });

  test('a part means the server that it is in, and shares nothing with it', () => {
    expect(matched({ fields: { Serial: SERIAL } }, [part('c', SERIAL, 'a')])).toEqual([
      ['component', 'c', 0.98],
      ['asset', 'a', 0.784],
    ]);
  });

  test('a barcode in stock means the part that it is stuck on; in a field for it more than in the text', () => {
    const stuck: Known = { ...part('c', 'BC-0001', 'a'), by: 'barcode' };
    expect(matched({ text: 'took bc-0001 from the shelf' }, [{ ...stuck, is: 'bc-0001' }])).toEqual([
      ['component', 'c', 0.75],
      ['asset', 'a', 0.6],
    ]);
    expect(matched({ fields: { Barcode: 'BC-0001' } }, [stuck])[0]).toEqual(['component', 'c', 0.95]);
    const [link] = matchCase(mentionsIn({ ...EMPTY, text: 'BC-0001' }), new Map([['BC-0001', [stuck]]]), new Map());
    expect(link?.why).toBe("BC-0001 in the text is the part's barcode in stock");
  });

  test('a full host name means the server of its first label', () => {
    expect(matched({ summary: 'SRV-1.ams1.example.com does not boot' }, [asset('a', 'name', 'srv-1')])).toEqual([
      ['asset', 'a', 0.57],
    ]);
  });

  test('SN before a serial is no part of it', () => {
    const found = matched({ text: `SN-${SERIAL}` }, [part('c', SERIAL)]);
    expect(found).toEqual([['component', 'c', 0.68]]);
  });

  test('the name of a project counts where a project is expected, its code everywhere', () => {
    const named: Known = { type: 'project', id: 'p', by: 'name', is: 'APOLLO-11', assetId: null };
    expect(matched({ text: 'apollo-11 is late' }, [named])).toEqual([]);
    expect(matched({ fields: { Project: 'Apollo-11' } }, [named])).toEqual([['project', 'p', 0.7]]);
    expect(matched({ text: 'apollo-11 is late' }, [{ ...named, by: 'code' }])).toEqual([['project', 'p', 0.5]]);
  });

  test('says why', () => {
    const mentions = mentionsIn({ ...EMPTY, fields: { 'Serial number': SERIAL } });
    const [link] = matchCase(mentions, new Map([[SERIAL, [part('c', SERIAL), part('d', SERIAL)]]]), new Map());
    expect(link?.why).toBe(`${SERIAL} in the field "Serial number" is the part's serial, one of 2 that it may be`);
  });

  test('an inventory list is about none of its lines in particular: the surest hundred stay', () => {
    const serials = Array.from({ length: 10_000 }, (_, at) => `SER${String(at).padStart(8, '0')}`);
    const found = matched(
      { text: serials.join('\n') },
      serials.map((serial) => part(serial, serial)),
    );
    expect(found).toHaveLength(100);
  });
});

describe('hostile text', () => {
  const HOSTILE: [string, string][] = [
    ['one word', 'A1'.repeat(1_000_000)],
    ['dashes', `A1${'-'.repeat(2_000_000)}`],
    ['dots and dashes in turn', '.-'.repeat(1_000_000)],
    ['words and blanks', 'SN-1 '.repeat(400_000)],
    ['many words', Array.from({ length: 300_000 }, (_, at) => `W${at}X`).join(' ')],
    ['other scripts', '機器１２３'.repeat(300_000)],
  ];
  // A pattern that goes back would need minutes or years for these; the limit of a test is seconds.
  test.each(HOSTILE)('%s costs what it is long', (_, text) => {
    const mentions = mentionsIn({ ...EMPTY, text, fields: { Serial: text, Notes: text } });
    expect(mentions.length).toBeLessThanOrEqual(20_000);
    expect(wordsToAsk(mentions).length).toBeLessThanOrEqual(60_000);
    expect(startsToAsk(mentions, new Map()).every((word) => word.length <= 64)).toBe(true);
  });
});

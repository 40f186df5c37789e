import fc from 'fast-check';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { allRows, csvAnswer, csvCell, readCsv } from './csv.ts';
import { HubError } from './error.ts';

async function* from<T>(rows: readonly T[]): AsyncGenerator<T> {
  for (const row of rows) yield row;
}

async function written(rows: readonly (readonly unknown[])[], width: number): Promise<string> {
  const columns = Array.from({ length: width }, (_, index) => ({
    name: `c${index}`,
    of: (row: readonly unknown[]) => row[index],
  }));
  let text = '';
  const answer = csvAnswer(columns, from(rows));
  await answer.stream?.(async (chunk) => void (text += chunk), new AbortController().signal);
  return text;
}

describe('a CSV', () => {
  test('says what it was given, whatever that is', async () => {
    const rows = fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        const lines = parse(await written(given, 2), {
          record_delimiter: '\r\n',
          skip_empty_lines: false,
        }) as string[][];
        expect(lines).toEqual([['c0', 'c1'], ...given.map((row) => row.map(csvCell))]);
      }),
    );
  });

  test('lets nothing be a formula; numbers stay numbers', () => {
    for (const text of ['=1', '+1', '-1', '@a', '\t=1', '\r=1']) expect(csvCell(text)).toBe(`'${text}`);
    expect([-1, true, null, undefined, 'a=1', ['-1'], { b: 1, a: 2 }].map(csvCell)).toEqual([
      '-1',
      'true',
      '',
      '',
      'a=1',
      '["-1"]',
      '{"a":2,"b":1}',
    ]);
  });

  test('comes back as it went out', async () => {
    const cell = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !text.startsWith("'"));
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 20 }), async (cells) => {
        const text = await written(
          cells.map((one) => [one]),
          1,
        );
        expect(readCsv(text)).toEqual(cells.map((c0) => ({ c0 })));
      }),
    );
  });

  test('stops when nobody reads any more', async () => {
    const gone = new AbortController();
    let given = 0;
    async function* endless() {
      for (;;) yield (given += 1);
    }
    const answer = csvAnswer([{ name: 'n', of: (n: number) => n }], endless());
    await answer.stream?.(async () => gone.abort(), gone.signal);
    expect(given).toBeLessThan(1000);
  });

  test('is read with a semicolon, a byte order mark and numbers', () => {
    expect(readCsv('\uFEFFname;height_u\na;2\nb;\nc;two\n', ['height_u'])).toEqual([
      { name: 'a', height_u: 2 },
      { name: 'b' },
      { name: 'c', height_u: 'two' },
    ]);
  });

  test('that is none is refused, never more than that', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          expect(Array.isArray(readCsv(text))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(HubError);
        }
      }),
    );
    expect(() => readCsv('a,b\n1,2,3')).toThrow(/line 2/);
  });
});

test('all rows of a list are read page by page, each once', async () => {
  const rows = Array.from({ length: 7 }, (_, n) => ({ n }));
  const pages: number[] = [];
  const seen = [];
  for await (const row of allRows(async (last: { n: number } | undefined) => {
    const page = rows.filter(({ n }) => last === undefined || n > last.n).slice(0, 3);
    pages.push(page.length);
    return page;
  }))
    seen.push(row);
  expect(seen).toEqual(rows);
  expect(pages).toEqual([3, 3, 1, 0]);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeWiki, readWiki, toWiki } from './wiki.ts';

describe('wiki markup', () => {
  test.each([
    ['{code}rm -rf{code}', '\\{code\\}rm \\-rf\\{code\\}'],
    ['[~admin] look', '\\[\\~admin\\] look'],
    ['!http://evil/x.png!', '\\!http://evil/x.png!'],
    ['| a | b |', '\\| a \\| b \\|'],
    ['*bold* _it_ -gone- +in+', '\\*bold\\* \\_it\\_ \\-gone\\- \\+in\\+'],
    ['ams1-srv_07 is up', 'ams1-srv_07 is up'],
    ['C:\\temp\\\\x', 'C:&#92;temp&#92;&#92;x'],
    ['# one\nh1. big\nbq. said', '\\# one\nh1&#46; big\nbq&#46; said'],
    ['port (x) :D', 'port \\(x) \\:D'],
    ['&lt; & co', '&amp;lt; & co'],
    ['see https://hub.example/a_b-c?x=1*2 now', 'see https://hub.example/a_b-c?x=1*2 now'],
  ])('%s stays itself', (text, written) => {
    expect(escapeWiki(text)).toBe(written);
  });

  test('opens no macro, link, picture or table, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        const bare = escapeWiki(text).replaceAll(/\\[^\p{L}\p{N}\s]/gu, '');
        expect(bare).not.toMatch(/[{}[\]|!^~\\]/);
      }),
    );
  });

  test('is paragraphs, then a list of links', () => {
    const links = [
      { title: 'History [1]', url: 'https://hub.example/a?b=[1]|2' },
      { title: '', url: 'https://x.example/' },
    ];
    expect(toWiki({ paragraphs: ['One.\nTwo.', '  ', 'Three'], links })).toBe(
      'One.\nTwo.\n\nThree\n\n* [History \\[1\\]|https://hub.example/a?b=%5B1%5D%7C2]\n* [https://x.example/]',
    );
    expect(toWiki({ paragraphs: ['', ' '], links: [] })).toBeUndefined();
  });

  test('fits, and says where it was cut', () => {
    const text = toWiki({ paragraphs: ['*'.repeat(40_000)], links: [] }) ?? '';
    expect(text.length).toBeLessThan(32_767);
    expect(text).toContain('(shortened)');
  });

  test('is read as text', () => {
    expect(readWiki('{code:java}x{code} [Doc|https://a.example/] \\[not\\] C:&#92;t')).toBe(
      'x Doc https://a.example/ [not] C:\\t',
    );
    expect(readWiki(null)).toBe('');
  });
});

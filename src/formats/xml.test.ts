import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseXml, splitXmlDocuments } from './xml.ts';

describe('parseXml', () => {
  test('gives attributes, text and repeated elements as strings, without prefixes', () => {
    const { document, fault } = parseXml(
      '<?xml version="1.0"?><n1:a xmlns:n1="urn:x" n1:id="007"><n1:b>01</n1:b><n1:b nil="true"/><c>x &amp; y &#65;&#x42;</c></n1:a>',
    );
    expect(fault).toBeNull();
    expect(document).toEqual({ a: { '@id': '007', b: ['01', { '@nil': 'true' }], c: 'x & y AB' } });
  });

  test('leaves the name of a DTD out and refuses a DTD inside the document', () => {
    expect(parseXml('<!DOCTYPE log SYSTEM "log.dtd"><log><a>1</a></log>')).toEqual({
      document: { log: { a: '1' } },
      fault: null,
    });
    const bomb = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>';
    expect(parseXml(bomb).document).toEqual({});
    expect(parseXml(bomb).fault).toMatch(/entities/);
    expect(parseXml('<!DOCTYPE l [<!ELEMENT l ANY>]><l/>').fault).toMatch(/entities/);
  });

  test('an entity that is not one of the five stays as it is written', () => {
    expect(parseXml('<l>&b; &#1114112; &#0;</l>').document).toEqual({ l: '&b; &#1114112; &#0;' });
  });

  test.each([
    ['<a><b>1</b>', "The XML ends before 'a' is closed."],
    ['<a><b>1</b></c>', "The XML closes 'c' where 'a' is open."],
    ['<a><b>1</b><c x="', 'The XML ends in the middle of an element.'],
    ['<a><b>1</b><!-- ', 'The XML ends in the middle of a comment or instruction.'],
  ])('keeps what stands before the fault: %s', (text, fault) => {
    const reading = parseXml(text);
    expect(reading.fault).toBe(fault);
    expect(reading.document).toMatchObject({ a: { b: '1' } });
  });

  test('refuses what is nested too deep, too long, or no XML', () => {
    expect(parseXml('<a>'.repeat(5000)).fault).toMatch(/nested/);
    expect(parseXml(`<a>${' '.repeat(17 * 1024 * 1024)}</a>`).fault).toMatch(/longer/);
    expect(parseXml('').fault).toBe('There is no XML element.');
  });

  test('pollutes no prototype', () => {
    const { document } = parseXml('<a><__proto__><bad>1</bad></__proto__><constructor/></a>');
    expect(({} as Record<string, unknown>)['bad']).toBeUndefined();
    expect(Object.getPrototypeOf(document)).toBe(Object.prototype);
  });

  test.each([
    ['spaces before an equals sign', `<a ${' '.repeat(300_000)}= "x"/>`],
    ['many attributes', `<a ${'b="c" '.repeat(100_000)}/>`],
    ['opened quotes', `<a ${'b=" '.repeat(100_000)}>`],
    ['comments that never end', '<!--'.repeat(100_000)],
    ['ampersands', `<a>${'&#'.repeat(300_000)}</a>`],
    ['many siblings', `<a>${'<b/>'.repeat(60_000)}</a>`],
  ])('takes time in proportion to the text: %s', (_name, text) => {
    const start = performance.now();
    parseXml(text);
    expect(performance.now() - start).toBeLessThan(4000);
  });

  test('never throws', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      'a',
      '="',
      "'",
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      '?>',
      '<!DOCTYPE',
      '[',
      '#text',
      ' ',
      '&#1;',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { document, fault } = parseXml(pieces.join(''));
        expect(typeof document).toBe('object');
        expect(fault === null || fault.endsWith('.')).toBe(true);
      }),
    );
  });
});

test('splitXmlDocuments parts a file at the declarations', () => {
  expect(splitXmlDocuments('<?xml version="1.0"?>\n<a/>\n<?xml version="1.0"?><b/>')).toEqual([
    '<?xml version="1.0"?>\n<a/>\n',
    '<?xml version="1.0"?><b/>',
  ]);
  expect(splitXmlDocuments('<a/>')).toEqual(['<a/>']);
  expect(splitXmlDocuments('')).toEqual([]);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { controllerSamples } from '../controllers/samples-for-tests.ts';
import { fileOf, formats } from './kit-for-tests.ts';
import { bmcSamples } from './samples-for-tests.ts';
import { COMPONENT_KINDS } from '#src/ports/hardware-inventory.ts';

const samples = { ...bmcSamples, ...controllerSamples };

/** Every format looks at it and reads it, whether it is meant or not; what comes out keeps the contract. */
function readByAll(content: string | Buffer): void {
  for (const format of formats) {
    const file = fileOf(content);
    format.recognises(file);
    for (const { components, scope, warnings, logEntries, host, collectedAt } of format.read(file)) {
      expect(scope.every((kind) => COMPONENT_KINDS.includes(kind))).toBe(true);
      expect(new Set(scope).size).toBe(scope.length);
      expect(warnings.every((one) => one.length > 0 && one.length < 400)).toBe(true);
      expect(
        [collectedAt, ...logEntries.map(({ at }) => at)].every((at) => at === null || !Number.isNaN(Date.parse(at))),
      ).toBe(true);
      expect(host.bmcMacs.every((mac) => /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(mac))).toBe(true);
      const places = components.filter((one) => one.slot !== null).map((one) => `${one.kind} ${one.slot}`);
      expect([format.id, places.length]).toEqual([format.id, new Set(places).size]);
      for (const one of components) {
        for (const text of [one.slot, one.manufacturer, one.model, one.partNumber, one.serial, one.firmware])
          expect([format.id, text === null || (text === text.trim() && text !== '')]).toEqual([format.id, true]);
        expect([null, 'OK', 'Warning', 'Critical']).toContain(one.health);
        for (const value of [...Object.values(one.attributes), ...Object.values(one.readings)])
          expect(['string', 'number', 'boolean', 'object'].includes(typeof value) && !Number.isNaN(value)).toBe(true);
      }
    }
  }
}

describe('no content makes a reader throw or break the contract', () => {
  test.each(Object.entries(samples))('%s, cut off anywhere', (_id, text) => {
    const step = Math.max(1, Math.floor(text.length / 40));
    for (let end = 0; end < text.length; end += step) readByAll(text.slice(0, end));
  });

  test.each(Object.entries(samples))('%s, with all of it twice', (_id, text) => {
    readByAll(`${text}${text}`);
    readByAll(
      text
        .split('\n')
        .flatMap((line) => [line, line])
        .join('\n'),
    );
    // Of XML every element that holds text or others, in its place
    const elements = [...new Set([...text.matchAll(/<([A-Z][\w.]{2,40})[ >]/gi)].map((found) => found[1] ?? ''))];
    for (const name of elements) {
      const twice = text.replaceAll(new RegExp(`<${name}[ >][^]*?</${name}>`, 'g'), (whole) => `${whole}${whole}`);
      readByAll(twice);
    }
  });

  test('lines and pieces of all formats, mixed', () => {
    const lines = Object.values(samples).flatMap((text) => text.split('\n').map((line) => line.slice(0, 400)));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...lines), { maxLength: 60 }), (some) => readByAll(`${some.join('\n')}\n`)),
      { numRuns: 150 },
    );
  });

  test('samples with pieces replaced', () => {
    const piece = fc.constantFrom(
      '',
      ' ',
      ':',
      '=',
      '|',
      '0',
      '-1',
      '9e99',
      '99999999999999999999',
      'N/A',
      '\0',
      '"',
      '<',
      '>',
      '\n',
      '[',
      '__proto__',
      'é',
    );
    const edit = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat({ max: 30 }), piece });
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(samples)),
        fc.array(edit, { minLength: 1, maxLength: 6 }),
        (text, edits) => {
          let edited = text;
          for (const one of edits) {
            const at = Math.floor(one.at * edited.length);
            edited = edited.slice(0, at) + one.piece + edited.slice(at + one.length);
          }
          readByAll(edited);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('JSON of any shape under the known names', () => {
    const names = [
      'Controllers',
      'Command Status',
      'Response Data',
      'Basics',
      'PD LIST',
      'EID:Slt',
      'BBU_Info',
      'Drive /c0/e1/s1',
      'Drive /c0/e1/s1 - Detailed Information',
      'card0',
      'Device ID',
      'PCI Bus',
      'testRunArtifact',
      'testRunStart',
      'dutInfo',
      'hardwareInfos',
      'partType',
      'serialNumber',
      'diagnosis',
      'timestamp',
    ];
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom(null, 0, -1, 1e99, '', 'DIMM', '252:0', ' :1', 'Success', true),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 5 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => readByAll(JSON.stringify(value))),
      { numRuns: 200 },
    );
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => readByAll(Buffer.from(bytes))),
      { numRuns: 60 },
    );
  });
});

describe('time grows with the length only', () => {
  const line = (text: string) => `${text}\n`.repeat(Math.ceil(400_000 / (text.length + 1)));
  test.each([
    ['one long line of blanks', ' '.repeat(400_000)],
    ['one long word', 'a'.repeat(400_000)],
    ['colons', ':'.repeat(400_000)],
    ['bars', ' |'.repeat(200_000)],
    ['FRUs', line('FRU Device Description : a (ID 1)')],
    ['FRU blanks', `FRU Device Description${' '.repeat(400_000)}x`],
    ['slots', line('a in Slot 1')],
    ['slots without an end', 'a in Slot '.repeat(40_000)],
    ['drives', line('physicaldrive 1I:1:1')],
    ['equal drives', `a in Slot 1\n${line('physicaldrive 1I:1:1 (a')}`],
    ['sections', `CLI Version = 1\n${line('Drive /c0/e1/s1 State :\n====')}`],
    ['roots', '<RIBCL '.repeat(60_000)],
    ['root that never closes', `<RIBCL ${' '.repeat(400_000)}</RIBCL>`],
    ['DCIM', '<a:DCIM_'.repeat(50_000)],
    ['versions', `1. BIOS, ${'( Version : '.repeat(30_000)}`],
    ['objects', line('{"testRunArtifact":{}}')],
    ['brackets', `{${'['.repeat(400_000)}`],
  ])('%s', (_name, text) => {
    for (const format of formats) {
      const file = fileOf(text);
      const start = performance.now();
      format.recognises(file);
      format.read(file);
      expect([format.id, performance.now() - start < 3000]).toEqual([format.id, true]);
    }
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asList } from '../json-facts.ts';
import * as disks from './disk-fixtures-for-tests.ts';
import { driveFormats } from './drive-formats.ts';
import { fileOf } from './kit-for-tests.ts';
import * as smartctl from './smartctl-fixtures-for-tests.ts';

const given = { ...disks, ...smartctl };

const texts = Object.values(given).map((one) => (typeof one === 'string' ? one : JSON.stringify(one, null, 1)));

/** Every format is asked, also those that would not take the file; each answer must keep the contract. */
function readWithAll(content: string | Buffer): void {
  const file = fileOf(content);
  for (const format of driveFormats) {
    const recognised = format.recognises(file);
    const readings = format.read(file);
    if (recognised) expect(readings.length, format.id).toBeGreaterThan(0);
    for (const { components, enumerates, warnings } of readings) {
      for (const part of components) {
        for (const text of [part.serial, part.model, part.firmware, part.manufacturer, part.slot]) {
          if (text !== null) expect(text).toBe(text.trim() || 'not empty');
        }
        const facts = [...Object.values(part.attributes), ...Object.values(part.readings)];
        expect(facts.every((fact) => typeof fact !== 'number' || (Number.isFinite(fact) && fact >= -273))).toBe(true);
        const capacity = part.attributes['capacityBytes'];
        if (capacity !== undefined) expect(Number.isSafeInteger(capacity) && Number(capacity) > 0).toBe(true);
        expect([null, 'OK', 'Warning', 'Critical']).toContain(part.health);
      }
      expect(new Set(enumerates?.devices).size).toBe(asList(enumerates?.devices).length);
      expect(warnings.every((warning) => warning.length > 0)).toBe(true);
    }
  }
}

describe('whatever the content', () => {
  test('each fixture is recognised by one format only', () => {
    for (const text of texts) {
      const file = fileOf(text);
      expect(
        driveFormats.filter((format) => format.recognises(file)),
        text.slice(0, 80),
      ).toHaveLength(1);
    }
  });

  test('cut off anywhere', () => {
    for (const text of texts) for (let at = 0; at < text.length; at += 17) readWithAll(text.slice(0, at));
  });

  test('changed anywhere', () => {
    const edit = fc.record({
      text: fc.constantFrom(...texts),
      at: fc.nat({ max: 4000 }),
      length: fc.nat({ max: 40 }),
      put: fc.oneof(
        fc.string(),
        fc.constantFrom('-1', '9'.repeat(40), '1e308', 'null', '{}', '[]', '""', '\n', ':', '"', '0x'),
      ),
    });
    fc.assert(
      fc.property(edit, ({ text, at, length, put }) => {
        const start = at % text.length;
        readWithAll(text.slice(0, start) + put + text.slice(start + length));
      }),
      { numRuns: 1500 },
    );
  });

  test('any JSON value in the place of any other', () => {
    const documents = Object.values(given).filter((one) => typeof one !== 'string');
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.nat(), fc.jsonValue(), (document, at, value) => {
        const copy = structuredClone<unknown>(document);
        const places = placesIn(copy);
        const place = places[at % places.length];
        if (place !== undefined) place.holder[place.name] = value;
        readWithAll(JSON.stringify(copy));
      }),
      { numRuns: 1500 },
    );
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => readWithAll(Buffer.from(bytes))),
      { numRuns: 300 },
    );
  });

  test('long lines and deep nesting take no time', () => {
    const long = 200_000;
    const hostile = [
      ...[' ', '-', '"', '\\', '=== ', 'smartctl ', 'a:', '0x01  ', '/dev/', '1,', '- - '].map((text) =>
        text.repeat(long),
      ),
      `smartctl 7.0 ${' '.repeat(long)}`,
      `smartctl 7.0 [\nUser Capacity: ${'1,'.repeat(long)}\nDevice: ${'a '.repeat(long)}Version:`,
      `NAME MAJ:MIN TYPE\n${`sda${' '.repeat(50)}disk\n`.repeat(20_000)}`,
      `NAME="${'x'.repeat(long)}" TYPE="disk" ${'A'.repeat(long)}`,
      `Node SN Model \n${'- '.repeat(long)}\n${'-'.repeat(long)}`,
      `${'{"blockdevices":['.repeat(3000)}${']}'.repeat(3000)}`,
      `{"blockdevices":[${'{"children":['.repeat(3000)}${']}'.repeat(3000)}]}`,
      '{"a":1}'.repeat(50_000),
    ];
    for (const content of hostile) {
      const start = performance.now();
      readWithAll(content);
      expect(performance.now() - start, content.slice(0, 40)).toBeLessThan(2000);
    }
  });
});

interface Place {
  holder: Record<string, unknown>;
  name: string;
}

function placesIn(value: unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [{ holder, name }, ...placesIn(holder[name])]);
}

import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { DEVICE, SITE } from './mapping-for-tests.ts';
import { mappingSchema } from './mapping-schema.ts';

test('mappings/schema/mapping.schema.json is what the code reads: `reanimator mappings schema` prints it', () => {
  const file = new URL('../../mappings/schema/mapping.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(mappingSchema())));
});

test('it takes a mapping, and refuses what is none', () => {
  const fits = new Ajv({ strict: false }).compile(mappingSchema());
  expect(fits(parse(DEVICE))).toBe(true);
  expect(fits(parse(SITE))).toBe(true);
  expect(fits(parse(SITE.replace('authority: theirs', 'authority: nobody')))).toBe(false);
  expect(fits(parse(DEVICE.replace('[trim, serial]', '[trimm]')))).toBe(false);
  expect(fits(parse(DEVICE.replace('hub: server', 'hubs: server')))).toBe(false);
});

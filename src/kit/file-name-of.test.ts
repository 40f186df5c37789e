import { expect, test } from 'vitest';
import { fileNameOf } from './file-name-of.ts';

test.each([
  ['http://images.example/a/BIOS_1.0.exe?x=/y', 'BIOS_1.0.exe'],
  ['http://images.example/BIOS%201.0.exe', 'BIOS 1.0.exe'],
  ['http://images.example/100%_1.0.exe', '100%_1.0.exe'],
  ['http://images.example/%FF%20.bin', '%FF%20.bin'],
  ['http://images.example/', ''],
])('%s is called %s', (uri, name) => {
  expect(fileNameOf(uri)).toBe(name);
});

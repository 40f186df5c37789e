import { expect, test } from 'vitest';
import { sourceFile } from './source-file.ts';

const textOf = (bytes: Buffer): string => sourceFile('f', bytes, null).text();

test('text in every usual encoding, without NULs and marks', () => {
  const text = 'Größe: 4 µm';
  const utf16 = Buffer.from(text, 'utf16le');
  expect(textOf(Buffer.from(text))).toBe(text);
  expect(textOf(Buffer.from(`\uFEFF${text}`))).toBe(text);
  expect(textOf(Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]))).toBe(text);
  expect(textOf(Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16()]))).toBe(text);
  expect(textOf(Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(utf16).swap16(), Buffer.from('x')]))).toBe(text);
  expect(textOf(Buffer.from(text, 'latin1'))).toBe(text);
  expect(textOf(Buffer.from('Serial: A1', 'utf16le'))).toBe('Serial: A1');
  expect(textOf(Buffer.from('a\0b\0'))).toBe('ab');
  expect(textOf(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from([0x00, 0xd8])])).isWellFormed()).toBe(true);
  expect(textOf(Buffer.alloc(0))).toBe('');
});

test('JSON where it is some, parsed once', () => {
  const file = sourceFile('f', Buffer.from('\uFEFF {"a": [1]}'), null);
  expect(file.json()).toEqual({ a: [1] });
  expect(file.json()).toBe(file.json());
  for (const text of ['{"a": 1', 'no json', '', '[1]]'])
    expect(sourceFile('f', Buffer.from(text), null).json()).toBeUndefined();
  expect(sourceFile('f', Buffer.from('null'), null).json()).toBeNull();
});

import { expect, test } from 'vitest';
import { plainHost } from './host-address.ts';

test.each([
  ['10.9.0.5', '10.9.0.5'],
  ['2001:DB8:0:0::1', '2001:db8::1'],
  ['::', '::'],
  ['::ffff:10.0.0.1', '::ffff:a00:1'],
  ['10.9.0.05', undefined],
  ['10.9.0', undefined],
  ['10.9.0.5/24', undefined],
  ['bmc-7.example', undefined],
  ['fe80::1%eth0', undefined],
  ['1:2', undefined],
  ['', undefined],
])('%j is the address %j', (text, address) => expect(plainHost(text)).toBe(address));

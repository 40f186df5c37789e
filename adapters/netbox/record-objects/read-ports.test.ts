import { expect, test } from 'vitest';
import { portsIn } from './read-ports.ts';

const socket = (data: Record<string, unknown>) =>
  portsIn('pdu', { id: '1', parentId: '7', version: null, data: { name: 'PSU1', ...data } }).map(({ on }) => on);
const at = (type: string, ...ends: unknown[]) =>
  socket({ connected_endpoints_type: `dcim.${type}`, connected_endpoints: ends });

test('an outlet is named with its device, a feed of a panel by itself', () => {
  expect(at('poweroutlet', { id: 1, name: '12', device: { id: 9, name: 'pdu-a' } })).toEqual([
    { name: 'pdu-a', outlet: '12' },
  ]);
  expect(at('powerfeed', { id: 1, name: 'A3' })).toEqual([{ name: 'power feed A3', outlet: null }]);
});

test('a device without a name is called as NetBox shows it', () => {
  const device = { id: 9, name: null, display: 'APC AP8959 (9)' };
  expect(at('poweroutlet', { id: 1, name: '12', device })).toEqual([{ name: 'APC AP8959 (9)', outlet: '12' }]);
});

test('a cable that splits has several ends', () => {
  const on = (id: number, name: string) => ({ id, name, device: { id, name: `sw${id}` } });
  expect(at('interface', on(1, 'e1'), on(2, 'e2'))).toEqual([
    { name: 'sw1', outlet: 'e1' },
    { name: 'sw2', outlet: 'e2' },
  ]);
});

test('a loose end, an end of another kind and a cable back into the device name nothing', () => {
  expect(socket({ connected_endpoints: null, connected_endpoints_type: null })).toEqual([null]);
  expect(at('frontport', { id: 1, name: '1', device: { id: 9, name: 'panel' } })).toEqual([null]);
  expect(at('interface', { id: 1, name: 'e1', device: { id: 7, name: 'self' } })).toEqual([null]);
});

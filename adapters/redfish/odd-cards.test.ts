import { expect, test } from 'vitest';
import { readBmc, testKit } from './kit-for-tests.ts';
import { startBmcSimulator } from './simulator.ts';
import { C, link, list, machine, partsOf, S } from './small-machine-for-tests.ts';
import { asMockup, readTrees } from './tree-kit-for-tests.ts';

// Network cards of single makers, and what is plugged into them. Small trees with numbers of our own.

const cards = `${C}/NetworkAdapters`;
const at = (card: string, kind: string, nth: number) => `${cards}/${card}/${kind}/${nth}`;

interface Card {
  body?: object;
  functions?: object[];
  ports?: object[];
}

function withCards(all: Record<string, Card>, system: object = {}, more: Record<string, object> = {}) {
  const bodies: Record<string, object> = { [cards]: list(...Object.keys(all).map((name) => `${cards}/${name}`)) };
  for (const [name, { body, functions = [], ports = [] }] of Object.entries(all)) {
    const lists = { NetworkDeviceFunctions: functions, NetworkPorts: ports };
    const links = Object.keys(lists).map((kind) => [kind, link(`${cards}/${name}/${kind}`)]);
    bodies[`${cards}/${name}`] = { Id: name, ...Object.fromEntries(links), ...body };
    for (const [kind, ends] of Object.entries(lists)) {
      bodies[`${cards}/${name}/${kind}`] = list(...ends.map((_, nth) => at(name, kind, nth)));
      for (const [nth, end] of ends.entries()) bodies[at(name, kind, nth)] = { Id: `${name}-${nth}`, ...end };
    }
  }
  return machine(system, { NetworkAdapters: link(cards) }, { ...bodies, ...more });
}

const mac = (end: string) => `02:00:5e:00:00:${end}`;
const behind = (end: string, nic: object = {}) => ({
  Ethernet: { PermanentMACAddress: mac(end) },
  Oem: { Dell: { DellNIC: { Id: 'NIC', ...nic } } },
});
const module = { VendorName: 'Maker', PartNumber: 'W1', SerialNumber: 'CN0001', IdentifierType: 'SFP28' };
const cage = { Oem: { Dell: { DellNetworkTransceiver: module } } };
const scopeOf = async (tree: Record<string, object>) => (await readTrees(asMockup(tree)))[0]?.scope;

test('two equal cards, whose id is what they are, are told apart by the end of their addresses', async () => {
  const body = (SerialNumber: string) => ({ body: { Id: 'VIC-1225', SerialNumber } });
  const nics = await partsOf(withCards({ 1: body('FCH0001'), 2: body('FCH0002') }), 'nic');
  expect(nics.map(({ slot }) => slot)).toEqual(['VIC-1225 (1)', 'VIC-1225 (2)']);
});

test('a card that is shown twice is one; cards with serials of their own are two, whatever their addresses', async () => {
  const card = (SerialNumber: string | null) => ({ body: { SerialNumber }, functions: [behind('01')] });
  const serials = async (one: string | null, other: string | null) =>
    (await partsOf(withCards({ A: card(one), B: card(other) }), 'nic')).map(({ serial }) => serial);
  expect(await serials('MT0001', 'MT0001')).toEqual(['MT0001']);
  expect(await serials('MT0001', null)).toEqual(['MT0001']);
  expect(await serials('MT0001', 'MT0002')).toEqual(['MT0001', 'MT0002']);
});

test('an interface that has the address of a card’s port is that card; what no port has is one of its own', async () => {
  const ends = `${S}/EthernetInterfaces`;
  const tree = withCards(
    {
      1: { functions: [{ Ethernet: { MACAddress: mac('6c') } }], ports: [{ AssociatedNetworkAddresses: [mac('60')] }] },
    },
    { EthernetInterfaces: link(ends) },
    {
      [ends]: list(`${ends}/1.0`, `${ends}/L.1`),
      [`${ends}/1.0`]: { Id: '1.0', MACAddress: mac('60') },
      [`${ends}/L.1`]: { Id: 'L.1', MACAddress: mac('cc') },
    },
  );
  const nics = await partsOf(tree, 'nic');
  expect(nics.map(({ slot, attributes }) => [slot, attributes['macAddresses']])).toEqual([
    ['1', [mac('6c'), mac('60')]],
    ['L.1', [mac('cc')]],
  ]);
});

test('of Dell’s modules that the functions say nothing of the old ports tell; copper is not asked', async () => {
  const tree = withCards({
    'NIC.Slot.8': { functions: [behind('01', { MediaType: 'SFF_CAGE' })], ports: [cage, {}] },
    'NIC.Embedded.1': { functions: [behind('02', { MediaType: 'Base T' })], ports: [{}] },
  });
  const bmc = await startBmcSimulator({ tree });
  const { components, scope } = await readBmc(bmc, { kit: testKit() });
  const asked = bmc.requests.map(({ path }) => path).filter((path) => path.endsWith('NetworkPorts'));
  await bmc.close();
  expect(components.filter(({ kind }) => kind === 'transceiver')).toMatchObject([
    { manufacturer: 'Maker', partNumber: 'W1', serial: 'CN0001', attributes: { moduleType: 'SFP28' } },
  ]);
  expect(scope).toContain('transceiver');
  expect(asked).toEqual([`${cards}/NIC.Slot.8/NetworkPorts`]);
});

test('a module that a function names is not told a second time by its port', async () => {
  const named = { MediaType: 'SFF_CAGE', TransceiverVendorName: 'Maker', TransceiverSerialNumber: 'CN0001' };
  const tree = withCards({
    A: { functions: [behind('01', named), behind('02', { MediaType: 'SFF_CAGE' })], ports: [cage] },
  });
  expect(await partsOf(tree, 'transceiver')).toHaveLength(1);
});

test('where neither functions nor ports tell of modules, it is not known that there is none', async () => {
  const tree = withCards({ A: { functions: [behind('01', { MediaType: 'SFF_CAGE' })], ports: [{}] } });
  expect(await scopeOf(tree)).not.toContain('transceiver');
  expect(await scopeOf(tree)).toContain('nic');
});

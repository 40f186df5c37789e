import { describe, expect, test } from 'vitest';
import { loadLifecycleMapping } from '#adapters/netbox/lifecycle-mapping.ts';
import { OWN_FIELDS } from '#adapters/netbox/custom-fields.ts';
import { hubSides } from '#jobs/reconcile/sides/index.ts';
import { sideValues } from '#jobs/reconcile/sides/side-values.ts';
import { LIFECYCLE_STATES } from '#src/assets/model.ts';
import { loadDriftRules } from '#src/drift/rules.ts';
import { loadMappings } from '#src/mapping/load-mappings.ts';
import type { Links, Mapping } from '#src/mapping/mapping.ts';

const mappings = loadMappings('netbox', undefined, [], sideValues);
const links: Links = { hubId: (type, id) => `${type}-${id}`, theirId: (_type, id) => id.replace(/^\D*/, '') };

function mappingOf(object: string): Mapping {
  const found = mappings.find((one) => one.object === object);
  if (!found) throw new Error(`nothing maps ${object}`);
  return found;
}

function written(object: string, ours: Record<string, unknown>): Record<string, unknown> {
  const mapping = mappingOf(object);
  return mapping.draft(mapping.readOurs(ours, links).values, links).set;
}

test('every mapping has a side, whose parent is that of the mapping', () => {
  const sides = new Map(hubSides.map((side) => [side.name, side]));
  expect(mappings.map(({ object }) => object).toSorted()).toEqual([
    ...['device', 'interface', 'inventory-item', 'ip-address', 'location', 'module', 'rack', 'site'],
  ]);
  for (const { file, hub, parent } of mappings) {
    const parentHub = parent === null ? null : mappingOf(parent).hub;
    expect(sides.get(hub)?.parent, file).toBe(parentHub);
  }
});

describe('the lifecycle', () => {
  const { states, field } = loadLifecycleMapping();

  test.each(LIFECYCLE_STATES)('%s is the same words there as in netbox-lifecycle.yaml', (state) => {
    expect(written('device', { state })).toMatchObject({
      status: states[state]?.status,
      [`custom_fields.${field}`]: states[state]?.value,
    });
  });

  test('every status of theirs is a state of ours, and reads back as what was written', () => {
    const device = mappingOf('device');
    for (const state of LIFECYCLE_STATES) {
      const { status, value } = states[state] ?? {};
      const theirs = device.readTheirs({ status: { value: status }, custom_fields: { [field]: value } }, links).values;
      const ours = device.readOurs({ state }, links).values;
      expect(theirs['lifecycle_state']).toBe(state);
      expect(theirs['status']).toBe(ours['status']);
      expect(LIFECYCLE_STATES).toContain(theirs['status']);
    }
  });
});

test('every custom field that the bootstrap makes is written', () => {
  const device = mappingOf('device');
  const paths = device.fields.flatMap(({ name, direction }) => {
    const made = direction === 'in' ? { fault: '' } : device.toTheirs(name, 'x', links);
    return 'set' in made ? Object.keys(made.set) : [];
  });
  expect(paths).toEqual(expect.arrayContaining(OWN_FIELDS.map(({ name }) => `custom_fields.${name}`)));
});

test('rules of the inbox name fields that the mappings have', () => {
  const list = (one: string | string[] | undefined): string[] => (one === undefined ? [] : [one].flat());
  for (const { id, when } of loadDriftRules().rules) {
    // A rule for several types may name what only one of them has.
    const known = list(when.object).flatMap((object) => mappingOf(object).fields.map(({ name }) => name));
    expect(known, id).toEqual(expect.arrayContaining(list(when.field)));
  }
});

test.each(['device', 'module', 'inventory-item'])('a placeholder is no serial of a %s', (object) => {
  const mapping = mappingOf(object);
  for (const serial of ['To be filled by O.E.M.', 'None', '0000', 'N/A', 'Default string', 'System Serial Number']) {
    expect(mapping.readOurs({ serial }, links).values['serial'], serial).toBeUndefined();
    expect(written(object, { serial }), serial).not.toHaveProperty('serial');
    // There it counts as empty, so that the real one comes over it; empty identifies nothing either.
    expect(mapping.readTheirs({ serial }, links).values['serial'], serial).toBeNull();
  }
  expect(mapping.toTheirs('serial', 'ABC', links)).toEqual({ set: { serial: 'ABC' } });
});

describe('what is made there', () => {
  const server = { name: 'srv', site: 'site-1', manufacturer: 'Dell Inc.', model: 'R650', state: 'RACKED' };
  const policy = (object: string, ours: Record<string, unknown>): string => {
    const mapping = mappingOf(object);
    return mapping.createThere(mapping.readOurs(ours, links).values);
  };

  test('servers, but for those that are gone', () => {
    expect(policy('device', server)).toBe('always');
    expect(policy('device', { ...server, state: 'DECOMMISSIONED' })).toBe('never');
    expect(written('device', { ...server, rack: 'rack-4', position: 7, face: 'front' })).toMatchObject({
      ...{ site: { id: '1' }, rack: { id: '4' }, position: 7, face: 'front', role: { name: 'server' } },
      ...{ 'device_type.manufacturer': 'Dell Inc.', 'device_type.model': 'R650', status: 'staged' },
    });
    const device = mappingOf('device');
    const { missing } = device.draft(device.readOurs({ state: 'RACKED' }, links).values, links);
    expect(missing).toEqual(['name', 'site', 'new_manufacturer', 'new_model']);
  });

  test("the BMC's interface by itself, ports and places when somebody says so", () => {
    expect(policy('interface', { kind: 'bmc', mac: 'aa:bb:cc:00:11:22', mgmt_only: true })).toBe('always');
    expect(policy('interface', { kind: 'nic', mac: 'aa:bb:cc:00:11:22' })).toBe('review');
    expect(policy('interface', {})).toBe('never');
    for (const object of ['site', 'location', 'rack']) expect(policy(object, { name: 'x' })).toBe('review');
  });

  test('parts of which it is known what they are', () => {
    for (const object of ['module', 'inventory-item']) {
      expect(policy(object, { bay: 'Bay 1', kind: 'drive' })).toBe('always');
      expect(policy(object, { bay: 'Bay 1' })).toBe('never');
      expect(policy(object, { bay: 'Fan 1', kind: 'fan' })).toBe('never');
    }
  });
});

test('of what is only there, servers are asked about, places are made, the rest is left', () => {
  const here = (object: string, data: Record<string, unknown>): string => {
    const mapping = mappingOf(object);
    return mapping.createHere(mapping.readTheirs(data, links).values);
  };
  expect(here('device', { role: { slug: 'server' } })).toBe('review');
  expect(here('device', { role: { slug: 'access-switch' } })).toBe('never');
  for (const object of ['site', 'location', 'rack']) expect(here(object, { name: 'x' })).toBe('always');
  for (const object of ['interface', 'ip-address', 'module', 'inventory-item']) expect(here(object, {})).toBe('never');
});

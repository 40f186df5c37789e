import { parseMapping } from './parse-mapping.ts';
import type { Links, Mapping } from './mapping.ts';

/** Small, and with something of everything. */
export const DEVICE = `version: 1
system: netbox
object: device
hub: server
match:
  - { fields: [serial], find: serial }
  - { fields: [name, site], find: name }
create:
  there: [{ policy: always, when: [{ field: managed, in: [true] }] }, { policy: review }]
  here: never
  needs: [name, site]
  with: { status: planned, role: { name: server } }
brakes: { change: { share: 0.5 } }
leave: [url, display, 'custom_fields.old_*']
fields:
  - name: serial
    theirs: serial
    ours: serial
    authority: ours
    transforms: [trim, serial]
    oursTransforms: [serial]
    reverse: [{ default: '' }]
    unknown: [N/A]
  - { name: name, theirs: name, ours: name, authority: theirs, compare: fold }
  - { name: site, theirs: site.id, ours: siteId, authority: theirs, transforms: [{ lookup: site }] }
  - name: state
    theirs: status.value
    ours: state
    authority: ours
    transforms: [{ enum: { staged: RACKED, active: IN_SERVICE } }]
    to: status
  - { name: managed, theirs: custom_fields.managed, ours: managed, authority: review, transforms: [boolean] }
  - name: memory
    theirs: custom_fields.memory_gib
    ours: memoryBytes
    authority: ours
    transforms: [number, { unit: { from: GiB, to: bytes } }]
    when: [{ field: managed, in: [true] }]
  - { name: tags, theirs: 'tags[*].slug', ours: tags, authority: ours, compare: contains, transforms: [sort], to: add_tags }
  - { name: bmc, theirs: 'interfaces[mgmt_only=true].mac', ours: bmcMac, authority: theirs, direction: in, transforms: [mac, first] }
tests:
  - theirs: { serial: ' abc ', site: { id: 5 }, status: { value: staged, label: Staged } }
    links: { site: { '5': loc-1 } }
    values: { serial: ABC, site: loc-1, state: RACKED }
    unknown: [name, memory]
  - ours: { serial: ABC, siteId: loc-1, state: RACKED }
    links: { site: { '5': loc-1 } }
    values: { serial: ABC }
    set: { serial: ABC, site: { id: '5' }, status: staged }
`;

export const SITE = `version: 1
system: netbox
object: site
hub: site
match: [{ fields: [name], find: name }]
create: { there: review, here: always }
fields:
  - { name: name, theirs: name, ours: name, authority: theirs }
tests:
  - { theirs: { name: AMS1 }, values: { name: AMS1 } }
`;

export const NO_LINKS: Links = { hubId: () => undefined, theirId: () => undefined };

/** Their id with `loc-` before it is ours. */
export const SOME_LINKS: Links = {
  hubId: (type, id) => (type === 'site' ? `loc-${id}` : undefined),
  theirId: (type, id) => (type === 'site' && id.startsWith('loc-') ? id.slice(4) : undefined),
};

/** A mapping of one field, as its line says: `theirs: a, transforms: [trim]`. */
export function oneField(line: string): Mapping {
  return parseMapping(oneFieldText(line), 'netbox-thing.yaml');
}

export function oneFieldText(line: string): string {
  return `version: 1
system: netbox
object: thing
hub: thing
match: [{ fields: [key], find: key }]
fields:
  - { name: key, theirs: key, ours: key, authority: ours }
  - { name: it, ${line} }
tests: [{ theirs: { key: a }, values: { key: a } }]
`;
}

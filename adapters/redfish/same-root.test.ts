import { expect, test } from 'vitest';
import { sameRoot } from './same-root.ts';
import { ServiceRoot } from './schema.ts';

const rootOf = (more: object): ServiceRoot =>
  ServiceRoot.parse({ RedfishVersion: '1.18.0', Systems: { '@odata.id': '/redfish/v1/Systems' }, ...more });

test('what says the same is one object; what differs is not', () => {
  const first = sameRoot(rootOf({ Vendor: 'Dell' }));
  expect(sameRoot(rootOf({ Vendor: 'Dell' }))).toBe(first);
  expect(sameRoot(rootOf({ Vendor: 'HPE' }))).not.toBe(first);
});

test('of what a vendor says in its own words only who it is stays', () => {
  const one = rootOf({ Oem: { Hpe: { Manager: [{ FQDN: 'ilo-1.example' }] } } });
  const other = rootOf({ Oem: { Hpe: { Manager: [{ FQDN: 'ilo-2.example' }] } } });
  expect(Object.keys(one.Oem)).toEqual(['Hpe']);
  expect(sameRoot(other)).toBe(sameRoot(one));
});

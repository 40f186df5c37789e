import { expect, test } from 'vitest';
import { HubError } from '../core/error.ts';
import { headerOfField, isBinaryEvent, withCloudHeaders } from './read-binary-event.ts';
import { eventOf } from './read-cloud-event.ts';

const HEADERS = {
  ...{ 'content-type': 'application/json', 'ce-specversion': '1.0', 'ce-id': '7', 'ce-source': '/monitor/ams1' },
  ...{ 'ce-type': 'com.example.smart-fail', 'ce-time': '2026-11-21T12:00:00Z', 'ce-subject': 'SN1' },
};
const faultOf = (headers: Record<string, string>): string => {
  try {
    withCloudHeaders({}, headers);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(HubError);
    return (error as HubError).message;
  }
};

test('headers and data are one event, as it is in structured JSON', () => {
  const event = withCloudHeaders({ component: 'Disk.1' }, { ...HEADERS, 'ce-traceparent': 'x', accept: '*/*' });
  expect(event).toEqual({
    ...{ specversion: '1.0', id: '7', source: '/monitor/ams1', type: 'com.example.smart-fail', traceparent: 'x' },
    ...{ time: '2026-11-21T12:00:00Z', subject: 'SN1', data: { component: 'Disk.1' } },
  });
  expect(eventOf(event)).toEqual({
    event: {
      ...{ asset: 'SN1', type: 'SMART_FAIL', occurred_at: '2026-11-21T12:00:00Z', source: '/monitor/ams1', id: '7' },
      component: 'Disk.1',
    },
  });
  expect(eventOf(withCloudHeaders(undefined, HEADERS))).toMatchObject({ event: { asset: 'SN1', type: 'SMART_FAIL' } });
});

test('what says all in its body stays as it is, with or without headers', () => {
  const body = { specversion: '1.0' };
  expect(withCloudHeaders(body, { 'content-type': 'application/json' })).toBe(body);
  for (const type of ['application/cloudevents+json', 'application/cloudevents-batch+json; charset=utf-8']) {
    expect(withCloudHeaders(body, { ...HEADERS, 'content-type': type })).toBe(body);
    expect(isBinaryEvent({ ...HEADERS, 'content-type': type })).toBe(false);
  }
});

test.each([
  ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
  ['100%', '100%'],
  ['%41%zz', 'A%zz'],
  ['"a \\"b\\" c"', 'a "b" c'],
])('the value %s is %s', (value, read) => {
  expect(withCloudHeaders({}, { ...HEADERS, 'ce-subject': value })).toMatchObject({ subject: read });
});

test.each([
  ['ce-specversion', undefined, 'header ce-specversion: is missing: send 1.0'],
  ['ce-specversion', '0.3', 'header ce-specversion: only 1.0 is read'],
  ['ce-id', undefined, 'header ce-id: is missing: every CloudEvent in binary mode has it'],
  ['ce-source', '', 'header ce-source: is missing: every CloudEvent in binary mode has it'],
  ['ce-type', undefined, 'header ce-type: is missing: every CloudEvent in binary mode has it'],
  ['ce-time', 'yesterday', 'header ce-time: is no time such as 2026-11-21T12:00:00Z'],
  ['ce-subject', 'caf\u00e9', 'header ce-subject: write characters beyond ASCII as %XX of their UTF-8'],
  ['ce-subject', '%ff%fe', 'header ce-subject: its %XX are no UTF-8'],
])('%s: %s is refused by its name', (name, value, says) => {
  const { [name]: _, ...others } = HEADERS as Record<string, string>;
  expect(faultOf(value === undefined ? others : { ...others, [name]: value })).toBe(says);
});

test('what is wrong with a symptom is said of the header that said it, or of the field of the data', () => {
  expect(headerOfField('asset', {})).toBe('header ce-subject');
  expect(headerOfField('asset', { asset: 'nobody' })).toBe('asset');
  expect(headerOfField('occurred_at', undefined)).toBe('header ce-time');
  expect(headerOfField('value', {})).toBe('value');
});

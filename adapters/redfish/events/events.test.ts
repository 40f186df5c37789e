import { afterEach, describe, expect, test } from 'vitest';
import { kitForTests } from '../../../src/kit/kit-for-tests.ts';
import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { closeBroker } from '../broker.ts';
import { refusal, startFakeBmc, type FakeBmc } from '../fake-bmc-for-tests.ts';
import { Settings } from '../settings.ts';
import { contextOf, eventDoor } from './door.ts';
import { bmcEvents } from './index.ts';

const [SERVICE, LIST] = ['/redfish/v1/EventService', '/redfish/v1/EventService/Subscriptions'];
const SUBJECT = '0190a000-0000-7000-8000-000000000001';
const WISH = { destination: 'https://hub.example.com/hooks/redfish', subject: SUBJECT };
const kit = kitForTests('redfish');
const { signal } = new AbortController();

type Body = Record<string, unknown>;
interface Lab {
  bmc: FakeBmc;
  kept: Map<string, Body>;
  ensure(): ReturnType<ReturnType<typeof bmcEvents>['ensureSubscription']>;
  leave(): Promise<number>;
}
let lab: Lab;
afterEach(async () => {
  await closeBroker(kit);
  await lab.bmc.close();
});

/** A BMC that keeps subscriptions. `takes` refuses a body, or lets it be kept. */
async function start(
  service: Body = {},
  takes: (body: Body) => SimulatedAnswer | undefined = () => undefined,
  root: Body = { EventService: { '@odata.id': SERVICE } },
): Promise<Lab> {
  const kept = new Map<string, Body>();
  let made = 0;
  function answer({ method, path, json }: SimulatedRequest): SimulatedAnswer {
    if (method === 'POST' && path === LIST) {
      const refused = takes(json as Body);
      if (refused) return refused;
      made += 1;
      kept.set(`${LIST}/${made}`, { '@odata.id': `${LIST}/${made}`, Status: { State: 'Enabled' }, ...(json as Body) });
      return { status: 201, headers: { location: `${LIST}/${made}` } };
    }
    if (method === 'DELETE') return { status: kept.delete(path) ? 204 : 404 };
    if (path === SERVICE)
      return { status: 200, body: { '@odata.id': SERVICE, Subscriptions: { '@odata.id': LIST }, ...service } };
    const Members = [...kept.keys()].map((link) => ({ '@odata.id': link }));
    if (path === LIST)
      return { status: 200, body: { '@odata.id': LIST, Members, 'Members@odata.count': Members.length } };
    const one = kept.get(path);
    return one === undefined ? { status: 404 } : { status: 200, body: one };
  }
  const bmc = await startFakeBmc(answer, root);
  const events = bmcEvents(Settings.parse({ timeoutMs: 2_000 }), kit);
  return (lab = {
    bmc,
    kept,
    ensure: () => events.ensureSubscription(bmc.target, WISH, signal),
    leave: () => events.removeSubscriptions(bmc.target, WISH, signal),
  });
}
const writes = (): string[] => lab.bmc.asked().filter((line) => !line.startsWith('GET'));

describe('a subscription', () => {
  test('for another server behind the same BMC is left alone', async () => {
    await start();
    const neighbour = contextOf(kit, '0190a000-0000-7000-8000-000000000002');
    lab.kept.set(`${LIST}/8`, { '@odata.id': `${LIST}/8`, Destination: WISH.destination, Context: neighbour });
    expect(await lab.ensure()).toMatchObject({ state: 'made', removed: 0 });
    expect(lab.kept.has(`${LIST}/8`)).toBe(true);
  });

  test('is taken back, and nothing of others: another server behind the same BMC, another listener', async () => {
    await start();
    await lab.ensure();
    const neighbour = contextOf(kit, '0190a000-0000-7000-8000-000000000002');
    lab.kept.set(`${LIST}/8`, { '@odata.id': `${LIST}/8`, Destination: WISH.destination, Context: neighbour });
    lab.kept.set(`${LIST}/9`, { '@odata.id': `${LIST}/9`, Destination: 'https://ome.example.com/', Context: 'ome' });
    expect(await lab.leave()).toBe(1);
    expect([...lab.kept.keys()]).toEqual([`${LIST}/8`, `${LIST}/9`]);
    expect(await lab.leave()).toBe(0);
  });

  test('is made once, and kept from then on', async () => {
    await start();
    expect(await lab.ensure()).toMatchObject({ state: 'made', path: `${LIST}/1`, removed: 0 });
    expect(await lab.ensure()).toMatchObject({ state: 'kept', path: `${LIST}/1`, removed: 0 });
    expect(writes()).toEqual([`POST ${LIST}`]);
    expect(lab.kept.get(`${LIST}/1`)).toMatchObject({
      Destination: WISH.destination,
      Context: contextOf(kit, SUBJECT),
    });
  });

  test('that the BMC forgot at a reboot is made again, in the form that it took before', async () => {
    const forms: string[][] = [];
    await start({}, (body) => {
      forms.push(Object.keys(body).filter((key) => !['Destination', 'Protocol', 'Context'].includes(key)));
      return 'DeliveryRetryPolicy' in body
        ? refusal(400, 'PropertyUnknown', 'DeliveryRetryPolicy is unknown')
        : undefined;
    });
    await lab.ensure();
    lab.kept.clear();
    expect(await lab.ensure()).toMatchObject({ state: 'made' });
    expect(forms).toEqual([['EventFormatType', 'SubscriptionType', 'DeliveryRetryPolicy'], [], []]);
  });

  test('names event types where the BMC lists them', async () => {
    await start({ EventTypesForSubscription: ['Alert', 'MetricReport', 'Other'] });
    await lab.ensure();
    expect(lab.kept.get(`${LIST}/1`)?.['EventTypes']).toEqual(['Alert']);
  });

  test('doubled, disabled or with an old secret is removed; those of others stay', async () => {
    await start();
    const put = (id: string, body: Body): void =>
      void lab.kept.set(`${LIST}/${id}`, { '@odata.id': `${LIST}/${id}`, Destination: WISH.destination, ...body });
    put('other', { Destination: 'https://elsewhere.example.com/', Context: 'theirs' });
    put('disabled', { Context: contextOf(kit, SUBJECT), Status: { State: 'Disabled' } });
    put('old', { Context: `reanimator/${SUBJECT}/0123456789abcdef` });
    put('moved', { Destination: 'https://old-hub.example.com/hooks/redfish', Context: contextOf(kit, SUBJECT) });
    put('good', { Context: contextOf(kit, SUBJECT) });
    put('double', { Context: contextOf(kit, SUBJECT) });
    expect(await lab.ensure()).toMatchObject({ state: 'kept', path: `${LIST}/good`, removed: 4 });
    expect([...lab.kept.keys()]).toEqual([`${LIST}/other`, `${LIST}/good`]);
  });

  test('is not made where one of those there cannot be read', async () => {
    await start();
    lab.kept.set(`${LIST}/odd`, { '@odata.id': `${LIST}/odd` });
    lab.bmc.addFault({ match: 'Subscriptions/odd', kind: 'status', status: 500 });
    await expect(lab.ensure()).rejects.toMatchObject({ kind: 'malformed' });
    expect(writes()).toEqual([]);
  });

  test('is not asked of a BMC that has none, and that is said', async () => {
    await start({}, undefined, {});
    expect(await lab.ensure()).toMatchObject({ state: 'unsupported', why: 'it has no EventService' });
  });

  test('refused in every form is an error with the first reason', async () => {
    await start({}, () => refusal(400, 'CreateLimitReachedForResource', 'There are eight already'));
    await expect(lab.ensure()).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining('eight') });
  });
});

describe('the door', () => {
  const door = eventDoor(kit);
  const delivery = (body: unknown) => ({
    ...{ headers: {}, receivedAt: new Date('2026-11-21T06:00:00Z') },
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
  });
  const event = { '@odata.type': '#Event.v1_7_0.Event', Events: [{ MessageId: 'X.1.0', Severity: 'Critical' }] };
  const right = contextOf(kit, SUBJECT);

  test('lets in what a BMC was given, for the server that it was given for', async () => {
    await start();
    for (const body of [{ ...event, Context: right }, { Events: [{ Context: right }] }]) {
      expect(door.verify(delivery(body))).toEqual({ ok: true });
      expect(door.translate(delivery(body))).toEqual({
        result: 'observed',
        observations: [{ kind: 'bmc-event', assetId: SUBJECT, observedAt: '2026-11-21T06:00:00.000Z' }],
      });
    }
    expect(door.translate(delivery({ Context: right, MetricValues: [] }))).toMatchObject({ result: 'ignored' });
  });

  test('keeps out the rest', async () => {
    await start();
    const another = right.replace(SUBJECT, SUBJECT.replace('1', '2'));
    const bodies = [
      '',
      '[]',
      'null',
      '{"Context":7}',
      { Context: `${right}0` },
      { Context: another },
      { Context: 'x' },
      event,
    ];
    for (const body of bodies) expect([body, door.verify(delivery(body)).ok]).toEqual([body, false]);
  });
});

import { afterEach, describe, expect, test } from 'vitest';
import type { SimulatedAnswer, SimulatedRequest } from '../../src/kit/simulator.ts';
import type { AdapterError } from '../../src/ports/adapter-error.ts';
import { closeBroker } from './broker.ts';
import { openBmc, type Bmc } from './client.ts';
import { refusal, startFakeBmc, type FakeBmc } from './fake-bmc-for-tests.ts';
import { testKit } from './kit-for-tests.ts';
import { Settings } from './settings.ts';
import { errorOf } from '../../src/kit/adapter-error-for-tests.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

type Answer = (request: SimulatedRequest) => SimulatedAnswer | Promise<SimulatedAnswer>;

async function opened(answer: Answer, kit = testKit()): Promise<{ bmc: FakeBmc; open: Bmc; kit: typeof kit }> {
  const bmc = await startFakeBmc(answer);
  ends.push(() => bmc.close());
  const open = await openBmc(bmc.target, Settings.parse({ timeoutMs: 1_000 }), kit, new AbortController().signal);
  ends.push(async () => {
    await open.close();
    await closeBroker(kit);
  });
  return { bmc, open, kit };
}

const SYSTEM = '/redfish/v1/Systems/1';
const RESET = `${SYSTEM}/Actions/ComputerSystem.Reset`;

describe('a write', () => {
  test('gives status, body, place and messages of the answer', async () => {
    const { open } = await opened(() => ({
      status: 202,
      headers: {
        location: 'https://ilo.example/redfish/v1/TaskService/Tasks/7?x=1',
        'retry-after': '5',
        etag: 'W/"9"',
      },
      body: { '@Message.ExtendedInfo': [{ MessageId: 'Base.1.0.Accepted' }] },
    }));
    const answer = await open.send({ method: 'POST', link: RESET, body: { ResetType: 'On' } });
    expect(answer).toMatchObject({
      status: 202,
      location: '/redfish/v1/TaskService/Tasks/7?x=1',
      retryAfterMs: 5_000,
      etag: 'W/"9"',
      messageIds: ['Base.1.0.Accepted'],
    });
  });

  test('that is refused says so in the words of the BMC, without the secrets in them', async () => {
    const { open, kit } = await opened(() =>
      refusal(400, 'PropertyValueFormatError', 'swordfish1 is too short, not hunter22'),
    );
    const body = { Oem: { Accounts: [{ Password: 'swordfish1' }] } };
    const error = await errorOf(open.send({ method: 'POST', link: `${SYSTEM}/x`, body }));
    expect(error).toMatchObject({ kind: 'rejected', status: 400, retry: 'never' });
    expect(error.detail?.['messageIds']).toContain('Base.1.18.PropertyValueFormatError');
    expect(error.message).toContain('[Base.1.18.PropertyValueFormatError] [redacted] is too short, not [redacted]');
    expect(error.message).toContain('See the manual.');
    expect(kit.refused).toEqual([]);
  });

  test.each([
    [refusal(403, 'LicenseRequired', 'A licence is missing.'), 'rejected'],
    [refusal(403, 'InsufficientPrivilege', 'No.'), 'unauthorized'],
    [{ status: 404 }, 'not-found'],
    [{ status: 501 }, 'unsupported'],
    [{ status: 503, headers: { 'retry-after': '3' } }, 'throttled'],
    [refusal(409, 'ResourceInUse', 'Busy.'), 'rejected'],
  ] satisfies [SimulatedAnswer, AdapterError['kind']][])('answered with %o is %s', async (answer, kind) => {
    const { open, bmc, kit } = await opened(() => answer);
    expect((await errorOf(open.send({ method: 'POST', link: RESET, body: {} }))).kind).toBe(kind);
    expect(bmc.asked()).toHaveLength(1);
    expect(kit.refused).toEqual([]);
  });

  test.each([
    ['cut off', 'drop-answer'],
    ['left without an answer', 'hang'],
  ] as const)('that is %s may have been taken, and is not sent again', async (_name, kind) => {
    const { open, bmc } = await opened(() => ({ status: 204 }));
    bmc.addFault({ match: 'Reset', kind });
    const error = await errorOf(open.send({ method: 'POST', link: RESET, body: {}, timeoutMs: 300 }));
    expect(error).toMatchObject({ kind: 'unreachable', retry: 'later', detail: { sent: true } });
    expect(error.message).toContain('the BMC may have taken it');
    expect(bmc.asked()).toEqual([`POST ${RESET}`]);
  });

  test('500 may have been taken too', async () => {
    const { open } = await opened(() => ({ status: 500 }));
    const error = await errorOf(open.send({ method: 'POST', link: RESET, body: {} }));
    expect(error).toMatchObject({ kind: 'unreachable', detail: { sent: true } });
  });

  test('that finds nobody was not sent', async () => {
    const { open, bmc } = await opened(() => ({ status: 204 }));
    await bmc.close();
    const error = await errorOf(open.send({ method: 'POST', link: RESET, body: {} }));
    expect(error).toMatchObject({ kind: 'unreachable', detail: { sent: false } });
  });

  test('meets an ended session with a new one, since the BMC refused it before doing anything', async () => {
    let refused = false;
    const { open, bmc } = await opened(() => {
      if (refused) return { status: 204 };
      refused = true;
      return { status: 401 };
    });
    expect((await open.send({ method: 'POST', link: RESET, body: {} })).status).toBe(204);
    expect(bmc.logins()).toBe(2);
  });

  test('308 is followed within the BMC, with the body', async () => {
    const { open, bmc } = await opened(({ path, json }) =>
      path.endsWith('/') ? { status: 200, body: json } : { status: 308, headers: { location: `${path}/` } },
    );
    expect((await open.send({ method: 'POST', link: RESET, body: { a: 1 } })).body).toEqual({ a: 1 });
    expect(bmc.asked()).toEqual([`POST ${RESET}`, `POST ${RESET}/`]);
  });

  test('what was read before is read anew after it', async () => {
    let power = 'Off';
    const { open } = await opened(({ method }) => {
      if (method === 'POST') power = 'On';
      return { status: 200, body: { '@odata.id': SYSTEM, PowerState: power } };
    });
    expect((await open.get(SYSTEM))['PowerState']).toBe('Off');
    await open.send({ method: 'POST', link: RESET, body: {} });
    expect((await open.get(SYSTEM))['PowerState']).toBe('On');
  });
});

describe('a push', () => {
  test('goes out in parts with its length told beforehand, also to outside of the Redfish tree', async () => {
    const { open, bmc } = await opened(({ headers, body }) => ({
      status: 200,
      body: { length: headers['content-length'], chunked: headers['transfer-encoding'] ?? null, text: body.toString() },
    }));
    async function* open1(): AsyncIterable<Uint8Array> {
      yield Buffer.from('one');
      yield Buffer.from('two');
    }
    const multipart = [
      { name: 'UpdateParameters', contentType: 'application/json', content: '{"Targets":[]}' },
      {
        name: 'UpdateFile',
        fileName: 'a"b.bin',
        contentType: 'application/octet-stream',
        content: { sizeBytes: 6, open: open1 },
      },
    ];
    const { body } = await open.send({ method: 'POST', link: '/cgi-bin/uploadFile', multipart });
    const text = String(body?.['text']);
    expect(body).toMatchObject({ chunked: null, length: String(Buffer.byteLength(text)) });
    expect(text).toContain(
      'name="UpdateFile"; filename="a_b.bin"\r\nContent-Type: application/octet-stream\r\n\r\nonetwo\r\n--',
    );
    expect(bmc.asked()).toEqual(['POST /cgi-bin/uploadFile']);
  });

  test('does not leave the BMC', async () => {
    const { open, bmc } = await opened(() => ({ status: 200 }));
    const stream = { contentType: 'application/octet-stream', sizeBytes: 0, async *open() {} };
    for (const link of ['http://198.51.100.7/fw', '//198.51.100.7/fw']) {
      expect((await errorOf(open.send({ method: 'POST', link, stream }))).kind).toBe('malformed');
    }
    expect((await errorOf(open.send({ method: 'POST', link: '/fw', body: {} }))).kind).toBe('malformed');
    expect(bmc.asked()).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { call } from '#test/kit/call.ts';
import { testHub, type TestHub } from '#test/kit/test-hub.ts';

let on: TestHub;
beforeAll(async () => void (on = await testHub({ machines: 0, without: ['NETBOX', 'JIRA', 'AWX'] })));
afterAll(() => on.close());

interface Told {
  id: string;
  event: string;
  data: { id: string; type: string; sequence: string; subject: string };
}

/** Listens until it has been told of so many events, then hangs up. */
async function listen(
  count: number,
  options: { lastEventId?: string; query?: string; opened?: () => void } = {},
): Promise<Told[]> {
  const gone = new AbortController();
  const late = setTimeout(() => gone.abort(new Error(`only ${told.length} of ${count} events came`)), 60_000);
  const told: Told[] = [];
  const answer = await fetch(`${on.url}/v1/events/stream${options.query ?? ''}`, {
    headers: {
      authorization: `Bearer ${on.apiKey}`,
      ...(options.lastEventId === undefined ? {} : { 'last-event-id': options.lastEventId }),
    },
    signal: gone.signal,
  });
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  options.opened?.();
  let text = '';
  try {
    for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const message = toTold(text.slice(0, end));
        text = text.slice(end + 2);
        if (message) told.push(message);
        if (told.length === count) return told;
      }
    }
    throw new Error('the stream ended');
  } finally {
    clearTimeout(late);
    gone.abort();
  }
}

function toTold(block: string): Told | undefined {
  const fields = Object.fromEntries(
    block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
  );
  return fields['id'] === undefined
    ? undefined
    : { id: fields['id'], event: fields['event'] ?? '', data: JSON.parse(fields['data'] ?? '') as Told['data'] };
}

let made = 0;
async function expectOne(): Promise<void> {
  made += 1;
  const tail = made
    .toString(16)
    .padStart(6, '0')
    .replaceAll(/(..)(?!$)/g, '$1:');
  await on.client.post('/v1/expected-machines', { bmc_mac: `02:00:00:${tail}` });
}

async function readAll(): Promise<{ id: string; sequence: string }[]> {
  const all: { id: string; sequence: string }[] = [];
  for (let after = 0; ;) {
    const page = await on.client.get<{ items: { id: string; sequence: string }[]; next: number }>(
      `/v1/events?after=${after}&limit=7`,
    );
    all.push(...page.items);
    if (page.items.length === 0) return all;
    after = page.next;
  }
}

describe('the stream', () => {
  test('goes on after Last-Event-ID without loss or repeats, while events come in', async () => {
    let writing = true;
    const writers = [1, 2, 3].map(async () => {
      while (writing) await expectOne();
    });
    const told: Told[] = [];
    let lastEventId = '0';
    // Hangs up in the middle of things, again and again, with what it was told last in its hand.
    for (const count of [1, 3, 10, 2, 25, 7, 12]) {
      told.push(...(await listen(count, { lastEventId })));
      lastEventId = told.at(-1)?.id ?? '0';
    }
    writing = false;
    await Promise.all(writers);
    expect(told.map(({ id }) => Number(id))).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(new Set(told.map(({ data }) => data.id)).size).toBe(60);
    for (const { id, data } of told) expect(Number(data.sequence)).toBe(Number(id));
  });

  test('without a place begins now', async () => {
    const before = (await readAll()).length;
    const { promise: isOpen, resolve: opened } = Promise.withResolvers<void>();
    const first = listen(1, { opened });
    await Promise.race([isOpen, first]);
    await expectOne();
    expect(Number((await first)[0]?.id)).toBe(before + 1);
  });

  test('tells only of the types that were asked for, by their short or long name', async () => {
    const all = await readAll();
    await on.stage.dhcp.discover('02:00:00:99:00:01');
    const query = `?after=0&types=com.baremetal.bmc.sighted,asset.discovered`;
    expect((await listen(1, { query }))[0]?.event).toBe('bmc.sighted');
    expect(all.length).toBeGreaterThan(0);
  });

  test('needs a key with the scope', async () => {
    expect((await call(`${on.url}/v1/events/stream`)).status).toBe(401);
    expect((await call(`${on.url}/v1/events/stream`, { key: await on.keyFor(['assets:read']) })).status).toBe(403);
  });
});

describe('the list', () => {
  test('leads through the whole feed, each event once and in order', async () => {
    await expect.poll(async () => (await readAll()).length, { timeout: 60_000 }).toBeGreaterThan(60);
    const sequences = (await readAll()).map(({ sequence }) => Number(sequence));
    expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, index) => index + 1));
  });

  test('is of CloudEvents whose data fits the schema that they name', async () => {
    const { items } = await on.client.get<{
      items: { specversion: string; dataschema: string; sequence: string; type: string; source: string }[];
    }>('/v1/events?limit=1');
    const [event] = items;
    expect(event).toMatchObject({
      specversion: '1.0',
      type: 'com.baremetal.expected-machine.registered',
      source: on.hub.config.PUBLIC_URL,
      sequence: '0000000000000001',
    });
    expect((await call(String(event?.dataschema))).status).toBe(200);
  });

  test('refuses a place that is none', async () => {
    expect((await call(`${on.url}/v1/events?after=yesterday`, { key: on.apiKey })).status).toBe(400);
  });
});

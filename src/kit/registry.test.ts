import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { AdapterError, type AdapterErrorKind } from '../ports/adapter-error.ts';
import { type AdapterDefinition, type Capabilities, defineAdapter } from '../ports/adapter.ts';
import type { Tickets } from '../ports/tickets.ts';
import type { Log } from './kit.ts';
import { createRegistry } from './registry.ts';

const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => log };

function registryOf(provides: Partial<Capabilities>, closed: () => void = () => {}, isMany: boolean = false) {
  const seen: { operation: string; outcome: string }[] = [];
  const definition = defineAdapter({
    id: 'box',
    title: 'Box',
    testedWith: ['1'],
    capabilities: Object.keys(provides) as (keyof Capabilities)[],
    hasWebhook: false,
    isMany,
    Settings: z.object({}),
    connect: () => ({ provides, probe: async () => [], close: async () => closed() }),
  }) as unknown as AdapterDefinition;
  const registry = createRegistry([{ definition, settings: {} }], {
    log,
    now: () => new Date(),
    lockouts: () => ({ check: async () => {}, report: async () => {} }),
    observeHttp: () => {},
    observeCall: ({ operation, outcome }) => seen.push({ operation, outcome }),
  });
  return { registry, seen };
}

const signal = new AbortController().signal;
const ticketsThat = (findByKey: Tickets['findByKey']): Tickets =>
  ({ searchLagMs: 7, findByKey, create: findByKey, read: findByKey }) as unknown as Tickets;
const failing = (kind: AdapterErrorKind) => async () => Promise.reject(new AdapterError(kind, kind, { system: 'box' }));

test('hands out what is configured, and says what is not', () => {
  const { registry } = registryOf({ tickets: ticketsThat(async () => undefined) });
  expect([registry.has('tickets'), registry.has('playbooks'), registry.providerOf('tickets'), registry.ids()]).toEqual([
    true,
    false,
    'box',
    ['box'],
  ]);
  expect(registry.use('tickets').searchLagMs).toBe(7);
  expect(() => registry.use('playbooks')).toThrow(AdapterError);
  expect(registry.door('box')).toBeUndefined();
});

test('counts every call by how it went', async () => {
  const outcomes = [undefined, 'rejected', 'unreachable'] as const;
  let turn = 0;
  const { registry, seen } = registryOf({
    tickets: ticketsThat(async () => {
      const kind = outcomes[turn];
      turn += 1;
      return kind === undefined ? undefined : failing(kind)();
    }),
  });
  for (const _ of outcomes)
    await registry
      .use('tickets')
      .findByKey('k', signal)
      .catch(() => undefined);
  expect(seen).toEqual([
    { operation: 'findByKey', outcome: 'ok' },
    { operation: 'findByKey', outcome: 'rejected' },
    { operation: 'findByKey', outcome: 'unreachable' },
  ]);
});

describe('the breaker', () => {
  test('opens after five times unreachable in a row, asks nobody while it is open, and tries again after a while', async () => {
    vi.useFakeTimers();
    let asked = 0;
    let isWell = false;
    const { registry } = registryOf({
      tickets: ticketsThat(async () => ((asked += 1), isWell ? undefined : failing('unreachable')())),
    });
    const ask = () => registry.use('tickets').findByKey('k', signal);
    for (let turn = 0; turn < 5; turn += 1)
      await expect(ask()).rejects.toMatchObject({ kind: 'unreachable', retryAfterMs: undefined });
    expect(registry.breakers()).toEqual({ box: 'open' });
    await expect(ask()).rejects.toMatchObject({ kind: 'unreachable', retryAfterMs: 10_000 });
    expect(asked).toBe(5);
    vi.advanceTimersByTime(10_001);
    isWell = true;
    await expect(ask()).resolves.toBeUndefined();
    expect(registry.breakers()).toEqual({ box: 'closed' });
    vi.useRealTimers();
  });

  test.each(['rejected', 'not-found', 'unauthorized', 'malformed', 'throttled'] as const)(
    'stays closed for %s: the other side answered',
    async (kind) => {
      const { registry } = registryOf({ tickets: ticketsThat(failing(kind) as Tickets['findByKey']) });
      for (let turn = 0; turn < 8; turn += 1)
        await registry
          .use('tickets')
          .findByKey('k', signal)
          .catch(() => undefined);
      expect(registry.breakers()).toEqual({ box: 'closed' });
    },
  );

  test('is none for BMCs: they are many', async () => {
    let asked = 0;
    const hardwareInventory = { read: async () => ((asked += 1), failing('unreachable')()) };
    const { registry } = registryOf({ hardwareInventory }, () => {}, true);
    for (let turn = 0; turn < 8; turn += 1)
      await registry
        .use('hardwareInventory')
        .read({} as never, signal)
        .catch(() => undefined);
    expect(asked).toBe(8);
  });
});

test('a look-up that is no call is answered at once', () => {
  const { registry, seen } = registryOf({
    recordObjects: { urlOf: (type: string, id: string) => `${type}/${id}` } as never,
  });
  expect(registry.use('recordObjects').urlOf('device', '7')).toBe('device/7');
  expect(seen).toEqual([]);
});

test('closes what it connected', async () => {
  const closed = vi.fn<() => void>();
  await registryOf({}, closed).registry.close();
  expect(closed).toHaveBeenCalledOnce();
});

import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  BrokenCircuitError,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { AdapterError } from '../ports/adapter-error.ts';
import type { AdapterDefinition, Capabilities, Capability, Connection } from '../ports/adapter.ts';
import type { Adapters } from '../ports/adapters.ts';
import { createHttp, type HttpObserver } from './http.ts';
import type { Log, Lockouts } from './kit.ts';
import { sharedInProcess } from './shared-in-process.ts';
import type { Shared } from './shared-store.ts';

export interface ConfiguredAdapter {
  definition: AdapterDefinition;
  settings: unknown;
}

export interface RegistryOptions {
  log: Log;
  now(): Date;
  lockouts(adapter: string): Lockouts;
  /** Left out: nothing is shared with other processes. */
  shared?(adapter: string): Shared;
  observeHttp: HttpObserver;
  observeCall(call: {
    adapter: string;
    capability: string;
    operation: string;
    outcome: 'ok' | AdapterError['kind'];
    ms: number;
  }): void;
}

/** Failures in a row after which a system is left alone for `OPEN_MS`. */
const FAILURES = 5;
const OPEN_MS = 10_000;

/** Connects the configured adapters and hands out what they provide, counted, and behind one breaker per system. */
export function createRegistry(configured: readonly ConfiguredAdapter[], options: RegistryOptions): Adapters {
  const connections = new Map<string, Connection>();
  const breakers = new Map<string, CircuitBreakerPolicy>();
  const provided = new Map<Capability, { adapter: string; capability: Capabilities[Capability] }>();
  for (const { definition, settings } of configured) {
    const { id } = definition;
    const connection = definition.connect(settings, {
      system: id,
      log: options.log.child({ adapter: id }),
      now: () => options.now(),
      http: (http) => createHttp(id, http, options.observeHttp),
      lockouts: options.lockouts(id),
      shared: options.shared?.(id) ?? sharedInProcess(),
    });
    connections.set(id, connection);
    const breaker = circuitBreaker(
      handleWhen((error) => error instanceof AdapterError && error.kind === 'unreachable'),
      { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES) },
    );
    breakers.set(id, breaker);
    for (const capability of definition.capabilities) {
      const implementation = connection.provides[capability];
      if (implementation === undefined) continue;
      const guard = definition.isMany ? undefined : breaker;
      provided.set(capability, { adapter: id, capability: watched(id, capability, implementation, guard, options) });
    }
  }

  function find(capability: Capability): { adapter: string; capability: Capabilities[Capability] } {
    const found = provided.get(capability);
    if (found) return found;
    throw new AdapterError(
      'unsupported',
      `no configured adapter provides ${capability}: see the settings in the README`,
      { system: 'reanimator' },
    );
  }

  return {
    has: (capability) => provided.has(capability),
    use: <C extends Capability>(capability: C) => find(capability).capability as Capabilities[C],
    providerOf: (capability) => find(capability).adapter,
    door: (adapter) => connections.get(adapter)?.webhook,
    ids: () => [...connections.keys()],
    async probe(adapter, signal) {
      const connection = connections.get(adapter);
      if (!connection) throw new AdapterError('unsupported', `${adapter} is not configured`, { system: adapter });
      return connection.probe(signal);
    },
    breakers: () => Object.fromEntries([...breakers].map(([id, breaker]) => [id, stateName(breaker.state)])),
    async close() {
      for (const connection of connections.values()) await connection.close?.();
    },
  };
}

/** Every asynchronous method counted and timed, and refused at once while the system's breaker is open. */
function watched<T extends object>(
  adapter: string,
  capability: string,
  implementation: T,
  breaker: CircuitBreakerPolicy | undefined,
  options: RegistryOptions,
): T {
  return new Proxy(implementation, {
    get(target, property, receiver) {
      const value: unknown = Reflect.get(target, property, receiver);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]): unknown => {
        const started = performance.now();
        const count = (outcome: 'ok' | AdapterError['kind']) =>
          options.observeCall({
            adapter,
            capability,
            operation: String(property),
            outcome,
            ms: performance.now() - started,
          });
        const call = (): unknown => Reflect.apply(value, target, given) as unknown;
        if (!isAsync(value)) return call();
        const done = breaker ? breaker.execute(async () => call()) : (call() as Promise<unknown>);
        return done.then(
          (result: unknown) => {
            count('ok');
            return result;
          },
          (error: unknown) => {
            const told = toAdapterError(error, adapter);
            count(told instanceof AdapterError ? told.kind : 'malformed');
            throw told;
          },
        );
      };
    },
  });
}

/** Methods of a capability are asynchronous by contract, but for the few that only look something up. */
const SYNCHRONOUS = new Set(['types', 'urlOf']);
function isAsync(method: { name: string }): boolean {
  return !SYNCHRONOUS.has(method.name);
}

function toAdapterError(error: unknown, adapter: string): unknown {
  if (!(error instanceof BrokenCircuitError)) return error;
  return new AdapterError(
    'unreachable',
    `${adapter} did not answer ${FAILURES} times in a row; it is left alone for ${OPEN_MS / 1000} s`,
    {
      system: adapter,
      retryAfterMs: OPEN_MS,
      cause: error,
    },
  );
}

function stateName(state: CircuitState): string {
  if (state === CircuitState.Closed) return 'closed';
  return state === CircuitState.HalfOpen ? 'half-open' : 'open';
}

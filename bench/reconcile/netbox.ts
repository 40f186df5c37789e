import path from 'node:path';
import { startChild } from '../child.ts';
import type { Asked, Counted } from './netbox-process.ts';

/** NetBox's simulator in a process of its own, so that what it costs is not the hub's. */
export interface NetboxProcess {
  url: string;
  token: string;
  seed(fleet: Extract<Asked, { do: 'seed' }>['fleet']): Promise<void>;
  /** The devices have what the hub would write into them: ids of servers, in the order of the devices, and the other custom fields. */
  agree(hubIds: readonly string[], fields: Record<string, unknown>): Promise<void>;
  count(): Promise<void>;
  tell(): Promise<Counted>;
  change(change: Omit<Extract<Asked, { do: 'change' }>, 'do'>): Promise<void>;
  /** All that were to be sent have been tried. @returns how many were ever taken */
  webhooks(): Promise<number>;
  stop(): Promise<void>;
}

export async function startNetboxProcess(): Promise<NetboxProcess> {
  const file = path.resolve(import.meta.dirname, 'netbox-process.ts');
  // A fleet of 100,000 has more objects than a heap of the default size takes.
  const child = await startChild('the simulator of NetBox', file, [], ['--max-old-space-size=8192']);
  const { url, token } = resultOf(child.ready) as { url: string; token: string };
  const ask = async (asked: Asked): Promise<unknown> => resultOf(await child.ask(asked));
  return {
    url,
    token,
    seed: async (fleet) => void (await ask({ do: 'seed', fleet })),
    agree: async (hubIds, fields) => void (await ask({ do: 'agree', hubIds, fields })),
    count: async () => void (await ask({ do: 'count' })),
    tell: async () => (await ask({ do: 'tell' })) as Counted,
    change: async (change) => void (await ask({ do: 'change', ...change })),
    webhooks: async () => Number(await ask({ do: 'webhooks' })),
    stop: child.stop,
  };
}

const resultOf = (message: unknown): unknown => (message as { result: unknown }).result;

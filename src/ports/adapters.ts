import type { Capabilities, Capability, ProbeCheck, WebhookDoor } from './adapter.ts';

/** The adapters that are configured, by what they provide. */
export interface Adapters {
  has(capability: Capability): boolean;
  /** @throws AdapterError unsupported where no configured adapter provides it, naming the setting that would */
  use<C extends Capability>(capability: C): Capabilities[C];
  /** The id of the adapter that provides it. */
  providerOf(capability: Capability): string;
  door(adapter: string): WebhookDoor | undefined;
  ids(): string[];
  probe(adapter: string, signal: AbortSignal): Promise<ProbeCheck[]>;
  /** 'closed' | 'open' | 'half-open', by adapter. */
  breakers(): Record<string, string>;
  close(): Promise<void>;
}

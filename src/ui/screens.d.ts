// What the tests use of the screens, which are plain JavaScript for the browser (checked by src/ui/tsconfig.json).

declare module '*/screens/csv.js' {
  export function csvCell(value: unknown): string;
  export function toCsv(rows: unknown[][]): string;
}

declare module '*/screens/facts.js' {
  export function fact(kind: string, name: string, value: unknown): { name: string; value: string; isPlain?: boolean };
}

declare module '*/screens/format.js' {
  export function duration(ms: number): string;
  export function age(iso: string, now: number): string;
  export function utc(iso: string): string;
  export function localTime(iso: string, now: number): string;
  export function bytes(count: number, base: 1000 | 1024): string;
  export function words(name: string): string;
}

declare module '*/screens/lifecycle.js' {
  export const LIFECYCLE: readonly string[];
  export function isStuck(asset: { state_due: string | null }, now: number): boolean;
}

declare module '*/screens/part-kinds.js' {
  export const KINDS: string[];
}

declare module '*/screens/soon.js' {
  export function soon(work: () => Promise<void>, everyMs?: number): { ask(): void; stop(): void };
}

declare module '*/screens/sse-parser.js' {
  export interface Message {
    event: string;
    data: string;
    id: string | undefined;
  }
  export function createSseParser(listener: { onMessage(message: Message): void; onComment?(text: string): void }): { push(chunk: string): void };
}

declare module '*/screens/url-state.js' {
  export function readState(search: string, names: readonly string[]): Record<string, string>;
  export function toSearch(state: Record<string, string | undefined>): string;
  export function withFilter(search: string, changes: Record<string, string | undefined>, cursor: string): string;
}

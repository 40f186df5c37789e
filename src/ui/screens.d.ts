// What the tests use of the screens, which are plain JavaScript for the browser (checked by src/ui/tsconfig.json).

declare module '*/screens/control-words.js' {
  export const POWER_BUTTONS: readonly { action: string; text: string; says: string; from: readonly string[] }[];
  export const BOOT_CHOICES: readonly (readonly [string, string])[];
  export function powerButtons(state: string | null): { action: string }[];
  export function bootText(
    boot: { enabled: string | null; target: string | null; mode: string | null } | null,
  ): string | null;
}

declare module '*/screens/csv.js' {
  export function csvCell(value: unknown): string;
  export function toCsv(rows: unknown[][]): string;
}

declare module '*/screens/erasure-words.js' {
  interface Drive {
    slot: string | null;
    serial: string | null;
    model: string | null;
  }
  interface Erasure {
    serial: string;
    state: string;
  }
  export const ERASURE_WORDS: Record<string, { text: string; tone: string }>;
  export const METHOD_CHOICES: readonly (readonly [string, string])[];
  export function isErasing(erasure: { state: string }): boolean;
  export function whyNoCancel(erasure: { sent_at: string | null }): string | undefined;
  export function driveRows(
    drives: Drive[],
    erasures: Erasure[],
  ): { drive: Drive; isThere: boolean; last: Erasure | null; proof: Erasure | null }[];
  export function whyNotThis(typed: string | null, drive: Drive): string | undefined;
  export function typedDrives(
    typed: string | null,
    drives: Drive[],
  ): { drives: { slot: string; serial: string }[] } | { fault: string };
}

declare module '*/screens/facts.js' {
  export function fact(kind: string, name: string, value: unknown): { name: string; value: string; isPlain?: boolean };
}

declare module '*/screens/feed-words.js' {
  interface Feeder {
    level: 'pdu' | 'switch';
    name: string;
    ports: { port: string; outlet: string | null; management: boolean; source: string; seen_at: string }[];
  }
  export const FEEDER_TICKETS: Record<string, string>;
  export function feedRows(
    feeders: readonly Feeder[],
  ): { what: string; name: string; port: string; outlet: string | null; source: string; seenAt: string }[];
  export function unknownFeeds(feeders: readonly Feeder[]): string[];
}

declare module '*/screens/firmware-words.js' {
  export const UPDATE_WORDS: Record<string, { text: string; tone: string }>;
  export const STEP_WORDS: Record<string, { text: string; tone: string }>;
  export const VERDICT_WORDS: Record<string, { text: string; tone: string }>;
  export function isOpen(update: { state: string } | undefined): boolean;
  export function whyNoCancel(update: {
    steps: { name: string; from: string | null; to: string; state: string; sent_at: string | null; withdrawable: boolean }[];
  }): string | undefined;
  export function componentText(row: { name: string; version: string | null; updateable: boolean | null }): string;
  export function policyText(components: { verdict: string }[]): string;
  export function whyNoBaseline(installed: { plan: unknown[]; plan_failure: string | null }): string | undefined;
  export function updateBody(values: Record<string, unknown>): object;
}

declare module '*/screens/format.js' {
  export function duration(ms: number): string;
  export function age(iso: string, now: number): string;
  export function utc(iso: string): string;
  export function localTime(iso: string, now: number): string;
  export function bytes(count: number, base: 1000 | 1024): string;
  export function words(name: string): string;
}

declare module '*/screens/health-words.js' {
  interface Sensor {
    name: string;
    kind: string;
    value: number | null;
    unit: string;
    upper_caution: number | null;
    upper_critical: number | null;
    lower_caution: number | null;
    lower_critical: number | null;
    health: string | null;
  }
  export const SENSOR_KINDS: Record<string, string>;
  export function readingText(sensor: Sensor): string;
  export function limitsText(sensor: Sensor): string;
  export function healthOf(sensor: Sensor): string | null;
  export function worstFirst(sensors: Sensor[]): Sensor[];
  export function countText(sensors: Sensor[], complete: boolean | null): string;
}

declare module '*/screens/lifecycle.js' {
  export const LIFECYCLE: readonly string[];
  export function isStuck(asset: { state_due: string | null }, now: number): boolean;
}

declare module '*/screens/life-layout.js' {
  export interface Span {
    left: number;
    right: number;
  }
  export interface Stay {
    key: string;
    place: string;
    name: string;
    slot: string | null;
    isServer: boolean;
    after: number | null;
    from: number;
    until: number | null;
    to: number | null;
    reason: string | null;
  }
  export interface Mark {
    key: string;
    at: number;
    tone: string;
    text: string;
  }
  export interface Bar {
    stay: Stay;
    solid: Span;
    fadeIn: Span | null;
    fadeOut: Span | null;
    bridge: Span | null;
    isOpen: boolean;
    room: number;
  }
  export function toStay(installation: object): Stay;
  export function layOut(life: { stays: Stay[]; marks: Mark[]; now: number; left: number; width: number }): {
    lanes: { place: string; name: string; isServer: boolean; bars: Bar[] }[];
    groups: { left: number; marks: Mark[]; tone: string }[];
    ticks: { x: number; text: string }[];
    from: number;
    to: number;
  };
}

declare module '*/screens/moment.js' {
  export function toField(iso: string): string;
  export function fromField(text: string): string | undefined;
}

declare module '*/screens/part-kinds.js' {
  export const KINDS: string[];
  export const KIND_TITLES: Record<string, string>;
  export const KIND_NAMES: Record<string, string>;
  export function notLookedAt(scope: readonly string[]): string[];
}

declare module '*/screens/rack-layout.js' {
  export interface Mounted {
    id: string;
    name: string | null;
    serial: string | null;
    position: number;
    height_u: number;
  }
  export function blocksOf(
    rack: { height_u: number; units_from: string },
    assets: Mounted[],
  ): { row: number; rows: number; column: number; columns: number; asset: Mounted }[];
  export function longestGap(
    units: { unit: number; free: boolean }[],
  ): { count: number; from: number; to: number } | undefined;
}

declare module '*/screens/scan-lines.js' {
  export function splitScans(text: string): string[];
  export function addScans(
    known: readonly { label: string }[],
    labels: readonly string[],
  ): { added: string[]; again: string[] };
  export function inPortions<T>(all: readonly T[], size: number): T[][];
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

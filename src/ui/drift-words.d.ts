// As screens.d.ts: what the tests use of the screens about other systems.

declare module '*/screens/drift-words.js' {
  export const KIND_WORDS: Record<string, string>;
  export const DECISION_WORDS: Record<string, readonly [string, string]>;
  export const STATE_TONES: Record<string, string>;
  export const OUTCOME_WORDS: Record<string, readonly [string, string]>;
  export const VERDICT_TITLES: Record<string, string>;
  export function sentenceOf(drift: { object: string; field: string; kind: string }): string;
  export function effectOf(verdict: string, kind: string | null): string;
  export function valueText(value: unknown, names?: Record<string, string>): string;
  export function hasMoved(value: unknown, agreed: unknown): boolean;
  export function endOfDay(day: string | number | null): string | null;
  export function foundBy(run: { summary: object | null }): string;
  export function hasWork(run: { summary: object | null }): boolean;
  export function outcomeText(outcome: { confirmed: number; failed: number; stale: number }): string;
  export function progressText(progress: object | null): string;
}

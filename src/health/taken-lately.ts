/** Some minutes of a large fleet; sixty bytes each. */
const MOST_PER_GENERATION = 150_000;

export interface TakenLately {
  has(hash: string): boolean;
  /** Only what is committed. */
  add(hashes: Iterable<string>): void;
}

/**
 * Hashes of symptoms that are known to be in the database. Reporters send their whole buffers again: what they repeat is told from memory.
 * What is not in it the database still knows. The oldest half is forgotten at a time.
 */
export function rememberTaken(most: number = MOST_PER_GENERATION): TakenLately {
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    has: (hash) => young.has(hash) || old.has(hash),
    add(hashes) {
      for (const hash of hashes) {
        if (young.size >= most) [old, young] = [young, new Set()];
        young.add(hash);
      }
    },
  };
}

/** Numbers and choices that follow from the seed. */
export interface Draw {
  upTo(limit: number): number;
  chance(share: number): boolean;
  pick<T>(list: readonly T[]): T | undefined;
}

export function drawing(random: () => number): Draw {
  return {
    upTo: (limit) => Math.floor(random() * limit),
    chance: (share) => random() < share,
    pick: (list) => list[Math.floor(random() * list.length)],
  };
}

/** A proof attacks a running hub by a schedule that follows from a seed. It throws on the first broken invariant. */
export interface Proof {
  says: string;
  run(options: { seed: number; say(line: string): void }): Promise<void>;
}

/** A proof attacks a running hub by a schedule that follows from a seed. It throws on the first broken invariant. */
export interface Proof {
  says: string;
  run(options: RunOptions): Promise<void>;
}

/** One whose runs are many and short, and share what takes long to start. */
export interface SharedProof {
  says: string;
  open(options: { kill: boolean }): Promise<{ run(options: RunOptions): Promise<void>; close(): Promise<void> }>;
}

export interface RunOptions {
  seed: number;
  say(line: string): void;
}

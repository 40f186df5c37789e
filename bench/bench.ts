/** What a bench found against what was wanted. */
export interface Goal {
  name: string;
  value: number;
  unit: string;
  relation: '>=' | '<=';
  target: number;
}

/** A bench measures beside a baseline in the same run, because these figures mean nothing alone on a shared machine. */
export interface Bench {
  says: string;
  run(say: (line: string) => void): Promise<Goal[]>;
}

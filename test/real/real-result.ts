export interface RealResult {
  passed: number;
  failed: number;
  skipped: { name: string; reason: string }[];
}

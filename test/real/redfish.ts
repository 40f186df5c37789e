import type { RealResult } from './real-result.ts';
import { controlChecks, type Check } from './redfish/control.ts';
import { prepareSushy } from './redfish/sushy.ts';
import { validate } from './redfish/validators.ts';

/** Each gives its checks in their order, and what ends what it started. */
const PARTS: { name: string; open(venv: string): Promise<{ checks: Check[]; stop(): Promise<void> }> }[] = [
  { name: 'control', open: controlChecks },
];

export interface RunRedfish {
  log(line: string): void;
  root: string;
}

/** Our adapter on BMCs that nobody here wrote. */
export async function runRedfish({ log, root }: RunRedfish): Promise<RealResult> {
  const result = await validate({ log, root });
  const prepared = await prepareSushy(root, log);
  if ('reason' in prepared) {
    result.skipped.push({ name: 'redfish', reason: prepared.reason });
    return result;
  }
  for (const part of PARTS) {
    const { checks, stop } = await part.open(prepared.folder);
    try {
      for (const { name, act } of checks) {
        const started = Date.now();
        try {
          await act();
          result.passed += 1;
          log(`passed  ${part.name}: ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
        } catch (error) {
          result.failed += 1;
          log(
            `FAILED  ${part.name}: ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
          );
        }
      }
    } finally {
      await stop();
    }
  }
  return result;
}

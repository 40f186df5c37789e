import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Held {
  /** Ends the transaction. */
  release(): Promise<void>;
}

/** Runs a statement in a transaction that stays open, with the locks that it took. @throws Error */
export async function holdRow(psql: readonly string[], statement: string): Promise<Held> {
  const [program = '', ...args] = psql;
  const child = spawn(program, [...args, '-qAtX', '-v', 'ON_ERROR_STOP=1'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  child.stdin.write(`begin;\n${statement};\n\\echo held\n`);
  let said = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    said += String(chunk);
    if (said.includes('held')) break;
  }
  if (!said.includes('held')) throw new Error(`nothing is held: ${said}`);
  return {
    async release() {
      child.stdin.end('commit;\n');
      await ended;
    },
  };
}

import { Command } from 'commander';
import { vi } from 'vitest';
import { addDriftCommands } from '#src/drift-commands.ts';
import type { ReconcilingHub } from '#src/reconcile-commands.ts';

export interface Printed {
  /** To standard output. */
  out: string;
  /** Beside it, to standard error. */
  told: string;
  json: Record<string, unknown>[];
  code: number;
}

/** `reanimator reconcile …` and `reanimator drift …` in this process. @throws HubError as the command does */
export async function runDriftCommand(hub: ReconcilingHub, ...args: string[]): Promise<Printed> {
  const [out, told]: [string[], string[]] = [[], []];
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((chunk, ...more) => {
      out.push(String(chunk));
      for (const one of more as unknown[]) if (typeof one === 'function') one();
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => told.push(String(chunk)) > 0),
  ];
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    const program = new Command().exitOverride();
    addDriftCommands(program, (act) => act(hub));
    await program.parseAsync(['node', 'reanimator', ...args]);
    const text = out.join('');
    const code = Number(process.exitCode ?? 0);
    return { out: text, told: told.join(''), json: text.startsWith('[') ? JSON.parse(text) : [], code };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = before;
  }
}

import { spawn } from 'node:child_process';

export interface RunCommand {
  env?: Record<string, string>;
  /** Written to its standard input. */
  input?: Buffer;
  runAs?: { uid: number; gid: number } | undefined;
  timeoutMs?: number;
}

export interface Ran {
  code: number;
  /** Standard output and standard error together. */
  output: string;
  /** Its last lines, for a message. */
  tail: string;
}

/** Never throws: a program that does not start has the code 127, one that takes too long 124. */
export function runCommand(command: readonly string[], options: RunCommand = {}): Promise<Ran> {
  const [program = '', ...args] = command;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const done = (code: number): void => {
      clearTimeout(timer);
      const output = Buffer.concat(chunks).toString('utf8');
      resolve({ code, output, tail: output.trimEnd().split('\n').slice(-8).join('\n') });
    };
    const child = spawn(program, args, {
      cwd: '/',
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      ...options.runAs,
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      done(124);
    }, options.timeoutMs ?? 120_000);
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stdin.on('error', () => {}); // it ended without reading
    child.on('error', () => done(127));
    child.on('close', (code) => done(code ?? 1));
    child.stdin.end(options.input);
  });
}

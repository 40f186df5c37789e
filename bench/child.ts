import { type ChildProcess, fork } from 'node:child_process';

/** A process that tells one message when it is ready, and one for each that it is sent. */
export interface Child {
  pid: number;
  /** What it told when it was ready. */
  ready: unknown;
  /** One question at a time: answers come without a number. */
  ask(question: object | string): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startChild(
  name: string,
  file: string,
  args: string[] = [],
  flags: string[] = [],
): Promise<Child> {
  const child = fork(file, args, { execArgv: ['--disable-warning=ExperimentalWarning', ...flags] });
  const ready = await hear(name, child);
  let last: Promise<unknown> = Promise.resolve();
  return {
    pid: child.pid ?? 0,
    ready,
    ask(question) {
      const answer = last.then(() => {
        const heard = hear(name, child);
        child.send(question);
        return heard;
      });
      last = answer.catch(() => undefined);
      return answer;
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await ended;
    },
  };
}

function hear(name: string, child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`${name} ended (${code})`));
    child.once('exit', ended);
    child.once('message', (message) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}

export type Chunks = AsyncIterable<Buffer>;

/** The first bytes, and all of them again. The rest is read only when it is asked for. */
export async function peek(chunks: Chunks, bytes: number): Promise<{ head: Buffer; all: Chunks }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const taken: Buffer[] = [];
  let length = 0;
  while (length < bytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    taken.push(next.value);
    length += next.value.length;
  }
  const start = Buffer.concat(taken);
  return { head: start.subarray(0, bytes), all: again(start, iterator) };
}

async function* again(start: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  try {
    if (start.length > 0) yield start;
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await rest.return?.();
  }
}

/** All of it, or null where it is longer than the limit; read to the end either way, so that damage is found and everything counted. */
export async function gather(chunks: Chunks, limit: number): Promise<Buffer | null> {
  let taken: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length <= limit) taken.push(chunk);
    else taken = [];
  }
  if (length > limit) return null;
  return taken.length === 1 && taken[0] !== undefined ? taken[0] : Buffer.concat(taken, length);
}

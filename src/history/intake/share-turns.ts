import type { Ctx } from '../../core/ctx.ts';

/** Those that come while others are under way go together: a transaction costs the same for one as for many. */
const MOST_TOGETHER = 40;
const MOST_TURNS = 3;

interface Waiting<I, R> {
  ctx: Ctx;
  item: I;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/** What fails together is tried again one by one, so that one bad item does not fail the others. */
export function createTurns<I, R>(act: (ctx: Ctx, items: I[]) => Promise<R[]>): (ctx: Ctx, item: I) => Promise<R> {
  const waiting: Waiting<I, R>[] = [];
  let turns = 0;

  async function next(): Promise<void> {
    const [first] = waiting;
    if (first === undefined || turns >= MOST_TURNS) return;
    // An event tells one actor: only what one caller sent goes together.
    const mine = waiting.filter(({ ctx }) => ctx.actor === first.ctx.actor).slice(0, MOST_TOGETHER);
    for (const one of mine) waiting.splice(waiting.indexOf(one), 1);
    turns += 1;
    try {
      await settle(mine);
    } finally {
      turns -= 1;
      void next();
    }
  }

  async function settle(mine: readonly Waiting<I, R>[]): Promise<void> {
    const [first] = mine;
    if (first === undefined) return;
    try {
      const results = await act(
        first.ctx,
        mine.map(({ item }) => item),
      );
      for (const [at, one] of mine.entries()) one.resolve(results[at] as R);
    } catch (error) {
      if (mine.length === 1) return first.reject(error);
      for (const one of mine) await settle([one]);
    }
  }

  return (ctx, item) =>
    new Promise<R>((resolve, reject) => {
      waiting.push({ ctx, item, resolve, reject });
      void next();
    });
}

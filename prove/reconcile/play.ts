import type { Draw } from './draw.ts';
import type { CaseStage } from './stage.ts';
import type { Server, World } from './world.ts';

/** One case while it is played. */
export interface Play {
  stage: CaseStage;
  world: World;
  draw: Draw;
  /** Those that most happens to in this phase, so that both sides change one at once. */
  hot: Set<Server>;
  /** Uploads tell of moments that follow each other. */
  moment: () => string;
  say(line: string): void;
}

/** Does something, in words; undefined: nothing could be done just now. */
export type Step = (play: Play) => Promise<string | undefined>;

/** One of these, rather one of the hot ones. */
export function pickServer<T extends Server>({ draw, hot }: Play, servers: readonly T[]): T | undefined {
  const some = draw.chance(0.7) ? servers.filter((one) => hot.has(one)) : [];
  const one = draw.pick(some.length > 0 ? some : servers);
  if (one) one.dirty = true;
  return one;
}

import { HubError } from './error.ts';

/** One way from one of several states to another. */
export interface Move<S extends string> {
  from: readonly S[];
  to: S;
  /** Who may make it by hand; the hub itself may make every move. */
  by: 'operator' | 'hub';
  title: string;
}

export interface Machine<S extends string, M extends string> {
  name: string;
  states: readonly S[];
  initial: readonly S[];
  moves: Record<M, Move<S>>;
  /** Hours after which something still in this state is stuck; absent: it may stay. */
  timeLimitHours: Partial<Record<S, number>>;
}

/** @throws Error at start-up where a state cannot be reached, or a move names a state that is not there */
export function defineMachine<S extends string, M extends string>(machine: Machine<S, M>): Machine<S, M> {
  const reached = new Set<S>(machine.initial);
  for (let grown = true; grown;) {
    grown = false;
    for (const move of Object.values<Move<S>>(machine.moves)) {
      for (const state of [...move.from, move.to]) {
        if (!machine.states.includes(state))
          throw new Error(`${machine.name}: move "${move.title}" names the unknown state ${state}`);
      }
      if (!reached.has(move.to) && move.from.some((state) => reached.has(state))) {
        reached.add(move.to);
        grown = true;
      }
    }
  }
  const unreachable = machine.states.filter((state) => !reached.has(state));
  if (unreachable.length > 0) throw new Error(`${machine.name}: no move leads to ${unreachable.join(', ')}`);
  return machine;
}

/** Why this move is not possible in this state, in a sentence; undefined when it is. */
export function whyNot<S extends string, M extends string>(
  machine: Machine<S, M>,
  move: M,
  state: S,
): string | undefined {
  const { from, to } = machine.moves[move];
  if (from.includes(state)) return undefined;
  if (state === to) return `it is ${state} already`;
  return `"${move}" starts from ${from.join(', ')}; it is ${state}`;
}

/** The moves that are possible in this state. */
export function movesFrom<S extends string, M extends string>(machine: Machine<S, M>, state: S): M[] {
  return (Object.keys(machine.moves) as M[]).filter((move) => machine.moves[move].from.includes(state));
}

/** @throws HubError conflict, saying what would be legal */
export function assertMove<S extends string, M extends string>(machine: Machine<S, M>, move: M, state: S): S {
  const reason = whyNot(machine, move, state);
  if (reason === undefined) return machine.moves[move].to;
  const legal = movesFrom(machine, state);
  const open = legal.length === 0 ? 'No move leads on from there.' : `Possible now: ${legal.join(', ')}.`;
  throw new HubError('conflict', `${machine.name}: ${reason}. ${open}`, { extra: { state, move, legal } });
}

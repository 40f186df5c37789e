import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';
import type { Access } from './access.ts';
import type { Operation, World } from './tell.ts';

export interface ApiCall {
  world: World;
  request: SimulatedRequest;
  /** With the query, as the client wrote it. */
  url: URL;
  operation: Operation;
  access: Access;
  /** Told of parameters that were no filter. */
  ignored(names: readonly string[]): void;
}

export function notAllowed(request: SimulatedRequest): SimulatedAnswer {
  return { status: 405, body: { detail: `Method "${request.method}" not allowed.` } };
}

export function notJson({ body }: SimulatedRequest): SimulatedAnswer | undefined {
  if (body.length === 0) return undefined;
  return { status: 400, body: { detail: 'JSON parse error - Expecting value: line 1 column 1 (char 0)' } };
}

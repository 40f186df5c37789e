import { createHash } from 'node:crypto';
import type { Bmc } from '../client.ts';

const PIECE = 3_000;
const MAX_PIECES = 12;

// What is learnt is kept in short pieces, each of which may come from another process: only pieces of one writing belong together.
export function savePieces(bmc: Bmc, name: string, value: unknown): void {
  const text = JSON.stringify(value);
  const stamp = createHash('sha256').update(text).digest('hex').slice(0, 8);
  const pieces = Math.ceil(text.length / PIECE);
  if (pieces > MAX_PIECES) return;
  for (let at = 0; at < pieces; at += 1)
    bmc.learn(`${name}.${at}`, `${stamp}/${pieces}:${text.slice(at * PIECE, (at + 1) * PIECE)}`);
}

export function loadPieces(bmc: Bmc, name: string): unknown {
  const first = bmc.learnt(`${name}.0`) ?? '';
  const head = /^[0-9a-f]{8}\/(\d+):/.exec(first)?.[0];
  if (head === undefined) return null;
  const pieces = Number(head.slice(9, -1));
  let text = '';
  for (let at = 0; at < pieces; at += 1) {
    const piece = bmc.learnt(`${name}.${at}`);
    if (piece?.startsWith(head) !== true) return null;
    text += piece.slice(head.length);
  }
  try {
    return JSON.parse(text);
  } catch {
    return null; // cut off on the way: as if it had not been kept
  }
}

import { HubError } from '../core/error.ts';
import type { Answers } from '../core/route.ts';
import { keepAnswer, takeIdempotencyKey } from './store.ts';

/** Answers to POSTs with an Idempotency-Key, kept in the command's own transaction: both are there, or neither. */
export const keptAnswers: Answers = {
  async find(ctx, key) {
    const kept = await takeIdempotencyKey(ctx.db, {
      actor: key.actor,
      key: key.key,
      requestHash: Buffer.from(key.requestHash, 'hex'),
      now: ctx.now(),
    });
    if (!kept) return undefined;
    if (kept.requestHash.toString('hex') !== key.requestHash) {
      throw new HubError('conflict', 'This Idempotency-Key was used for another request: take a new one', {
        fields: [{ field: 'header Idempotency-Key', message: 'used for another request' }],
      });
    }
    return { status: kept.status ?? 500, headers: kept.headers ?? {}, body: kept.body ?? undefined };
  },
  async keep(ctx, key, answer) {
    await keepAnswer(ctx.db, key, { status: answer.status, headers: answer.headers ?? {}, body: answer.body });
  },
};

import { handle } from '../job-ctx.ts';
import { checkRepairJob } from '../catalogue-tickets.ts';
import { checkRepairs } from '../check-repair.ts';

/** A server was looked into: were the parts replaced that its tickets want replaced? */
export const checkRepairTask = handle(checkRepairJob, async (ctx, { assetId }) => ({
  looked: await checkRepairs(ctx, assetId),
}));

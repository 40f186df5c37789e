import { z } from 'zod';
import { HubError } from '../core/error.ts';
import { Cursor, fromTimeCursor, Limit, pageOf, toPage } from '../core/page.ts';
import { get, post, type Route } from '../core/route.ts';
import { IdParams } from '../core/schemas.ts';
import { Job, JobState } from './job.ts';
import { findJob, listJobs } from './reads.ts';
import { hurryJob, reviveJob } from './store.ts';

const tag = 'Jobs';

export const jobRoutes: Route[] = [
  get(
    {
      id: 'listJobs',
      path: '/v1/jobs',
      summary: 'List jobs, newest first; `state=dead` are the dead letters, each with its reason',
      tag,
      scope: 'jobs:read',
      query: z.object({
        state: JobState.optional(),
        name: z.string().max(80).optional(),
        cause: z.string().max(64).optional().meta({ description: 'Id of the event or request that it follows from' }),
        subject: z
          .string()
          .max(64)
          .optional()
          .meta({ description: 'Id of the server, ticket or BMC that it is about' }),
        cursor: Cursor,
        limit: Limit,
      }),
      answers: { 200: { says: 'A page of jobs', schema: pageOf(Job).meta({ id: 'JobPage' }) } },
    },
    async (ctx, { query }) => {
      const { cursor, limit, ...filter } = query;
      const before = fromTimeCursor(cursor);
      const page = toPage(await listJobs(ctx, { ...filter, before, limit: limit + 1 }), limit, (last) => [
        last.created_at,
        last.id,
      ]);
      return { status: 200, body: { items: page.rows, next: page.next } };
    },
  ),
  get(
    {
      id: 'getJob',
      path: '/v1/jobs/{id}',
      summary: 'One job',
      tag,
      scope: 'jobs:read',
      params: IdParams,
      answers: { 200: { says: 'The job', schema: Job } },
    },
    async (ctx, { params }) => {
      const job = await findJob(ctx, params.id);
      if (!job) throw new HubError('not-found', `There is no job ${params.id}`);
      return { status: 200, body: job };
    },
  ),
  post(
    {
      id: 'replayJob',
      path: '/v1/jobs/{id}/replay',
      summary: 'Let a dead job run again, or a waiting one now',
      tag,
      scope: 'jobs:write',
      params: IdParams,
      answers: { 202: { says: 'It waits to run', schema: z.object({ id: z.string(), state: JobState }) } },
    },
    async (tx, { params }) => {
      const job = await findJob(tx, params.id);
      if (!job) throw new HubError('not-found', `There is no job ${params.id}`);
      if (!(await hurryJob(tx.db, params.id, tx.now())) && !(await reviveJob(tx.db, params.id, tx.now()))) {
        throw new HubError(
          'conflict',
          job.state === 'dead'
            ? 'An equal job waits already'
            : `Only a dead or waiting job is replayed; it is ${job.state}`,
        );
      }
      tx.afterCommit(() => tx.wake('jobs'));
      return { status: 202, body: { id: params.id, state: 'waiting' as const } };
    },
  ),
];

import { describe, expect, test } from 'vitest';
import { checkWiring, handlers, jobTypes, reactions } from '#jobs/index.ts';
import { eventCatalogue } from '#src/compose.ts';

const eventTypes = new Set(eventCatalogue().keys());
const wired = { jobTypes, handlers, reactions, eventTypes };

test('every job has a handler, every reaction a job and events', () => {
  expect(() => checkWiring(wired)).not.toThrow();
  expect(handlers.length).toBeGreaterThan(0);
});

const [reaction] = reactions;
if (!reaction) throw new Error('there are no reactions');

test.each([
  ['a job without a handler', { ...wired, handlers: handlers.slice(1) }, `job ${handlers[0]?.job.name} has no handler`],
  [
    'a handler without a job',
    { ...wired, jobTypes: jobTypes.slice(1) },
    `handler ${jobTypes[0]?.name} has no job in the catalogue`,
  ],
  [
    'a handler twice',
    { ...wired, handlers: [...handlers, ...handlers.slice(0, 1)] },
    `${handlers[0]?.job.name} is there twice`,
  ],
  ['a reaction twice', { ...wired, reactions: [...reactions, reaction] }, `${reaction.name} is there twice`],
  [
    'a reaction to nothing that happens',
    { ...wired, reactions: [{ ...reaction, on: ['asset.vanished'] }] },
    'waits for the unknown event asset.vanished',
  ],
  [
    'a reaction with a job that nobody knows',
    { ...wired, reactions: [{ ...reaction, job: { ...reaction.job, name: 'nothing' } }] },
    'wants the unknown job nothing',
  ],
])('the start-up check finds %s', (_what, broken, says) => {
  expect(() => checkWiring(broken)).toThrow(says);
});

describe('events', () => {
  test.each([...eventCatalogue().values()].map((event) => [event.type, event] as const))(
    '%s is in the past tense, versioned, and has a topic',
    (type, event) => {
      expect(type).toMatch(/^[a-z]+(-[a-z]+)*\.[a-z_]+(ed|en|sent|found|lost|hardened|sighted)$/);
      expect(event.version).toBeGreaterThanOrEqual(1);
      expect(event.topic).toMatch(/^[a-z_-]+\.[a-z_]+$/);
    },
  );
});

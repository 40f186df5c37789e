import { describe, expect, test } from 'vitest';
import { NOTHING_YET, type Run } from './drift/run-store.ts';
import { concludeRun, sayRun, summaryRows } from './follow-run.ts';

const RUN: Run = {
  ...{ id: 'run-1', system: 'netbox', kind: 'full', state: 'planned', applies: false, reason: 'asked for' },
  ...{ requestedBy: 'cli', requestedAt: '2026-11-21T10:00:00.000Z', startedAt: null, plannedAt: null },
  ...{ finishedAt: null, mappingHash: null, planHash: 'ab', progress: null, brakes: [], approvedBy: null },
  ...{ approvedAt: null, error: null },
  summary: { objects: { device: { ...NOTHING_YET, scanned: 9, updated: 2, reviews: 1 }, rack: NOTHING_YET } },
};
const APPROVED = { state: 'done', approvedAt: '2026-11-21T10:01:00.000Z' } as const;

describe('at its end it is said', () => {
  test('of a plan: what it would do, and how it is carried out', () => {
    expect(concludeRun(RUN, undefined)).toEqual([
      'nothing is written yet: 2 to change',
      'look at it: reanimator reconcile plan run-1',
      'carry it out: reanimator reconcile approve run-1 --hash ab',
      '1 to decide: reanimator drift list --groups',
    ]);
  });

  test('of one that brakes stopped: which, and that they have to be accepted', () => {
    const brake = {
      object: 'device',
      kind: 'change',
      field: null,
      count: 2,
      limit: 1,
      of: 2,
      reason: 'too many',
    } as const;
    const lines = concludeRun({ ...RUN, brakes: [brake] }, undefined);
    expect(lines).toContain('brake: too many');
    expect(lines).toContain('carry it out: reanimator reconcile approve run-1 --hash ab --accept-brakes');
  });

  test('of one in which everything waits for a person: nothing about carrying it out', () => {
    const summary = { objects: { device: { ...NOTHING_YET, scanned: 9, conflicts: 2, refused: 1 } } };
    expect(concludeRun({ ...RUN, summary }, undefined)).toEqual([
      'there is nothing that the hub does by itself',
      '2 to decide, 1 that cannot be done: reanimator drift list --groups',
    ]);
  });

  test('of one that was carried out: what came of it', () => {
    const summary = { objects: { device: { ...NOTHING_YET, updated: 2 } } };
    expect(concludeRun({ ...RUN, ...APPROVED, summary }, { confirmed: 4, failed: 0, stale: 0 })).toEqual([
      '4 values and objects brought into step',
    ]);
    expect(concludeRun({ ...RUN, ...APPROVED, summary }, { confirmed: 3, failed: 1, stale: 2 })).toEqual([
      '3 values and objects brought into step, 1 failed, 2 moved on and are looked at again',
      'why: reanimator reconcile plan run-1 --state failed',
    ]);
  });

  test('of one that came to nothing: what to do now', () => {
    expect(concludeRun({ ...RUN, state: 'refused' }, undefined)).toEqual([
      'ask for a new plan: reanimator reconcile run netbox',
    ]);
    expect(concludeRun({ ...RUN, state: 'failed' }, undefined)).toEqual([
      'ask for another one: reanimator reconcile run netbox',
    ]);
    expect(concludeRun({ ...RUN, state: 'done' }, undefined)).toEqual(['both sides agree: there is nothing to do']);
  });
});

test('the table leaves out types of which there is nothing', () => {
  expect(summaryRows(RUN)).toEqual([expect.objectContaining({ object: 'device', scanned: 9, updated: 2 })]);
});

test('how far it is', () => {
  const progress = { step: 'writing', object: 'device', done: 3, of: null } as const;
  expect(sayRun({ ...RUN, state: 'applying', progress })).toBe('applying: writing device 3');
});

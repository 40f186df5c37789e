import { describe, expect, test } from 'vitest';
import type { UpdateProgress } from '../ports/bmc-firmware.ts';
import { judgeHop, type Verdict } from './judge-hop.ts';
import { isVersion } from './model.ts';

const patience = { deadlineMs: 60_000, quietMs: 10_000 };
const START = Date.parse('2026-11-21T10:00:00.000Z');

function judge(seen: {
  state: UpdateProgress['state'] | null;
  needs?: UpdateProgress['needs'];
  version?: string | null | undefined;
  seconds?: number;
  quietFor?: number;
  resetFor?: number;
  mayReset?: boolean;
  startAnnounced?: boolean;
}): Verdict {
  const { state, needs = null, seconds = 5, quietFor, resetFor, mayReset = true } = seen;
  const now = START + seconds * 1_000;
  const ago = (s: number | undefined): string | null =>
    s === undefined ? null : new Date(now - s * 1_000).toISOString();
  return judgeHop({
    hop: {
      ...{ from: '1.0', to: '2.0', announcedAt: new Date(START).toISOString() },
      handle: seen.startAnnounced
        ? { method: 'multipart', task: '/1', job: null, startedAt: '', startAnnouncedAt: ago(1) ?? '' }
        : null,
      ...{ resetAnnouncedAt: ago(resetFor), quietSince: ago(quietFor) },
    },
    progress: state === null ? null : { state, percent: null, said: 'what it says', needs },
    version: 'version' in seen ? seen.version : '1.0',
    mayReset,
    now: new Date(now),
    patience,
  });
}

describe('the version decides', () => {
  test('it is there, and the task has ended, failed or is gone: done', () => {
    for (const state of ['done', 'failed', 'unknown'] as const)
      expect(judge({ state, version: '2.0' })).toEqual({ do: 'finish' });
  });

  test('it shows while the task still runs: the image may still be written; a stuck task ends with the time', () => {
    expect(judge({ state: 'running', version: '2.0' })).toMatchObject({ do: 'wait' });
    expect(judge({ state: 'running', version: '2.0', seconds: 61 })).toEqual({ do: 'finish' });
  });

  test('it shows while the task waits for a start of the server, and writes nothing: done (iLO 7 leaves it so for ever)', () => {
    expect(judge({ state: 'waiting', needs: 'host-reset', version: '2.0', resetFor: 3 })).toEqual({ do: 'finish' });
    expect(judge({ state: 'running', needs: 'host-reset', version: '2.0' })).toMatchObject({ do: 'wait' });
  });

  test('a task that says it went well is not believed for ever', () => {
    expect(judge({ state: 'done' })).toMatchObject({ do: 'wait', quietSince: '2026-11-21T10:00:05.000Z' });
    expect(judge({ state: 'done', quietFor: 9 })).toMatchObject({ do: 'wait' });
    expect(judge({ state: 'done', quietFor: 11 })).toEqual({
      do: 'fail',
      why: 'the BMC says that it went well (what it says), but it shows 1.0, not 2.0',
    });
  });

  test('a task that is gone is waited for as long, and so is a BMC that does not answer, up to the end of time', () => {
    expect(judge({ state: 'unknown' })).toMatchObject({ do: 'wait' });
    expect(judge({ state: 'unknown', quietFor: 11 })).toMatchObject({ do: 'fail' });
    expect(judge({ state: null, version: undefined, quietFor: 11 })).toMatchObject({ do: 'wait', quietSince: null });
    expect(judge({ state: null, version: undefined, seconds: 61 })).toMatchObject({
      do: 'fail',
      why: expect.stringMatching(/within 1 minutes: its version cannot be read, not 2.0; the BMC does not answer/),
    });
  });

  test('failed is failed', () => {
    expect(judge({ state: 'failed' })).toEqual({ do: 'fail', why: 'what it says' });
  });
});

test('an image that is only staged is started, whether resets are allowed or not, and not once the time is over', () => {
  expect(judge({ state: 'waiting', needs: 'start', mayReset: false })).toEqual({ do: 'start' });
  expect(judge({ state: 'waiting', needs: 'start', seconds: 61 })).toMatchObject({ do: 'fail' });
  expect(judge({ state: 'waiting', needs: 'start', version: '2.0' })).toEqual({ do: 'finish' });
  const announced = { version: '2.0', startAnnounced: true };
  expect(judge({ state: 'waiting', needs: 'start', ...announced })).toEqual({ do: 'start' });
});

describe('an image that waits for a reset', () => {
  test('is reset for, where that is allowed; once, unless nothing came of it for long', () => {
    expect(judge({ state: 'waiting', needs: 'host-reset' })).toEqual({ do: 'reset', what: 'host-reset' });
    expect(judge({ state: 'waiting', needs: 'host-reset', resetFor: 3 })).toMatchObject({ do: 'wait' });
    expect(judge({ state: 'waiting', needs: 'host-reset', resetFor: 11 })).toMatchObject({ do: 'reset' });
  });

  test('waits for a person where it is not, and says so in the end', () => {
    expect(judge({ state: 'waiting', needs: 'bmc-reset', mayReset: false })).toMatchObject({ do: 'wait' });
    expect(judge({ state: 'waiting', needs: 'bmc-reset', mayReset: false, seconds: 61 })).toMatchObject({
      do: 'fail',
      why: expect.stringMatching(/waits for a reset of the BMC, which was not allowed/),
    });
  });
});

test.each([
  ['2.72 Sep 04 2022', '2.72', true],
  ['A42 v2.60 (08/11/2022)', '2.60', true],
  ['BIOS Date: 08/04/2023 Ver 1.4', '1.4', true],
  ['V1.4', '1.4', true],
  ['1.4.1', '1.4', false],
  ['11.4', '1.4', false],
  [null, '1.4', false],
])('%s is %s: %s', (shown, meant, is) => {
  expect(isVersion(shown, meant)).toBe(is);
});

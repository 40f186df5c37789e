import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Silences, SilenceWanted } from '#src/ports/silences.ts';

export interface SilencesUnderTest {
  silences: Silences;
  /** All that hold or will, of everybody. */
  holding(): Promise<{ id: string; comment: string; endsAt: string; matchers: { name: string; value: string }[] }[]>;
  stop(): Promise<void>;
}

/** What every Alertmanager must do, the simulated and the real one. */
export function describeSilences(name: string, start: () => Promise<SilencesUnderTest>): void {
  describe(`silences: ${name}`, () => {
    let on: SilencesUnderTest;
    beforeAll(async () => void (on = await start()));
    afterAll(() => on.stop());
    const signal = AbortSignal.timeout(60_000);
    const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
    const wanted = (more: Partial<SilenceWanted> = {}): SilenceWanted => ({
      matchers: [{ label: 'serial', values: ['ABC1234'] }],
      startsAt: inMinutes(-1),
      endsAt: inMinutes(30),
      reason: 'maintenance HW-12',
      ...more,
    });
    const of = async (key: string) => (await on.holding()).filter(({ comment }) => comment.includes(key));

    test('is made once, however often it is wanted', async () => {
      const key = `window-${randomUUID()}`;
      const want = wanted();
      const first = await on.silences.ensure(key, want, signal);
      const again = await on.silences.ensure(key, want, signal);
      expect(again).toEqual(first);
      expect(await of(key)).toMatchObject([
        { id: first.id, matchers: [{ name: 'serial', value: 'ABC1234' }], comment: expect.stringContaining('HW-12') },
      ]);
    });

    test('of several values fits each of them, and nothing that only looks like one', async () => {
      const key = `window-${randomUUID()}`;
      const matchers = [{ label: 'instance', values: ['10.0.0.7', 'srv+1'] }];
      await on.silences.ensure(key, wanted({ matchers }), signal);
      const [silence] = await of(key);
      const pattern = new RegExp(`^(?:${silence?.matchers[0]?.value})$`);
      expect(['10.0.0.7', 'srv+1', '10x0x0x7', 'srvv1'].map((one) => pattern.test(one))).toEqual([
        true,
        true,
        false,
        false,
      ]);
    });

    test('is changed where something else is wanted, and stays one', async () => {
      const key = `window-${randomUUID()}`;
      await on.silences.ensure(key, wanted(), signal);
      const endsAt = inMinutes(90);
      await on.silences.ensure(key, wanted({ endsAt }), signal);
      const [longer, ...others] = await of(key);
      expect(others).toEqual([]);
      expect(Math.abs(Date.parse(longer?.endsAt ?? '') - Date.parse(endsAt))).toBeLessThan(1000);
      await on.silences.ensure(key, wanted({ endsAt, matchers: [{ label: 'serial', values: ['OTHER'] }] }), signal);
      expect(await of(key)).toMatchObject([{ matchers: [{ value: 'OTHER' }] }]);
    });

    test('that is to come may be made, and moved', async () => {
      const key = `window-${randomUUID()}`;
      await on.silences.ensure(key, wanted({ startsAt: inMinutes(10) }), signal);
      await on.silences.ensure(key, wanted({ startsAt: inMinutes(20), endsAt: inMinutes(40) }), signal);
      expect(await of(key)).toHaveLength(1);
    });

    test('that is over is not made; one that holds ends then', async () => {
      const key = `window-${randomUUID()}`;
      const over = wanted({ startsAt: inMinutes(-20), endsAt: inMinutes(-10) });
      expect(await on.silences.ensure(key, over, signal)).toEqual({ id: null });
      await on.silences.ensure(key, wanted(), signal);
      expect(await on.silences.ensure(key, over, signal)).toEqual({ id: null });
      expect(await of(key)).toEqual([]);
    });

    test('ends when told, once; none there is fine; others are left alone', async () => {
      const [key, other] = [`window-${randomUUID()}`, `window-${randomUUID()}`];
      await on.silences.ensure(key, wanted(), signal);
      await on.silences.ensure(other, wanted(), signal);
      expect(await on.silences.end(key, signal)).toEqual({ ended: 1 });
      expect(await on.silences.end(key, signal)).toEqual({ ended: 0 });
      expect([(await of(key)).length, (await of(other)).length]).toEqual([0, 1]);
    });

    test('without a matcher is refused, for good', async () => {
      const none = on.silences.ensure(`window-${randomUUID()}`, wanted({ matchers: [] }), signal);
      await expect(none).rejects.toMatchObject({ name: 'AdapterError', kind: 'rejected' });
    });
  });
}

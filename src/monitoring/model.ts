import { z } from 'zod';
import type { ComponentKind } from '../ports/hardware-inventory.ts';
import type { AlertObserved } from '../ports/observation.ts';

/** reported: as a symptom. ignored: a mapping says so. unmapped: no mapping says what it is. refused: nobody knows that server or place, or it was not taken. */
export const AlertOutcome = z.enum(['reported', 'ignored', 'unmapped', 'refused']).meta({ id: 'AlertOutcome' });
export type AlertOutcome = z.infer<typeof AlertOutcome>;

/** What an alert is here, as it is reported when it begins, and in the same words when it ends. */
export interface AlertSymptom {
  symptom: string;
  subject: { servers: string[] } | { place: string };
  component: string | null;
  componentKind: ComponentKind | null;
  serial: string | null;
  value: number | null;
  severity: string | null;
  message: string | null;
  /** The system that says so. */
  source: string;
  /** The same for one episode: fingerprint and start. */
  episode: string;
}

/** An alert as it was last told. */
export interface KnownAlert {
  startsAt: string;
  /** Null: it holds. */
  endsAt: string | null;
  heardAt: string;
  /** What was reported and holds here; null: nothing. */
  told: AlertSymptom | null;
  /** Start of the episode that was last reported. */
  raisedFor: string | null;
}

/** In their order. `clear`: what was told last is over. */
export type Step = { does: 'clear' | 'raise'; at: string };

/**
 * What an alert that is told again means after what is known of it.
 *
 * Told out of order, the later telling counts. A later start means that the episode before is over, also where that was never told (an
 * end that somebody answered with 4xx is not told again). The same start again after its end means that it holds again: that is what
 * Alertmanager tells when it has heard nothing from Prometheus for a while. A start that moves back while it holds is the same episode,
 * told by another Prometheus.
 *
 * @returns null where it changes nothing, not even when it was last heard of
 */
export function judgeAlert(
  known: KnownAlert | undefined,
  seen: Pick<AlertObserved, 'startsAt' | 'endsAt' | 'observedAt'>,
): { steps: Step[]; isLatest: boolean } | null {
  const { startsAt, endsAt, observedAt } = seen;
  const raise: Step = { does: 'raise', at: startsAt };
  if (known === undefined) return { steps: endsAt === null ? [raise] : [], isLatest: true };
  if (isBefore(observedAt, known.heardAt)) {
    // Its end was handled first: it was so all the same, and both are told.
    const isMissed =
      endsAt === null && known.endsAt !== null && startsAt === known.startsAt && known.raisedFor !== startsAt;
    return isMissed ? { steps: [raise, { does: 'clear', at: known.endsAt ?? startsAt }], isLatest: false } : null;
  }
  const isNew = isBefore(known.startsAt, startsAt);
  const steps: Step[] = [];
  if (known.told !== null && (isNew || endsAt !== null))
    steps.push({ does: 'clear', at: isNew || endsAt === null ? startsAt : endsAt });
  const isAgain = known.endsAt !== null && !isNew;
  // Where nothing is told it was not understood before, and perhaps is now.
  if (endsAt === null && (isNew || isAgain || known.told === null))
    steps.push(isAgain ? { does: 'raise', at: observedAt } : raise);
  return { steps, isLatest: true };
}

function isBefore(a: string, b: string): boolean {
  return toMicros(a) < toMicros(b);
}

/** `…:03.1Z` → `…:03.100000Z`: the digits say which is earlier only where there are as many. */
export function toMicros(time: string): string {
  const [whole = '', fraction = ''] = time.replace(/Z$/, '').split('.');
  return `${whole}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}

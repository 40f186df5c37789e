import type { HealthReport } from '../ports/bmc-health.ts';
import type { HealthReading } from './poll-store.ts';

/**
 * An answer of a BMC that is read in turns, with what was said before in the places whose turn it was not. Nothing of that when the BMC
 * was silent in between: those places are unknown until they are read again.
 */
export function joinTurns(reading: HealthReading | null, report: HealthReport): HealthReport {
  if (report.turns.length === 0) return report;
  const before = reading !== null && reading.failures === 0 ? reading.report : null;
  const known = new Map((before?.turns ?? []).map((turn) => [turn.place, turn]));
  const turns = report.turns.map((turn) => (turn.readAt === null ? (known.get(turn.place) ?? turn) : turn));
  const waiting = new Set(report.turns.filter(({ readAt }) => readAt === null).map(({ place }) => place));
  const waits = ({ place }: { place?: string }): boolean => place !== undefined && waiting.has(place);
  const told = new Set(report.faults.map(({ path }) => path));
  return {
    ...report,
    turns,
    sensors: [...report.sensors, ...(before?.sensors ?? []).filter(waits)],
    faults: [...report.faults, ...(before?.faults ?? []).filter((one) => waits(one) && !told.has(one.path))],
    complete: report.complete && turns.every(({ complete }) => complete),
  };
}

/** The places of which a joined answer repeats what was said before. */
export function repeatedPlaces({ turns, collectedAt }: HealthReport): Set<string> {
  return new Set(turns.filter(({ readAt }) => readAt !== collectedAt).map(({ place }) => place));
}

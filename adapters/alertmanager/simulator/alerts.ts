import { fingerprintOf } from './fingerprint.ts';

export interface SimulatedAlert {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Milliseconds since 1970. */
  startsAt: number;
  endsAt: number;
  generatorURL: string;
  fingerprint: string;
}

/** What Prometheus posts. Without an end it is believed for `resolveTimeoutMs`. */
export interface PostedAlert {
  labels: Record<string, string>;
  annotations?: Record<string, string>;
  startsAt?: string;
  endsAt?: string;
  generatorURL?: string;
}

export interface AlertStore {
  post(alert: PostedAlert, now: number): void;
  all(): SimulatedAlert[];
  forget(fingerprint: string): void;
}

export function createAlertStore(resolveTimeoutMs: number): AlertStore {
  const alerts = new Map<string, SimulatedAlert>();
  return {
    post({ labels, annotations = {}, startsAt, endsAt, generatorURL = '' }, now) {
      const end = endsAt === undefined ? now + resolveTimeoutMs : Date.parse(endsAt);
      const start = startsAt === undefined ? Math.min(now, end) : Date.parse(startsAt);
      const fingerprint = fingerprintOf(labels);
      const posted = { labels, annotations, startsAt: start, endsAt: end, generatorURL, fingerprint };
      const known = alerts.get(fingerprint);
      alerts.set(fingerprint, known && overlaps(known, posted) ? merge(known, posted) : posted);
    },
    all: () => [...alerts.values()],
    forget: (fingerprint) => void alerts.delete(fingerprint),
  };
}

/** As its provider decides whether two are one episode. What is the same start again after the end is no overlap: it replaces. */
function overlaps(old: SimulatedAlert, now: SimulatedAlert): boolean {
  const within = (time: number): boolean => time > old.startsAt && time < old.endsAt;
  return within(now.endsAt) || within(now.startsAt);
}

/** The earlier start; the end of the newer. */
function merge(old: SimulatedAlert, now: SimulatedAlert): SimulatedAlert {
  return { ...now, startsAt: Math.min(old.startsAt, now.startsAt) };
}

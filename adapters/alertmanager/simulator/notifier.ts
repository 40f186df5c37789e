import type { AlertStore, SimulatedAlert } from './alerts.ts';

export interface NotifierOptions {
  url: string;
  token: string;
  receiver: string;
  externalUrl: string;
  groupBy: readonly string[];
  groupWaitMs: number;
  groupIntervalMs: number;
  repeatIntervalMs: number;
  /** First pause before a message is sent again; it grows by half each time. */
  retryMs: number;
  /** 0: all. */
  maxAlerts: number;
  isSilenced(labels: Readonly<Record<string, string>>): boolean;
}

/** A message as it went out, and what came back: a status, or why there was none. */
export interface SentMessage {
  at: number;
  body: string;
  answer: number | string;
}

interface Notified {
  firing: Set<string>;
  resolved: Set<string>;
  at: number;
}

const ANSWER_WITHIN_MS = 10_000;

/**
 * Alertmanager's way to tell: per group, after `groupWaitMs` and then every `groupIntervalMs`, when something is new or the repeat is due.
 * 5xx and no answer at all are tried again until the next flush is due; any other 4xx is final, and nothing is noted as told. What has ended
 * is dropped once it was told; when it fires again before, its end is never told.
 */
export function startNotifier(store: AlertStore, options: NotifierOptions) {
  const sent: SentMessage[] = [];
  const told = new Map<string, Notified>();
  const groups = new Map<string, NodeJS.Timeout>();
  const stopped = new AbortController();
  const flushing = new Set<Promise<void>>();

  const keyOf = ({ labels }: SimulatedAlert): string =>
    `{}:{${options.groupBy.map((name) => `${name}=${JSON.stringify(labels[name] ?? '')}`).join(', ')}}`;
  const membersOf = (key: string): SimulatedAlert[] =>
    store.all().filter((alert) => keyOf(alert) === key && !options.isSilenced(alert.labels));

  function schedule(key: string, ms: number): void {
    if (stopped.signal.aborted) return;
    const timer = setTimeout(() => {
      const run = flush(key).finally(() => flushing.delete(run));
      flushing.add(run);
    }, ms);
    groups.set(key, timer);
  }

  /** As its DedupStage: what is new, or the repeat. */
  function isDue(key: string, firing: Set<string>, resolved: Set<string>, now: number): boolean {
    const last = told.get(key);
    if (last === undefined) return firing.size > 0;
    if (!isWithin(firing, last.firing)) return true;
    if (firing.size === 0) return last.firing.size > 0;
    if (!isWithin(resolved, last.resolved)) return true;
    return now - last.at >= options.repeatIntervalMs;
  }

  async function flush(key: string): Promise<void> {
    const now = Date.now();
    const until = now + options.groupIntervalMs;
    const members = membersOf(key);
    const ended = members.filter(({ endsAt }) => endsAt <= now);
    const firing = new Set(members.filter(({ endsAt }) => endsAt > now).map(({ fingerprint }) => fingerprint));
    const resolved = new Set(ended.map(({ fingerprint }) => fingerprint));
    const due = isDue(key, firing, resolved, now);
    const isTaken = due && (await send(members, now, until));
    if (isTaken) told.set(key, { firing, resolved, at: now });
    if (isTaken || !due) {
      // What fires again since then is another object, and stays.
      for (const alert of ended) if (store.all().includes(alert)) store.forget(alert.fingerprint);
    }
    if (membersOf(key).length > 0) schedule(key, Math.max(0, until - Date.now()));
    else groups.delete(key);
  }

  async function send(members: SimulatedAlert[], now: number, until: number): Promise<boolean> {
    const [one] = members;
    const body = JSON.stringify(messageOf(one ? keyOf(one) : '', members, now, options));
    for (let pause = options.retryMs; !stopped.signal.aborted; pause *= 1.5) {
      const answer = await post(body);
      sent.push({ at: Date.now(), body, answer });
      if (typeof answer === 'number' && answer < 300) return true;
      if (typeof answer === 'number' && answer < 500) return false;
      if (Date.now() + pause >= until) return false;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    return false;
  }

  async function post(body: string): Promise<number | string> {
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Alertmanager/0.25.0',
      authorization: `Bearer ${options.token}`,
    };
    const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    try {
      const answer = await fetch(options.url, { method: 'POST', headers, body, signal });
      await answer.arrayBuffer();
      return answer.status;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  return {
    sent,
    /** Something was posted: groups that did not exist begin to wait. */
    noticed(): void {
      for (const key of new Set(store.all().map(keyOf))) if (!groups.has(key)) schedule(key, options.groupWaitMs);
    },
    async stop(): Promise<void> {
      stopped.abort();
      for (const timer of groups.values()) clearTimeout(timer);
      await Promise.all(flushing);
    },
  };
}

function isWithin(some: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  return [...some].every((one) => all.has(one));
}

function messageOf(key: string, members: readonly SimulatedAlert[], now: number, options: NotifierOptions): unknown {
  const shown = options.maxAlerts > 0 ? members.slice(0, options.maxAlerts) : members;
  const isFiring = ({ endsAt }: SimulatedAlert): boolean => endsAt > now;
  const alerts = shown.map((alert) => ({
    status: isFiring(alert) ? 'firing' : 'resolved',
    labels: alert.labels,
    annotations: alert.annotations,
    startsAt: new Date(alert.startsAt).toISOString(),
    endsAt: isFiring(alert) ? '0001-01-01T00:00:00Z' : new Date(alert.endsAt).toISOString(),
    generatorURL: alert.generatorURL,
    fingerprint: alert.fingerprint,
  }));
  return {
    receiver: options.receiver,
    status: members.some(isFiring) ? 'firing' : 'resolved',
    alerts,
    groupLabels: Object.fromEntries(options.groupBy.map((name) => [name, members[0]?.labels[name] ?? ''])),
    commonLabels: inAll(members.map(({ labels }) => labels)),
    commonAnnotations: inAll(members.map(({ annotations }) => annotations)),
    externalURL: options.externalUrl,
    version: '4',
    groupKey: key,
    truncatedAlerts: members.length - shown.length,
  };
}

function inAll(texts: readonly Record<string, string>[]): Record<string, string> {
  const [first = {}, ...others] = texts;
  return Object.fromEntries(Object.entries(first).filter(([name, text]) => others.every((one) => one[name] === text)));
}

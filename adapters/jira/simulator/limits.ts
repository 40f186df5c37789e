import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';

export interface SimulatedLimits {
  /** Requests that may come within `windowMs`. */
  requests?: number;
  windowMs?: number;
  /** Time between two writes to one issue, in milliseconds. Cloud only. */
  perIssueWriteMs?: number;
}

export interface Limiter {
  /** The 429 that this request gets; undefined where it may pass. */
  refuse(request: SimulatedRequest): SimulatedAnswer | undefined;
  /** Headers that every answer carries. */
  headers(): Record<string, string>;
}

/** Rate limits as the two Jiras say them: Cloud by reason and reset, Data Center by a bucket that fills. */
export function createLimiter(deployment: 'cloud' | 'datacenter', limits: SimulatedLimits): Limiter {
  const windowMs = limits.windowMs ?? 1_000;
  const most = limits.requests ?? Number.POSITIVE_INFINITY;
  const recent: number[] = [];
  const written = new Map<string, number>();

  function remaining(now: number): number {
    while (recent.length > 0 && (recent[0] ?? 0) <= now - windowMs) recent.shift();
    return most - recent.length;
  }

  function tooMany(reason: string, waitMs: number): SimulatedAnswer {
    const seconds = Math.ceil(waitMs / 1000);
    const left = { 'x-ratelimit-limit': String(most), 'x-ratelimit-remaining': '0' };
    if (deployment === 'datacenter')
      return {
        status: 429,
        headers: { ...bucket(), ...left, 'retry-after': String(seconds), 'content-type': 'application/json' },
        body: JSON.stringify({ message: 'Rate limit exceeded.' }),
      };
    const reset = new Date(Date.now() + waitMs).toISOString();
    return {
      status: 429,
      headers: { ...left, 'retry-after': String(seconds), 'x-ratelimit-reset': reset, 'ratelimit-reason': reason },
      body: { errorMessages: ['Rate limit exceeded.'], errors: {} },
    };
  }

  function bucket(): Record<string, string> {
    return { 'x-ratelimit-interval-seconds': String(Math.ceil(windowMs / 1000)), 'x-ratelimit-fillrate': String(most) };
  }

  return {
    refuse(request) {
      const now = Date.now();
      if (remaining(now) <= 0) return tooMany('jira-burst-based', windowMs);
      recent.push(now);
      const issue = /\/issue\/([^/]+)/.exec(request.path)?.[1];
      const pause = limits.perIssueWriteMs;
      if (pause === undefined || issue === undefined || request.method === 'GET') return undefined;
      const before = written.get(issue);
      if (before !== undefined && now - before < pause) return tooMany('jira-per-issue-on-write', pause);
      written.set(issue, now);
      return undefined;
    },
    headers() {
      if (!Number.isFinite(most)) return {};
      const left = {
        'x-ratelimit-limit': String(most),
        'x-ratelimit-remaining': String(Math.max(0, remaining(Date.now()))),
      };
      return deployment === 'datacenter' ? { ...bucket(), ...left } : left;
    },
  };
}

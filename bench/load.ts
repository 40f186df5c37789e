import { Pool } from 'undici';

export interface Load {
  url: string;
  path: string;
  /** In parallel. */
  connections: number;
  /** The nth request. */
  request(nth: number): { headers: Record<string, string>; body: Buffer };
  /** Only this status counts. */
  status: number;
}

export interface Measured {
  perSecond: number;
  p50: number;
  p99: number;
  count: number;
}

/** As many POSTs as go in the time, from this process. @throws Error on any other status: a fast refusal is no throughput */
export async function load(options: Load, ms: number): Promise<Measured> {
  const pool = new Pool(options.url, { connections: options.connections });
  const times: number[] = [];
  let nth = 0;
  const started = performance.now();
  const end = started + ms;
  async function client(): Promise<void> {
    while (performance.now() < end) {
      const { headers, body } = options.request(nth++);
      const sent = performance.now();
      const answer = await pool.request({ method: 'POST', path: options.path, headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== options.status)
        throw new Error(`${options.path} answered ${answer.statusCode}: ${text.slice(0, 200)}`);
      times.push(performance.now() - sent);
    }
  }
  await Promise.all(Array.from({ length: options.connections }, client));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: times.length / seconds, p50: at(0.5), p99: at(0.99), count: times.length };
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

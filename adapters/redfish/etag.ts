/** The ETags of a resource, read just before it is written. */
export interface Etags {
  /** The header as it came. */
  header: string | null;
  /** `@odata.etag` of the body. */
  body: string | null;
}

export interface EtagLadder<A> {
  readEtags(): Promise<Etags>;
  write(etag: string | null): Promise<A>;
  /** What has worked at this BMC before. */
  learnt: string | undefined;
  learn(mode: string): void;
}

/**
 * In the order in which they are tried. Weak for strong and the other way round: compression weakens a tag, and then some refuse their own
 * (sushy, connector.py). The body's: headers are quoted twice or differ (community.general #3268, gofish). None: Huawei and others check
 * against something that they do not tell.
 */
const MODES = ['given', 'other-strength', 'body', 'none'] as const;
type Mode = (typeof MODES)[number];

/** So many writes at most; each was refused before it did anything. */
const MOST = 6;

/**
 * Writes with the ETag that this BMC takes: 412 and 428 say that it was not this one. The resource is read again after a 412, because it
 * may really have changed meanwhile (or its tag changes at every read, as on Lenovo's Power: community.general #11261).
 */
export async function writeWithEtag<A extends { status: number }>(ladder: EtagLadder<A>): Promise<A> {
  let etags = await ladder.readEtags();
  const tried = new Set<string>();
  let answer: A | undefined;
  const order = [...MODES].toSorted((a, b) => Number(b === ladder.learnt) - Number(a === ladder.learnt));
  for (let writes = 0; writes < MOST; writes += 1) {
    const next = pick(order, etags, tried);
    if (next === undefined) break;
    tried.add(next.tag ?? '');
    answer = await ladder.write(next.tag);
    if (answer.status !== 412 && answer.status !== 428) {
      if (answer.status < 300 && next.mode !== ladder.learnt) ladder.learn(next.mode);
      return answer;
    }
    if (answer.status === 412) etags = await ladder.readEtags();
  }
  // Without any ETag to send there is always the one without: `pick` gave at least that.
  return answer ?? ladder.write(null);
}

function pick(
  order: readonly Mode[],
  etags: Etags,
  tried: ReadonlySet<string>,
): { mode: Mode; tag: string | null } | undefined {
  for (const mode of order) {
    const tag = tagOf(mode, etags);
    if (tag === undefined || tried.has(tag ?? '')) continue;
    return { mode, tag };
  }
  return undefined;
}

/** Undefined: this mode has nothing to send. */
function tagOf(mode: Mode, { header, body }: Etags): string | null | undefined {
  if (mode === 'none') return null;
  if (mode === 'given') return header ?? undefined;
  if (mode === 'body') return body ?? undefined;
  return header === null ? undefined : otherStrength(header);
}

function otherStrength(tag: string): string {
  // `""x""` and `"x-gzip"` are what proxies and compression make of `"x"`.
  const bare = tag
    .replace(/^W\//i, '')
    .replace(/^"+|"+$/g, '')
    .replace(/-gzip$/, '');
  return /^W\//i.test(tag) ? `"${bare}"` : `W/"${bare}"`;
}

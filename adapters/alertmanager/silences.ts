import type { SilenceMatcher, SilenceWanted, Silences } from '#src/ports/silences.ts';
import type { AlertmanagerClient } from './client.ts';
import type { FoundSilence, Matcher } from './schema.ts';

const CREATED_BY = 'reanimator';

/** The key stands in the comment: it is the only place for it, and whoever looks there sees whose silence it is. */
export function createSilences(client: AlertmanagerClient, labels: Silences['labels'], now: () => Date): Silences {
  async function ours(key: string, signal: AbortSignal): Promise<FoundSilence[]> {
    const all = await client.silences(signal);
    return all.filter(({ status, comment }) => status.state !== 'expired' && comment.endsWith(markOf(key)));
  }

  return {
    labels,
    async ensure(key, wanted, signal) {
      const [first, ...doubles] = await ours(key, signal);
      for (const { id } of doubles) await client.expire(id, signal);
      if (Date.parse(wanted.endsAt) <= now().getTime()) {
        if (first) await client.expire(first.id, signal);
        return { id: null };
      }
      const matchers = wanted.matchers.map(toMatcher);
      if (first && isAs(first, wanted, matchers)) return { id: first.id };
      const { startsAt, endsAt, reason } = wanted;
      const comment = `${reason.slice(0, 500)} ${markOf(key)}`;
      const silence = { matchers, startsAt, endsAt, createdBy: CREATED_BY, comment };
      return { id: await client.post(first ? { ...silence, id: first.id } : silence, signal) };
    },

    async end(key, signal) {
      let ended = 0;
      for (const { id } of await ours(key, signal)) if (await client.expire(id, signal)) ended += 1;
      return { ended };
    },
  };
}

function markOf(key: string): string {
  return `[reanimator:${key}]`;
}

/** What begins in the past begins when it is made: once it holds, its start says nothing. */
function isAs(found: FoundSilence, wanted: SilenceWanted, matchers: readonly Matcher[]): boolean {
  const sameTime = (a: string, b: string): boolean => Math.abs(Date.parse(a) - Date.parse(b)) < 1000;
  const starts = found.status.state === 'active' || sameTime(found.startsAt, wanted.startsAt);
  return starts && sameTime(found.endsAt, wanted.endsAt) && textOf(found.matchers) === textOf(matchers);
}

function textOf(matchers: readonly Matcher[]): string {
  return matchers
    .map(({ name, value, isRegex, isEqual }) => `${name}${isEqual ? '=' : '!'}${isRegex ? '~' : ''}${value}`)
    .toSorted()
    .join('\n');
}

/** Alertmanager's regular expressions are RE2's and stand for the whole value. */
function toMatcher({ label, values }: SilenceMatcher): Matcher {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return { name: label, value: only, isRegex: false, isEqual: true };
  const value = values.map((one) => one.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`)).join('|');
  return { name: label, value, isRegex: true, isEqual: true };
}

import { randomUUID } from 'node:crypto';
import type { SimulatedAnswer, SimulatedRequest } from '#src/kit/simulator.ts';

interface Matcher {
  name: string;
  value: string;
  isRegex: boolean;
  isEqual?: boolean;
}

export interface SimulatedSilence {
  id: string;
  matchers: Matcher[];
  startsAt: string;
  endsAt: string;
  updatedAt: string;
  createdBy: string;
  comment: string;
}

type State = 'expired' | 'active' | 'pending';

export interface SilenceBook {
  all(): (SimulatedSilence & { status: { state: State } })[];
  /** undefined: not about silences. */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined;
  isSilenced(labels: Readonly<Record<string, string>>): boolean;
}

export function createSilenceBook(): SilenceBook {
  const silences = new Map<string, SimulatedSilence>();

  function stateOf({ startsAt, endsAt }: SimulatedSilence): State {
    const now = Date.now();
    if (Date.parse(endsAt) <= now) return 'expired';
    return Date.parse(startsAt) <= now ? 'active' : 'pending';
  }
  const shown = (silence: SimulatedSilence) => ({ ...silence, annotations: {}, status: { state: stateOf(silence) } });

  function post(given: Partial<SimulatedSilence>): SimulatedAnswer {
    const fault = faultOf(given);
    if (fault !== undefined) return { status: 400, body: fault };
    const known = given.id === undefined || given.id === '' ? undefined : silences.get(given.id);
    if (given.id !== undefined && given.id !== '' && !known) return { status: 404, body: 'silence not found' };
    const now = new Date().toISOString();
    const wanted = { ...(given as SimulatedSilence), updatedAt: now };
    if (known && mayChange(known, wanted)) {
      silences.set(known.id, { ...wanted, id: known.id });
      return { status: 200, body: { silenceID: known.id } };
    }
    // What may not be changed in place ends, and another one takes its place.
    if (known && stateOf(known) !== 'expired') silences.set(known.id, { ...known, endsAt: now, updatedAt: now });
    const id = randomUUID();
    const startsAt = Date.parse(wanted.startsAt) < Date.now() ? now : wanted.startsAt;
    silences.set(id, { ...wanted, id, startsAt });
    return { status: 200, body: { silenceID: id } };
  }

  function mayChange(known: SimulatedSilence, wanted: SimulatedSilence): boolean {
    const state = stateOf(known);
    if (state === 'expired' || JSON.stringify(known.matchers) !== JSON.stringify(wanted.matchers)) return false;
    return state === 'pending' || Date.parse(known.startsAt) === Date.parse(wanted.startsAt);
  }

  function remove(id: string): SimulatedAnswer {
    const known = silences.get(id);
    if (!known) return { status: 404 };
    if (stateOf(known) === 'expired') return { status: 500, body: `silence ${id} already expired` };
    const now = new Date().toISOString();
    silences.set(id, { ...known, endsAt: now, updatedAt: now });
    return { status: 200 };
  }

  return {
    all: () => [...silences.values()].map(shown),
    isSilenced: (labels) => [...silences.values()].some((one) => stateOf(one) === 'active' && fits(one, labels)),
    answer({ method, path, json }) {
      const id = /^\/api\/v2\/silence\/([^/]+)$/.exec(path)?.[1];
      if (path === '/api/v2/silences' && method === 'GET')
        // 0.25 knows no query for their states.
        return { status: 200, body: [...silences.values()].map(shown) };
      if (path === '/api/v2/silences' && method === 'POST') return post((json ?? {}) as Partial<SimulatedSilence>);
      if (id === undefined) return undefined;
      const known = silences.get(id);
      if (method === 'DELETE') return remove(id);
      return known ? { status: 200, body: shown(known) } : { status: 404 };
    },
  };
}

function faultOf(given: Partial<SimulatedSilence>): string | undefined {
  if (!Array.isArray(given.matchers) || given.matchers.length === 0)
    return 'invalid silence: at least one matcher required';
  if (given.matchers.every(({ value }) => value === ''))
    return 'invalid silence: at least one matcher must not match the empty string';
  if (typeof given.startsAt !== 'string' || typeof given.endsAt !== 'string') return 'start and end time are required';
  if (typeof given.comment !== 'string' || given.comment === '') return 'invalid silence: comment missing';
  if (Date.parse(given.endsAt) <= Date.parse(given.startsAt)) return 'start time must be before end time';
  return Date.parse(given.endsAt) <= Date.now() ? "end time can't be in the past" : undefined;
}

function fits({ matchers }: SimulatedSilence, labels: Readonly<Record<string, string>>): boolean {
  return matchers.every(({ name, value, isRegex, isEqual = true }) => {
    const found = labels[name] ?? '';
    const hit = isRegex ? new RegExp(`^(?:${value})$`).test(found) : found === value;
    return hit === isEqual;
  });
}

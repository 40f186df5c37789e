/** What is said of a server or place, as the rules look at it. Times are milliseconds since the epoch. */
export interface JudgedSymptom {
  subjectType: 'asset' | 'location';
  subjectId: string;
  at: number;
  type: string;
  component: string | null;
  kind: string | null;
  serial: string | null;
  value: number | null;
  message: string | null;
  source: string | null;
  severity: string | null;
  state: 'raised' | 'cleared';
  /** Of the server; null for a place. */
  model: string | null;
  manufacturer: string | null;
  /** Name of the site that it is in, or is. */
  site: string | null;
  /** Hex; null for one that is not kept. */
  hash: string | null;
}

/** What an alert says of the symptom that it came of: one that is raised later, by the clock, has nothing else. */
export interface Said {
  type: string;
  kind: string | null;
  message: string | null;
  site: string | null;
  hash: string | null;
}

/** What one rule remembers of one part of one subject. Changed in place while a batch is judged. */
export interface Episode {
  subjectType: 'asset' | 'location';
  subjectId: string;
  /** '': the whole of it. */
  component: string;
  rule: string;
  /** Since when what the rule is about holds; null: it does not. */
  since: number | null;
  raisedAt: number | null;
  /** When it was last told of. */
  alertedAt: number | null;
  endedAt: number | null;
  /** The newest symptom that was judged. */
  lastAt: number;
  /** Symptoms since it began. */
  count: number;
  serial: string | null;
  /** Times and values in turn, oldest first. */
  window: number[];
  said: Said | null;
  /** When something becomes of it without a symptom. */
  dueAt: number | null;
}

export function newEpisode(symptom: JudgedSymptom, rule: string): Episode {
  return {
    subjectType: symptom.subjectType,
    subjectId: symptom.subjectId,
    component: symptom.component ?? '',
    rule,
    ...{ since: null, raisedAt: null, alertedAt: null, endedAt: null, lastAt: symptom.at, count: 0, serial: null },
    ...{ window: [], said: null, dueAt: null },
  };
}

export function episodeKey(subjectId: string, component: string | null, rule: string): string {
  return `${subjectId}\n${component ?? ''}\n${rule}`;
}

/** What the rules tell others: an episode began, goes on, or is over. */
export interface Told {
  did: 'raised' | 'repeated' | 'cleared';
  subjectType: 'asset' | 'location';
  subjectId: string;
  component: string | null;
  serial: string | null;
  rule: string;
  said: Said;
  count: number;
  at: number;
  /** The measure, or why it is over. */
  why: string;
}

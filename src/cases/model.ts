import { z } from 'zod';
import type { OutsideCase } from '../ports/tickets.ts';

/** What a case may be about. */
export const CASE_SUBJECTS = ['asset', 'component', 'project', 'ticket'] as const;
export type CaseSubject = (typeof CASE_SUBJECTS)[number];

/** `found` by the import; `right` and `wrong`: a person said so, and no import changes it. */
export const VERDICTS = ['found', 'right', 'wrong'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How sure a link is, for who looks for those that a person should judge: `said` by a person, else by its confidence. */
export const SURENESS = ['said', 'sure', 'likely', 'weak'] as const;
export type Sureness = (typeof SURENESS)[number];

/** From the first number up to below the second one. */
export const CONFIDENCES: Readonly<Record<Exclude<Sureness, 'said'>, readonly [number, number]>> = {
  sure: [0.8, 2],
  likely: [0.5, 0.8],
  weak: [0, 0.5],
};

/** What a case is about, as far as its words say. */
export interface FoundLink {
  subject: { type: CaseSubject; id: string };
  /** 0 to 1; candidates that are equally good share it. */
  confidence: number;
  /** For people: what was seen where. */
  why: string;
}

/** A ticket that somebody else made; times are ISO 8601. */
export type CaseInput = Omit<OutsideCase, 'url'> & { url: string | null };

const SOURCE = /^[a-z][a-z0-9_-]{0,39}$/;
export const Source = z.string().regex(SOURCE, 'lower-case letters, digits, - and _, at most 40');

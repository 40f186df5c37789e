import type { z } from 'zod';
import { Report, REPORT, Statement, STATEMENT } from './schema.ts';

/** Where a document does not fit its format. */
export interface Misfit {
  /** JSON pointer (RFC 6901) into what was sent. */
  field: string;
  message: string;
}

/** More of them help nobody, and a hostile document could have a million. */
const MAX_MISFITS = 50;

/** What is wrong with a document of ours, or with an array of them; empty when it can be taken as it is. */
export function checkReport(json: unknown): Misfit[] {
  if (!Array.isArray(json)) return checkOne(json).misfits;
  if (json.length === 0) return [{ field: '', message: 'is an empty list' }];
  const misfits: Misfit[] = [];
  for (const [at, one] of json.entries()) {
    for (const { field, message } of checkOne(one).misfits) misfits.push({ field: `/${at}${field}`, message });
    if (misfits.length >= MAX_MISFITS) break;
  }
  return misfits.slice(0, MAX_MISFITS);
}

export type Checked =
  | { misfits: []; report: Report; statement: null }
  | { misfits: []; report: null; statement: Statement }
  | { misfits: Misfit[]; report: null; statement: null };

export function checkOne(json: unknown): Checked {
  const name = schemaOf(json);
  if (name === REPORT) {
    const parsed = Report.safeParse(json);
    if (parsed.success) return { misfits: [], report: parsed.data, statement: null };
    return { misfits: misfitsOf(parsed.error), report: null, statement: null };
  }
  if (name === STATEMENT) {
    const parsed = Statement.safeParse(json);
    if (parsed.success) return { misfits: [], report: null, statement: parsed.data };
    return { misfits: misfitsOf(parsed.error), report: null, statement: null };
  }
  const message = `is none of ${REPORT}, ${STATEMENT}`;
  return { misfits: [{ field: '/schema', message }], report: null, statement: null };
}

/** The value of `schema`; null where there is none that is a text. */
export function schemaOf(json: unknown): string | null {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || !('schema' in json)) return null;
  return typeof json.schema === 'string' ? json.schema : null;
}

function misfitsOf(error: z.ZodError): Misfit[] {
  const misfits: Misfit[] = [];
  for (const issue of error.issues) {
    if (misfits.length >= MAX_MISFITS) break;
    const field = pointer(issue.path);
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys.slice(0, MAX_MISFITS))
        misfits.push({ field: `${field}${pointer([key])}`, message: 'is not a field of this format' });
    else misfits.push({ field, message: issue.message });
  }
  return misfits.slice(0, MAX_MISFITS);
}

function pointer(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => String(step).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1'));
  return steps.map((step) => `/${step}`).join('');
}

import type { z } from 'zod';
import type { FieldFault } from './error.ts';

/** Body fields as JSON pointers (`/events/3/type`), the rest as `query.limit`, `path.id`. */
export function toFaults(error: z.ZodError, where: string): FieldFault[] {
  return error.issues.flatMap(meantBranch).map((issue) => {
    const path = issue.path.map(String);
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : [];
    const field =
      where === '' ? `/${[...path, ...keys.slice(0, 1)].join('/')}` : [where, ...path, ...keys.slice(0, 1)].join('.');
    const message =
      keys.length > 0
        ? `unknown field${keys.length > 1 ? 's' : ''} ${keys.join(', ')}: check the spelling against /api/schema/`
        : issue.message;
    return { field, message };
  });
}

/** One of several shapes: the faults of the one that was meant, which is the one whose outer form fits (an object, a list). */
function meantBranch(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const branches = issue.errors.filter(
    (faults) => !faults.some((fault) => fault.code === 'invalid_type' && fault.path.length === 0),
  );
  const [meant] = branches;
  if (meant === undefined || branches.length > 1) return [issue];
  return meant.map((fault) => ({ ...fault, path: [...issue.path, ...fault.path] })).flatMap(meantBranch);
}

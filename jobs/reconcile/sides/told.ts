import { isPlaceholder } from '#src/core/placeholder.ts';

/**
 * What is known, or undefined. `To be filled by O.E.M.` is what firmware says where nobody wrote anything: it names no server, and would become
 * the type of thousands of parts.
 */
export function told(text: string | null): string | undefined {
  return text === null || isPlaceholder(text) ? undefined : text;
}

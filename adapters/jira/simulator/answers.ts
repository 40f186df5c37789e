import type { SimulatedAnswer } from '#src/kit/simulator.ts';

export function ok(body: unknown, status = 200): SimulatedAnswer {
  return { status, body };
}

/** Jira's error shape: messages about the request, errors by field. */
export function refuse(status: number, messages: string[], fields: Record<string, string> = {}): SimulatedAnswer {
  return { status, body: { errorMessages: messages, errors: fields } };
}

export const NO_CONTENT: SimulatedAnswer = { status: 204 };

export function noIssue(): SimulatedAnswer {
  return refuse(404, ['Issue does not exist or you do not have permission to see it.']);
}

export function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Entity properties as a request gives them. */
export function readProperties(value: unknown): Map<string, unknown> {
  const entries = Array.isArray(value) ? value.map(asObject) : [];
  return new Map(entries.map((one) => [String(one['key']), one['value']]));
}

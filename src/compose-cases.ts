import * as movedEvents from './cases/events.ts';
import { caseRoutes } from './cases/routes.ts';
import { caseSyncRoutes } from './cases/sync-routes.ts';
import type { Route } from './core/route.ts';
import type { Adapters } from './ports/adapters.ts';

export const caseEvents = { ...movedEvents };

/** Tickets that others made. */
export function composeCases(adapters: Pick<Adapters, 'has' | 'providerOf'>): { routes: Route[] } {
  const ticketSystem = (): string | undefined => (adapters.has('tickets') ? adapters.providerOf('tickets') : undefined);
  return { routes: [...caseRoutes, ...caseSyncRoutes(ticketSystem)] };
}

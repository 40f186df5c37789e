import type { Route } from '../core/route.ts';
import { inboxRoutes } from './inbox-routes.ts';
import type { Reconciled } from './reconciled.ts';
import { runRoutes } from './run-routes.ts';
import { systemRoutes } from './system-routes.ts';

/** What people see and decide of the systems that the hub compares itself with. */
export function driftRoutes(reconciled: Reconciled): Route[] {
  return [...systemRoutes(reconciled), ...runRoutes(reconciled), ...inboxRoutes(reconciled)];
}

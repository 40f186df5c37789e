import type { JobSettings } from '#jobs/job-ctx.ts';
import type { Schedule } from '#jobs/schedules.ts';
import { stockSchedules } from '#jobs/stock-schedules.ts';
import type { Configuration } from './config.ts';
import type { Route } from './core/route.ts';
import { stockCountRoutes } from './stock/count-routes.ts';
import * as movedEvents from './stock/events.ts';
import { stockPlanRoutes } from './stock/plan-routes.ts';
import { stockReturnRoutes } from './stock/return-routes.ts';
import { stockRoutes } from './stock/routes.ts';

export const stockEvents = { ...movedEvents };

export interface ComposedStock {
  routes: Route[];
  settings: Pick<JobSettings, 'stock'>;
  schedules: Schedule[];
}

/** What lies on shelves. */
export function composeStock(config: Configuration): ComposedStock {
  return {
    routes: [...stockRoutes, ...stockPlanRoutes, ...stockReturnRoutes, ...stockCountRoutes],
    settings: { stock: { holdHours: config.STOCK_HOLD_HOURS } },
    schedules: stockSchedules(),
  };
}

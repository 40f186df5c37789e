import { createBundleReader } from './bundle-reader.ts';
import type { Configuration } from './config.ts';
import type { Route } from './core/route.ts';
import { checkReport, schemaOf } from './formats/agent/check-report.ts';
import { createIntake, type Intake } from './history/intake/intake.ts';
import { partRoutes } from './history/intake/part-routes.ts';
import type { NoticeLooks } from './history/notice-looks.ts';
import { intakeRoutes } from './history/intake/routes.ts';
import { componentRoutes } from './history/routes/component-routes.ts';
import { failureRoutes } from './history/routes/failure-routes.ts';
import { inventoryRoutes } from './history/routes/inventory-routes.ts';
import { reviewRoutes } from './history/routes/review-routes.ts';
import { sightingRoutes } from './history/routes/sighting-routes.ts';
import { timelineRoutes } from './history/routes/timeline-routes.ts';
import type { SortParts } from './history/sort-parts.ts';
import { type Classify, createClassifier } from './lots/classify.ts';
import { ensureLots } from './lots/commands/ensure-lots.ts';
import { lotId } from './lots/model.ts';
import { lotRoutes } from './lots/routes.ts';
import { loadLotRules } from './lots/rules.ts';
import type { Adapters } from './ports/adapters.ts';

/** What the history needs of the rest: an object store, the formats, the classes of parts. */
export interface ComposedHistory {
  intake: Intake;
  routes: Route[];
}

export function composeHistory(
  config: Configuration,
  adapters: Pick<Adapters, 'use'>,
  notice?: NoticeLooks,
): ComposedHistory {
  const classify = createClassifier(loadLotRules());
  const intake = createIntake({
    store: () => adapters.use('objectStore'),
    read: createBundleReader(),
    check: faultsOf,
    sort: sortByLot(classify),
    notice,
  });
  const settings = { folder: config.UPLOAD_PATH, maxBytes: config.UPLOAD_MAX_BYTES };
  return {
    intake,
    routes: [
      ...intakeRoutes(intake, settings),
      ...partRoutes(intake, settings),
      ...reviewRoutes(intake),
      ...failureRoutes,
      ...sightingRoutes(intake),
      ...componentRoutes,
      ...inventoryRoutes,
      ...timelineRoutes,
      ...lotRoutes(classify),
    ],
  };
}

export function sortByLot(classify: Classify): SortParts {
  return {
    classify(part) {
      const found = classify(part);
      if (found.lot === null) return { lot: null, rule: null, missing: found.missing, title: '', facts: {} };
      return { ...found, missing: [] };
    },
    lotId,
    enter: (tx, parts) =>
      ensureLots(
        tx,
        parts.flatMap(({ row, found }) =>
          found.lot === null
            ? []
            : [{ kind: row.kind, lot: found.lot, title: found.title, facts: found.facts as Record<string, string> }],
        ),
      ),
  };
}

/** A document that names a schema of ours is held to it; whatever else it is, the formats see. */
function faultsOf(content: Buffer): { field: string; message: string }[] {
  if (!/^\s*[[{]/.test(content.subarray(0, 64).toString('utf8')) || !content.includes('"reanimator.')) return [];
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch {
    return []; // JSON lines, or cut off: the reader says so
  }
  const first = Array.isArray(json) ? json[0] : json;
  return schemaOf(first) === null ? [] : checkReport(json);
}

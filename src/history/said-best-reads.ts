/**
 * Pieces of SQL for reading many servers at once. How a part is described is what the best source says that says it at all, as it said it
 * last: the row in `components` is what was said last by anybody, and would go to and fro between a BMC and an agent that name one drive
 * differently. It only stands in for parts that no observation names as they are known now (what people linked, what lost its evidence).
 */

/**
 * Before each of these statements. Left alone, MariaDB looks for the newest looks again for each server, and (without STRAIGHT_JOIN) for each
 * part among all looks that there ever were. What a look shows must not be cut, however short a server is told to keep its lists.
 */
export const FOR_MANY =
  "SET STATEMENT optimizer_switch = 'split_materialized=off', group_concat_max_len = 16777216 FOR";

/** The newest look of each source at each of `:places`, as a common table expression. */
export const NEWEST_LOOKS = `newest AS (
    SELECT STRAIGHT_JOIN runs.place_id, runs.source, inventories.scope, inventories.facts, inventories.observations
    FROM (SELECT place_id, source, max(first_at) AS first_at FROM runs WHERE place_id IN (:places) GROUP BY place_id, source) AS latest
    JOIN runs ON runs.place_id = latest.place_id AND runs.source = latest.source AND runs.first_at = latest.first_at
    JOIN inventories ON inventories.id = runs.inventory_id
  )`;

/** What the newest looks show, all sources together: an observation is one source's, so its id says whose. */
export const NEWEST_SEEN = `${NEWEST_LOOKS}, seen AS (
    SELECT place_id, group_concat(observations SEPARATOR '') AS ids FROM newest GROUP BY place_id
  )`;

/** Installed parts with all that was ever seen of them. For SELECT STRAIGHT_JOIN. */
export const INSTALLED_AND_SEEN = `installations
    JOIN components ON components.id = installations.component_id
    LEFT JOIN seen ON seen.place_id = installations.asset_id
    LEFT JOIN observations ON observations.component_id = components.id`;

/**
 * An aggregate over what was seen of one part. Sources have one digit, the best one the lowest; what its newest look shows comes first.
 * `observations` of a look are ids of 16 bytes each.
 */
export function saidBest(what: string): string {
  const isNewest = 'locate(cast(observations.id AS binary(16)), seen.ids) > 0';
  return `substring(min(concat(observations.source, if(${isNewest}, '0', '1'), ${what} COLLATE utf8mb4_bin)), 3)`;
}

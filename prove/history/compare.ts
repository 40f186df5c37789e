import { toMoment } from '#src/history/moment.ts';
import { fromJson } from '#src/core/json.ts';
import type { Beliefs, Row } from './beliefs.ts';
import type { EventLine, InstallationLine, Truth } from './reference.ts';

/** What differs, one line each: `-` is missing in what is believed, `+` is believed and wrong. */
export function differences(beliefs: Pick<Beliefs, 'installations' | 'timeline'>, truth: Truth): string[] {
  return [
    ...linesThatDiffer(truth.installations.map(installationText), beliefs.installations.map(believedInstallation)),
    ...linesThatDiffer(
      truth.events.flatMap(eventTexts),
      beliefs.timeline.filter((row) => row['retracted_at'] === null).map(believedEvent),
    ),
  ];
}

export function linesThatDiffer(wanted: readonly string[], found: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of wanted) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of found) counts.set(line, (counts.get(line) ?? 0) - 1);
  return [...counts]
    .flatMap(([line, count]) => Array.from({ length: Math.abs(count) }, () => `${count > 0 ? '-' : '+'} ${line}`))
    .toSorted((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1));
}

function installationText(line: InstallationLine): string {
  const { component, place, slot, installedAfter, installedAt, removedAfter, removedAt, reason } = line;
  return JSON.stringify([
    'installation',
    component,
    place.type,
    place.id,
    slot,
    installedAfter,
    installedAt,
    removedAfter,
    removedAt,
    reason,
  ]);
}

function believedInstallation(row: Row): string {
  const place = row['asset_id'] === null ? ['location', row['location_id']] : ['asset', row['asset_id']];
  const columns = ['slot', 'installed_after', 'installed_at', 'removed_after', 'removed_at', 'removal_reason'];
  return JSON.stringify(['installation', row['component_id'], ...place, ...columns.map((column) => row[column])]);
}

/** The data that only describe whose event it is; checked by the subjects that it stands under. */
const DESCRIPTION = new Set(['component_id', 'asset_id', 'location_id', 'inventory', 'parts']);

function eventTexts({ type, at, component, places, data }: EventLine): string[] {
  const subjects = [...(component === null ? [] : [component]), ...places];
  return subjects.map((subject) => JSON.stringify([type, at, subject, component, sorted(data)]));
}

function believedEvent(row: Row): string {
  const data = fromJson<Record<string, string | number | null>>(row['data']);
  const told = Object.entries(data).filter(([name]) => !DESCRIPTION.has(name));
  const moment = ([name, value]: [string, string | number | null]): [string, string | number | null] => [
    name,
    name === 'after' && typeof value === 'string' ? toMoment(value) : value,
  ];
  return JSON.stringify([
    row['type'],
    row['timestamp'],
    row['subject_id'],
    data['component_id'] ?? null,
    sorted(Object.fromEntries(told.map(moment))),
  ]);
}

function sorted(data: Record<string, string | number | null>): [string, string | number | null][] {
  return Object.entries(data).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

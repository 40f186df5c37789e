import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink } from '../decode.ts';
import { type KnownSensor, readingsOf, type Report, reportOf } from './report-values.ts';
import { type Source, sourceAt, type SourceRead } from './source.ts';
import { orWarning, Raw } from './whole.ts';

/** With the server itself that is three requests, which no report makes fewer. */
const FEW = 2;
/** Each is read once for the survey. HGX baseboards have ten. */
const MOST_REPORTS = 16;
/** What is remembered of each stands in the plan, which has its limit. */
const MOST_SENSORS = 150;

/**
 * A metric report of the TelemetryService has the values of sensors of many chassis in one answer (NVIDIA HGX: PlatformEnvironmentMetrics). Where
 * that is fewer requests, it is read in the place of the lists; names, units and limits are those that the lists showed.
 */
export async function preferReports(
  bmc: Bmc,
  sources: readonly SourceRead[],
  { seenAt, warnings }: { seenAt: string; warnings: string[] },
): Promise<SourceRead[]> {
  const lists = sources.filter(({ source }) => source.kind === 'sensors');
  if (bmc.root.TelemetryService === null || sources.length <= FEW || lists.length < 2) return [...sources];
  const reports = await readReports(bmc, warnings);
  const told = new Set(reports.flatMap(({ values }) => [...values.keys()]));
  const covered = lists.filter((one) => isCovered(one, told));
  const used = reports.flatMap((report) => {
    const known = covered.flatMap((one) => sensorsOf(one, report.values));
    return known.length === 0 ? [] : [{ report, known }];
  });
  const sensors = used.reduce((sum, { known }) => sum + known.length, 0);
  if (used.length >= covered.length || sensors > MOST_SENSORS) return [...sources];
  const instead = used.map(({ report, known }): SourceRead => {
    const lag = report.newest === null ? null : Date.parse(seenAt) - report.newest;
    const source: Source = { ...sourceAt({ kind: 'report', link: report.link, chassis: '' }), known, lag };
    return { source, ...readingsOf(source, report, seenAt), faults: [], gone: false };
  });
  return [...sources.filter((one) => !covered.includes(one)), ...instead];
}

async function readReports(bmc: Bmc, warnings: string[]): Promise<Report[]> {
  const service = bmc.root.TelemetryService ?? '';
  const list = asLink((await orWarning(bmc, bmc.get(service), service, warnings))?.['MetricReports']);
  if (list === null) return [];
  const read = await orWarning(bmc, readCollection(bmc, list, Raw), list, warnings);
  return (read?.members ?? []).slice(0, MOST_REPORTS).flatMap((body) => {
    const link = asLink(body);
    return link === null ? [] : [reportOf(link, body)];
  });
}

/** Everything that the list says now is in the reports; what it could not say either way is not lost. */
function isCovered({ found, failures }: SourceRead, told: ReadonlySet<string>): boolean {
  const valued = found.filter(({ reading }) => reading.value !== null);
  if (valued.length === 0 || failures.length > 0) return false;
  return valued.every(({ path }) => path !== null && told.has(path));
}

function sensorsOf({ found }: SourceRead, values: Report['values']): KnownSensor[] {
  return found.flatMap(({ path, reading }) => {
    const { value: _, health: __, ...sensor } = reading;
    return path !== null && values.has(path) ? [{ path, ...sensor }] : [];
  });
}

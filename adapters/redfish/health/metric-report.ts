import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink } from '../decode.ts';
import { divisorOf, type KnownSensor, readingsOf, type Report, reportOf } from './report-values.ts';
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
  const told = tellersOf(reports, lists);
  const covered = lists.filter((one) => isCovered(one, told));
  const used = reports.flatMap((report) => {
    const known = covered.flatMap((one) => sensorsOf(one, report, told));
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

/** By the path of a sensor: the first report that has it, and how that counts. */
type Tellers = ReadonlyMap<string, { report: Report; divisor: number }>;

/** A report that counts in thousandths here and there is not asked for a sensor of which it cannot be told now. */
function tellersOf(reports: readonly Report[], lists: readonly SourceRead[]): Tellers {
  const tellers = new Map<string, { report: Report; divisor: number }>();
  const sensors = lists.flatMap(({ found }) =>
    found.flatMap(({ path, reading }) => (path === null ? [] : [{ path, value: reading.value }])),
  );
  for (const report of reports) {
    const known = sensors
      .filter(({ path }) => report.values.has(path) && !tellers.has(path))
      .map(({ path, value }) => ({ path, divisor: divisorOf(value, report.values.get(path)) }));
    const plainly = known.some(({ divisor }) => divisor === 1000) ? null : 1;
    for (const { path, divisor } of known) {
      const by = divisor ?? plainly;
      if (by !== null) tellers.set(path, { report, divisor: by });
    }
  }
  return tellers;
}

/** Everything that the list says now is in the reports; what it could not say either way is not lost. */
function isCovered({ found, failures }: SourceRead, told: Tellers): boolean {
  const valued = found.filter(({ reading }) => reading.value !== null);
  if (valued.length === 0 || failures.length > 0) return false;
  return valued.every(({ path }) => path !== null && told.has(path));
}

function sensorsOf({ found }: SourceRead, report: Report, told: Tellers): KnownSensor[] {
  return found.flatMap(({ path, reading }) => {
    const { value: _, health: __, ...sensor } = reading;
    const by = path === null ? undefined : told.get(path);
    return path !== null && by?.report === report ? [{ path, divisor: by.divisor, ...sensor }] : [];
  });
}

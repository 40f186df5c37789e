import type { AdapterErrorKind } from '../ports/adapter-error.ts';
import type { HealthReport, SensorReading } from '../ports/bmc-health.ts';
import { repeatedPlaces } from './join-turns.ts';
import { crosses, faultRuleOf, type HealthRules, limitOf, type SensorRule, silenceRuleOf } from './poll-rules.ts';
import { idleSupplies } from './judge-balance.ts';
import type { Found, Open, Watch } from './watch.ts';

/** More are a BMC that has lost its mind, and one of them is enough to look at it. */
const MOST_OPEN = 100;

interface Condition {
  type: string;
  component: string | null;
  over: string | null;
  message: string;
  value?: number;
  /** In a row, until it counts; left out: as all. */
  polls?: number;
}

interface Looked {
  conditions: Map<string, Condition>;
  /** Of these nothing is known now: they stay as they were. */
  unknown: Set<string>;
}

/** What an answer says that the ones before it did not: each thing once while it lasts, and after it was there several polls in a row. */
export function judgeReport(rules: HealthRules, before: Watch, report: HealthReport): { after: Watch; found: Found[] } {
  const at = report.collectedAt;
  const found: Found[] = [];
  if (before.silence?.told === true && before.silence.over !== null)
    found.push(toFound(before.silence.over, null, `answers again after ${before.silence.polls} polls`, at));

  const { conditions, unknown } = look(rules, before, report);
  const open: Record<string, Open> = {};
  for (const [key, known] of Object.entries(before.open)) {
    if (unknown.has(key)) open[key] = known;
    else if (!conditions.has(key)) {
      const missed = known.missed + 1;
      // What was seen once and is gone was nothing.
      if (known.told && missed < rules.polls) open[key] = { ...known, missed };
      else if (known.told && known.over !== null)
        found.push(toFound(known.over, known.component, `${known.type} since ${known.since} is over`, at));
    }
  }
  for (const [key, { type, component, over, message, value = null, polls = rules.polls }] of conditions) {
    const known = before.open[key];
    if (known === undefined && Object.keys(open).length >= MOST_OPEN) continue;
    const seen = Math.min((known?.seen ?? 0) + 1, polls);
    const told = known?.told === true;
    if (!told && seen >= polls) found.push({ ...toFound(type, component, message, at), value });
    const since = known?.since ?? at;
    open[key] = { type, component, over, since, seen, missed: 0, told: told || seen >= polls };
  }
  return { after: { silence: null, open, bootMark: report.bootMark ?? before.bootMark }, found };
}

/** A poll without an answer. What was known of the server stays as it was. */
export function judgeSilence(
  rules: HealthRules,
  before: Watch,
  { kind, why, at }: { kind: AdapterErrorKind; why: string; at: string },
): { after: Watch; found: Found[] } {
  const rule = silenceRuleOf(rules, kind);
  if (rule === undefined) return { after: before, found: [] }; // busy with other work of the hub, or asked to be left alone
  const known = before.silence?.type === rule.type ? before.silence : null;
  const polls = (known?.polls ?? 0) + 1;
  const tells = polls >= rule.polls && known?.told !== true;
  const found = tells ? [{ ...toFound(rule.type, null, why, at), value: polls }] : [];
  const silence = { type: rule.type, over: rule.over ?? null, polls, told: tells || known?.told === true };
  return { after: { ...before, silence }, found };
}

function toFound(type: string, component: string | null, message: string, occurredAt: string): Found {
  return { type, component, message: message.slice(0, 1000), value: null, occurredAt };
}

function look(rules: HealthRules, before: Watch, report: HealthReport): Looked {
  const conditions = new Map<string, Condition>();
  const unknown = new Set<string>();
  const sensorTypes = new Set(rules.sensors.map(({ type }) => type));
  const judged = new Set<string>();
  const repeated = repeatedPlaces(report);
  for (const sensor of report.sensors)
    lookAtSensor({ rules, before, report, repeated }, sensor, { conditions, unknown, judged });
  if (!report.complete)
    for (const [key, { type }] of Object.entries(before.open))
      if (sensorTypes.has(type) && !judged.has(key)) unknown.add(key);

  lookAtBalance({ rules, before, report, repeated }, { conditions, unknown });
  let isExplained = false;
  const names = new Map<string, number>();
  for (const { name } of report.faults) names.set(name, (names.get(name) ?? 0) + 1);
  for (const fault of report.faults) {
    const rule = faultRuleOf(rules, fault);
    if (rule === undefined) continue;
    const place = fault.path.replace(/\/+$/, '').split('/').at(-1) ?? '';
    const component = ((names.get(fault.name) ?? 0) > 1 ? `${fault.name} (${place})` : fault.name).slice(0, 100);
    const says = [fault.state, fault.message, fault.path].filter((part) => part !== null).join('; ');
    // Once read is once seen, however often it is repeated.
    if (fault.place !== undefined && repeated.has(fault.place)) unknown.add(keyOf(rule.type, component));
    else add(conditions, rule, component, `${fault.name} is ${fault.health}: ${says}`);
    isExplained = true;
  }
  const { whole } = rules;
  if (whole !== null && report.system === whole.health && conditions.size === 0 && !isExplained)
    add(conditions, whole, null, `the system as a whole is ${whole.health}, and no part of it says why`);
  return { conditions, unknown };
}

interface Asked {
  rules: HealthRules;
  before: Watch;
  report: HealthReport;
  /** Places of which the report repeats what was said before. */
  repeated: ReadonlySet<string>;
}

/** The first rule that holds; the weaker ones of the same sensor neither begin nor end by it. */
function lookAtSensor(
  { rules, before, report, repeated }: Asked,
  sensor: SensorReading,
  { conditions, unknown, judged }: Looked & { judged: Set<string> },
): void {
  let decided = false;
  for (const rule of rules.sensors) {
    if (rule.kind !== sensor.kind) continue;
    const component = sensor.name.slice(0, 100);
    const key = keyOf(rule.type, component);
    judged.add(key);
    const isOld = sensor.place !== undefined && repeated.has(sensor.place);
    const beyond =
      isOld || saysNothing(rule, report) ? null : crosses(rule, sensor, before.open[key] ? rules.margin : 0);
    if (beyond === null || (beyond && decided)) unknown.add(key);
    if (beyond !== true || decided) continue;
    decided = true;
    const own = limitOf(rule, sensor);
    const says = `${sensor.name} reads ${sensor.value} ${sensor.unit}, and its ${rule.side} ${rule.level} limit is ${own}`;
    add(conditions, rule, component, says);
  }
}

/** A supply that begins or ends to rest while nothing can be told of it stays as it was. */
function lookAtBalance({ rules, before, report }: Asked, { conditions, unknown }: Looked): void {
  const { balance } = rules;
  if (balance === null) return;
  const { type, over = null, polls } = balance;
  const idle = idleSupplies(balance, report);
  if (idle === null || !report.complete)
    for (const [key, open] of Object.entries(before.open)) if (open.type === type) unknown.add(key);
  for (const { name: component, message, value } of report.complete ? (idle ?? []) : [])
    conditions.set(keyOf(type, component), { type, component, over, message, value, polls });
}

/** Fans stand still and voltages are gone while the server is off; as long as it is not known to be on, a low value is no fault. */
function saysNothing(rule: SensorRule, report: HealthReport): boolean {
  return rule.side === 'lower' && rule.kind !== 'temperature' && report.power !== 'On';
}

function add(
  conditions: Map<string, Condition>,
  { type, over }: { type: string; over?: string | undefined },
  component: string | null,
  message: string,
): void {
  const key = keyOf(type, component);
  if (!conditions.has(key)) conditions.set(key, { type, component, over: over ?? null, message });
}

function keyOf(type: string, component: string | null): string {
  return `${type} ${component ?? ''}`;
}

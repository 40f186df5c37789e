import type { HealthReport, SensorReading } from '../ports/bmc-health.ts';
import type { BalanceRule } from './poll-rules.ts';

/** A supply of a server, by what it gives, or by what it takes where that is all that is said. */
interface Supply {
  name: string;
  watts: number | null;
  well: boolean;
}

/** A supply that carries almost nothing. */
export interface Idle {
  name: string;
  message: string;
  /** Watts between it and the strongest one. */
  value: number;
}

/**
 * Per chassis the one supply that carries almost nothing while the others do the work. Two and more that rest are no fault of one: half of them are in
 * standby, or their feed is gone, which their BMC tells. One that is not well, or of which nothing is read, is no part of the comparison.
 *
 * @returns null: it cannot be told now, because the server is not known to be on, or a supply is told to be faulty, or too little is drawn to tell
 */
export function idleSupplies(rule: BalanceRule, report: HealthReport): Idle[] | null {
  if (report.power !== 'On' || report.faults.some(({ path }) => /powersuppl|psrollup/i.test(path))) return null;
  const chassis = Map.groupBy(report.sensors, (sensor) => sensor.chassis);
  const judged = [...chassis.values()].map((sensors) => idleOf(rule, suppliesOf(sensors)));
  const known = judged.filter((one) => one !== null);
  return known.length === 0 ? null : known.flat();
}

function idleOf(rule: BalanceRule, supplies: readonly Supply[]): Idle[] | null {
  const known = supplies.flatMap(({ name, watts, well }) => (well && watts !== null ? [{ name, watts }] : []));
  const total = known.reduce((sum, { watts }) => sum + watts, 0);
  if (known.length < 2 || total < rule.watts) return null;
  const idle = known.filter(({ watts }) => watts < rule.share * ((total - watts) / (known.length - 1)));
  const [one] = idle;
  if (one === undefined || idle.length > 1) return [];
  const strongest = Math.max(...known.map(({ watts }) => watts));
  const others = Math.round((total - one.watts) / (known.length - 1));
  const message = `${one.name} carries ${one.watts} W, the other ${known.length - 1} on average ${others} W`;
  return [{ name: one.name, message, value: Math.round(strongest - one.watts) }];
}

/** `PSU 1 output`; Lenovo's sensors say `PSU 1 DC Out Pwr`, others `PSU1_InputPower`. */
const SUFFIX = /^(.+?)[ _-]+(?:[ad]c[ _-]+)?(in|out)(?:put)?(?:[ _-]?(?:power|pwr|watts))?( #\d+)?$/i;
const OF_SUPPLY = /power ?suppl|psu|\bps ?\d|\bpws/i;

/** One side for all, so that like is compared with like: the output where each supply says it, else the input. */
function suppliesOf(sensors: readonly SensorReading[]): Supply[] {
  const sides: Record<string, Map<string, Supply>> = { output: new Map(), input: new Map() };
  for (const { kind, name, value, health } of sensors) {
    const [, base = '', side = '', number = ''] = (kind === 'power' && SUFFIX.exec(name)) || [];
    if (!OF_SUPPLY.test(base)) continue;
    const supply = `${base}${number}`.slice(0, 100);
    sides[`${side.toLowerCase()}put`]?.set(supply, {
      name: supply,
      watts: value,
      well: health === null || health === 'OK',
    });
  }
  const [output, input] = [sides['output'], sides['input']].map((side) => [...(side?.values() ?? [])]);
  const said = (all: readonly Supply[] = []): number => all.filter(({ watts }) => watts !== null).length;
  return (said(output) >= said(input) ? output : input) ?? [];
}

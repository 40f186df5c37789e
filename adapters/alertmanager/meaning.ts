import { COMPONENT_KINDS, type ComponentKind } from '#src/ports/hardware-inventory.ts';
import type { AlertMeaning } from '#src/ports/observation.ts';
import type { AlertMapping, MappingEntry } from './mapping.ts';

export interface LabelledAlert {
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

/** Which symptom of what an alert is. Pure. The first entry that fits counts; without one, the alert's own label. */
export function meaningOf(
  mapping: Pick<AlertMapping, 'servers' | 'symptomLabel' | 'alerts'>,
  alert: LabelledAlert,
): AlertMeaning {
  const entry = mapping.alerts.find((one) => fits(one, alert));
  if (entry?.ignore !== undefined) return { outcome: 'ignored', why: entry.ignore };
  const name = labelOf(alert, 'alertname') ?? 'without a name';
  const own = labelOf(alert, mapping.symptomLabel);
  const symptom = entry?.symptom ?? own;
  if (symptom === undefined)
    return { outcome: 'unmapped', why: `no entry for the alert ${name}, and it has no label ${mapping.symptomLabel}` };
  if (!/^[A-Z][A-Z0-9_]{1,59}$/.test(symptom))
    return { outcome: 'unmapped', why: `its label ${mapping.symptomLabel} is no symptom: ${symptom.slice(0, 60)}` };
  const subject = subjectOf(entry, mapping.servers, alert);
  if (typeof subject === 'string') return { outcome: 'unmapped', why: `${name} ${subject}` };
  return {
    outcome: 'symptom',
    symptom,
    subject,
    // What names its symptom itself may name the part in the same way.
    component: first(entry === undefined ? ['{component}'] : entry.component, alert),
    componentKind: entry === undefined ? kindOf(first(['{component_kind}'], alert)) : (entry.componentKind ?? null),
    serial: first(entry === undefined ? ['{component_serial}'] : entry.serial, alert),
    value: numberOf(first(entry === undefined ? ['{annotations.value}', '{value}'] : entry.value, alert)),
  };
}

function subjectOf(
  entry: MappingEntry | undefined,
  standard: readonly string[],
  alert: LabelledAlert,
): { servers: string[] } | { place: string } | string {
  if (entry?.place !== undefined) {
    const place = first(entry.place, alert);
    return place === null ? `names no place: there is none of ${listOf(entry.place).join(', ')}` : { place };
  }
  const wanted = listOf(entry?.server ?? standard);
  const servers = [...new Set(wanted.flatMap((template) => fill(template, alert) ?? []).map(withoutPort))];
  return servers.length === 0 ? `names no server: there is none of ${wanted.join(', ')}` : { servers };
}

function fits(entry: MappingEntry, alert: LabelledAlert): boolean {
  if (!isOneOf(entry.alert, labelOf(alert, 'alertname'))) return false;
  return Object.entries(entry.where).every(([name, wanted]) => isOneOf(wanted, labelOf(alert, name)));
}

function isOneOf(wanted: string | readonly string[], found: string | undefined): boolean {
  if (found === undefined) return false;
  return listOf(wanted).some((one) => (one.endsWith('*') ? found.startsWith(one.slice(0, -1)) : one === found));
}

function first(templates: string | readonly string[] | undefined, alert: LabelledAlert): string | null {
  for (const template of listOf(templates ?? [])) {
    const text = fill(template, alert);
    if (text !== undefined) return text;
  }
  return null;
}

/** `Disk.{device}` → `Disk.sda`; undefined where a label that it names is missing or empty. `{annotations.x}` is an annotation. */
function fill(template: string, alert: LabelledAlert): string | undefined {
  let isWhole = true;
  const text = template.replaceAll(/\{([\w.]+)\}/g, (_, name: string) => {
    const found = name.startsWith('annotations.')
      ? own(alert.annotations, name.slice('annotations.'.length))
      : labelOf(alert, name);
    if (found === undefined) isWhole = false;
    return found ?? '';
  });
  return isWhole ? text.trim().slice(0, 200) : undefined;
}

function labelOf(alert: LabelledAlert, name: string): string | undefined {
  return own(alert.labels, name);
}

function own(texts: Readonly<Record<string, string>>, name: string): string | undefined {
  const text = Object.hasOwn(texts, name) ? texts[name]?.trim() : undefined;
  return text === '' ? undefined : text;
}

/** Prometheus' `instance` is an address with a port: `10.0.0.7:9100`, `[fd00::7]:9100`, `srv-7.example:9100`. */
function withoutPort(name: string): string {
  const bracketed = /^\[([0-9a-f:]+)\](?::\d+)?$/i.exec(name)?.[1];
  return bracketed ?? name.replace(/^([^:]+):\d{1,5}$/, '$1');
}

function kindOf(text: string | null): ComponentKind | null {
  return COMPONENT_KINDS.find((kind) => kind === text?.toLowerCase()) ?? null;
}

/** Numbers as Prometheus' templates print them; what is none (`NaN`, `99%`) is not known. */
function numberOf(text: string | null): number | null {
  return text !== null && /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : null;
}

function listOf(one: string | readonly string[]): readonly string[] {
  return typeof one === 'string' ? [one] : one;
}

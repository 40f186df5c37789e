import type { SeenComponent } from '#src/ports/bundle-format.ts';
import { facts, leadingNumber, named, said } from '../host/words.ts';
import { asList, asRecord, asText, seen } from '../json-facts.ts';

/** `BBU_Info` or `Cachevault_Info`: a row in `show all` of the controller, property and value pairs in `/cx/bbu show all`. */
export function storcliBatteries(controller: string, data: Record<string, unknown>): SeenComponent[] {
  return ['BBU_Info', 'Cachevault_Info'].flatMap((name) => {
    const info = propertiesOf(data[name]);
    if (info.size === 0) return [];
    const design = propertiesOf(
      data[name === 'BBU_Info' ? 'BBU_Design_Info' : 'Cachevault_Design_Info'] ?? data['Design_Info'],
    );
    const model = named(info.get('Model') ?? info.get('Type') ?? info.get('Device Name'));
    const state = info.get('State') ?? info.get('Battery State') ?? null;
    return [
      seen('battery', {
        slot: `${controller}/${name === 'BBU_Info' ? 'bbu' : 'cv'}`,
        manufacturer: named(design.get('Manufacture Name') ?? design.get('Manufacturer Name')),
        model,
        serial: said(design.get('Serial Number') ?? info.get('Serial Number')),
        health: batteryHealth(state),
        attributes: facts({ manufacturedOn: said(info.get('MfgDate') ?? design.get('Date of Manufacture')) }),
        readings: facts<string | number>({
          temperatureCelsius: leadingNumber(info.get('Temp') ?? info.get('Temperature')),
          batteryState: state,
        }),
      }),
    ];
  });
}

function propertiesOf(value: unknown): Map<string, string> {
  const found = new Map<string, string>();
  // The text form has the pairs as a section
  const rows = Array.isArray(value) ? asList(value) : [value];
  for (const row of rows.map(asRecord)) {
    const name = asText(row['Property']);
    const pairs = name === null ? Object.entries(row) : [[name, row['Value']] as const];
    for (const [key, one] of pairs) {
      const text = asText(one);
      if (text !== null && !found.has(key)) found.set(key, text);
    }
  }
  return found;
}

export function batteryHealth(state: string | null): string | null {
  if (state === null) return null;
  if (/^(?:Optimal|OK|Healthy|Good)/i.test(state)) return 'OK';
  if (/^(?:Degraded|Learning|Charging|Dgd|Replace)/i.test(state)) return 'Warning';
  return /Fail|Missing|Absent/i.test(state) ? 'Critical' : null;
}

import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';
import { facts, keyAndValue, leadingNumber, named, said, wholeLinesOf } from '../host/words.ts';
import { seen } from '../json-facts.ts';
import { batteryHealth } from './storcli-battery.ts';

/** MegaCLI `-AdpBbuCmd -aALL`. */
export const megacliBbu: FileFormat = {
  id: 'megacli-bbu',
  title: 'MegaCLI battery',
  recognises: (file) => /^BBU status for Adapter: \d/m.test(file.text()),
  read: (file) => [readBatteries(file.text())],
};

function readBatteries(text: string): FileReading {
  const reading = emptyReading('tools');
  const adapters = new Map<string, Map<string, string>>();
  let fields = new Map<string, string>();
  for (const line of wholeLinesOf(text)) {
    const adapter = /^BBU [A-Za-z ]{3,30} for Adapter: (\d{1,3})\s*$/.exec(line)?.[1];
    if (adapter !== undefined) {
      fields = adapters.get(adapter) ?? new Map<string, string>();
      adapters.set(adapter, fields);
      continue;
    }
    const pair = keyAndValue(line);
    if (pair !== null && !fields.has(pair.key)) fields.set(pair.key, pair.value);
  }
  for (const [adapter, one] of adapters) {
    if (one.get('Battery Pack Missing') === 'Yes') continue;
    const worn = one.get('Battery Replacement required') === 'Yes';
    const failing = one.get('Pack is about to fail & should be replaced') === 'Yes';
    reading.components.push(
      seen('battery', {
        slot: `c${adapter}/bbu`,
        manufacturer: named(one.get('Manufacture Name')),
        model: named(one.get('BatteryType')),
        serial: said(one.get('Serial Number')),
        health: failing || worn ? 'Critical' : batteryHealth(said(one.get('Battery State'))),
        attributes: facts({ manufacturedOn: said(one.get('Date of Manufacture')) }),
        readings: facts<string | number>({
          temperatureCelsius: leadingNumber(one.get('Temperature')),
          chargePercent: leadingNumber(one.get('Relative State of Charge')),
          fullChargeMilliampereHours: leadingNumber(one.get('Full Charge Capacity')),
          batteryState: said(one.get('Battery State')),
        }),
      }),
    );
  }
  return reading;
}

import { asList, asRecord, asText } from '../json-facts.ts';
import { type Heard, lldpReading, nothingHeard } from './lldp-neighbour.ts';
import type { FileFormat } from '#src/ports/bundle-format.ts';

/**
 * `lldpcli -f json` and `-f json0`. In `json` an interface, a chassis or a list of one is a bare object, keyed by its name; `json0` has
 * lists and `{ "value": … }` everywhere.
 */
export const lldpJson: FileFormat = {
  id: 'lldp-json',
  title: 'lldpcli -f json',
  recognises: (file) => 'lldp' in asRecord(file.json()),
  read: (file) => [lldpReading(interfacesOf(asRecord(file.json())['lldp']).map(heardOf))],
};

function listed(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? asList(value) : [value];
}

function interfacesOf(lldp: unknown): { name: string | null; body: Record<string, unknown> }[] {
  const all = listed(lldp).flatMap((one) => listed(asRecord(one)['interface']));
  return all.map(asRecord).flatMap((one) => {
    const name = asText(one['name']);
    if (name !== null) return [{ name, body: one }];
    return Object.entries(one).flatMap(([key, body]) =>
      listed(body).map((inner) => ({ name: key, body: asRecord(inner) })),
    );
  });
}

function heardOf({ name, body }: { name: string | null; body: Record<string, unknown> }): Heard {
  const heard = nothingHeard(name);
  const chassis = asRecord(listed(body['chassis'])[0]);
  const port = asRecord(listed(body['port'])[0]);
  // With a system name the chassis is keyed by it: { "switch-17": { "id": … } }
  const [key, inner] = Object.entries(chassis)[0] ?? [];
  const keyed = key !== undefined && !('id' in chassis) && Object.keys(asRecord(inner)).length > 0;
  const inside = keyed ? asRecord(inner) : chassis;
  heard.name = keyed ? key : valueOf(inside['name']);
  heard.chassis = valueOf(inside['id']);
  heard.portId = valueOf(port['id']);
  heard.portDescription = valueOf(port['descr']);
  return heard;
}

function valueOf(value: unknown): string | null {
  const first = listed(value)[0];
  return asText(first) ?? asText(asRecord(first)['value']);
}

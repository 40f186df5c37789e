import { asRecord, asText } from '../json-facts.ts';
import { parseXml } from '../xml.ts';
import { type Heard, lldpReading, nothingHeard } from './lldp-neighbour.ts';
import type { FileFormat, FileReading } from '#src/ports/bundle-format.ts';

/** `lldpctl -f xml`. */
export const lldpXml: FileFormat = {
  id: 'lldp-xml',
  title: 'lldpctl -f xml',
  recognises: (file) => /<lldp(?:\s[^>]{0,200})?>/.test(file.text().slice(0, 4000)),
  read: (file) => [readXml(file.text())],
};

function readXml(text: string): FileReading {
  const { document, fault } = parseXml(text);
  const reading = lldpReading(many(asRecord(document['lldp'])['interface']).map((one) => heardOf(asRecord(one))));
  if (fault !== null) reading.warnings.push(fault);
  return reading;
}

function heardOf(one: Record<string, unknown>): Heard {
  const heard = nothingHeard(asText(one['@name']));
  const chassis = asRecord(many(one['chassis'])[0]);
  const port = asRecord(many(one['port'])[0]);
  heard.chassis = textOf(chassis['id']);
  heard.name = textOf(chassis['name']);
  heard.portId = textOf(port['id']);
  heard.portDescription = textOf(port['descr']);
  return heard;
}

function many(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

function textOf(value: unknown): string | null {
  const first = many(value)[0];
  return asText(first) ?? asText(asRecord(first)['#text']);
}

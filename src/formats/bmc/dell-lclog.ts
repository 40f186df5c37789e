import { emptyReading, type FileFormat } from '#src/ports/bundle-format.ts';
import { asRecord, asText } from '../json-facts.ts';
import { parseXml } from '../xml.ts';
import { elementsOf, listOf } from './xml-elements.ts';

/** The Lifecycle Controller's log, as a TSR and `racadm lclog export` hold it. */
export const dellLclog: FileFormat = {
  id: 'dell-lclog',
  title: 'Dell Lifecycle log (XML)',
  recognises: (file) => /<LCLogEvents\b/.test(file.text()),
  read(file) {
    const reading = emptyReading('tsr');
    const { document, fault } = parseXml(file.text());
    if (fault !== null) reading.warnings.push(fault);
    for (const event of elementsOf(document, ['LCLogEvents', 'Event'])) {
      const text = (name: string): string | null => textOf(event[name]);
      const at = timeOf(asText(event['@Timestamp']) ?? '');
      const severity = asText(event['@Severity']);
      const place = text('FQDD');
      reading.logEntries.push({
        at,
        severity: severity === 'Informational' ? 'OK' : severity,
        message: [text('MessageID'), text('Message'), place].filter((one) => one !== null).join(' | '),
        source: 'Lifecycle log',
      });
    }
    // The newest comes first in the export
    reading.logEntries.sort((one, other) => (one.at ?? '').localeCompare(other.at ?? ''));
    return [reading];
  },
};

/** Some generations leave the zone out; a BMC's clock runs on UTC then. */
function timeOf(text: string): string | null {
  const found = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/.exec(text);
  if (found === null) return null;
  const time = Date.parse(`${found[1]}T${found[2]}${(found[3] ?? 'Z').replace(/(\d{2})(\d{2})$/, '$1:$2')}`);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function textOf(value: unknown): string | null {
  const first = listOf(value)[0];
  return asText(first) ?? asText(asRecord(first)['#text']);
}

import { seen } from '../json-facts.ts';
import { facts, keyAndValue, leadingCount, linesOf, named } from './words.ts';
import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';

/** `ethtool eth0`: the state of a link. It knows the interface by name only, so it adds to a card that another file shows. */
export const ethtoolLink: FileFormat = {
  id: 'ethtool-link',
  title: 'ethtool <interface>',
  recognises: (file) => /^Settings for [^\s:]{1,40}:\s*$/m.test(file.text()),
  read: (file) => [readLinks(file.text())],
};

function readLinks(text: string): FileReading {
  const reading = emptyReading('tools');
  let name: string | null = null;
  let fields = new Map<string, string>();
  const finish = (): void => {
    if (name === null || fields.size === 0) return;
    const up = fields.get('Link detected');
    reading.components.push(
      seen('nic', {
        attributes: { device: name },
        readings: facts<string | number>({
          linkStatus: up === undefined ? null : `${name} ${up === 'yes' ? 'up' : 'down'}`,
          speedMbps: leadingCount(fields.get('Speed')?.replace(/Mb\/s$/, '')),
          duplex: named(fields.get('Duplex')?.replace(/^Unknown!.*$/, 'Unknown')),
          port: named(fields.get('Port')),
        }),
      }),
    );
  };
  for (const line of linesOf(text)) {
    const found = /^Settings for ([^\s:]{1,40}):\s*$/.exec(line);
    if (found === null) {
      const pair = keyAndValue(line);
      if (pair !== null) fields.set(pair.key, pair.value);
      continue;
    }
    finish();
    name = found[1] ?? null;
    fields = new Map();
  }
  finish();
  return reading;
}

import { facts, keyAndValue, linesOf, named } from './words.ts';
import { emptyReading, type FileFormat, type FileReading } from '#src/ports/bundle-format.ts';

/** `/etc/os-release`. */
export const osRelease: FileFormat = {
  id: 'os-release',
  title: '/etc/os-release',
  recognises: (file) => /^ID=\S/m.test(file.text()) && /^(?:PRETTY_NAME|VERSION_ID|NAME)=/m.test(file.text()),
  read: (file) => [readRelease(file.text())],
};

/** `uname -a`, which prints one line. */
export const uname: FileFormat = {
  id: 'uname',
  title: 'uname -a',
  recognises: (file) => UNAME.test(file.text().trim()),
  read: (file) => [readUname(file.text().trim())],
};

const UNAME = /^(Linux|FreeBSD|Darwin|SunOS|VMkernel) (\S{1,255}) (\d\S{0,120}) \S.{0,400}$/;

function readRelease(text: string): FileReading {
  const reading = emptyReading('tools');
  const fields = new Map<string, string>();
  for (const line of linesOf(text)) {
    const pair = keyAndValue(line, '=');
    if (pair !== null) fields.set(pair.key, pair.value.replace(/^(["'])(.*)\1$/, '$2'));
  }
  reading.system = facts({
    osName: named(fields.get('PRETTY_NAME')) ?? named(fields.get('NAME')),
    osVersion: named(fields.get('VERSION_ID')),
  });
  return reading;
}

function readUname(line: string): FileReading {
  const reading = emptyReading('tools');
  const found = UNAME.exec(line);
  const host = named(found?.[2]);
  reading.host.hostName = host === null || /^(?:localhost(?:\.localdomain)?|\(none\))$/.test(host) ? null : host;
  reading.system = facts({ osKernel: found === null ? null : `${found[1] ?? ''} ${found[3] ?? ''}` });
  return reading;
}

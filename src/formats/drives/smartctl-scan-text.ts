import { emptyReading, type FileFormat, type SourceFile } from '../../ports/bundle-format.ts';
import { deviceOf } from './device-name.ts';

const LINE = /^(?:# )?(\/dev\/\S{1,80}) -d (\S{1,60}) # /;

/** `smartctl --scan` and `--scan-open` as text: '/dev/sda -d scsi # /dev/sda, SCSI device'. */
export const smartctlScanText: FileFormat = {
  id: 'smartctl-scan-text',
  title: 'smartctl --scan (text)',
  recognises(file) {
    const lines = filled(file);
    return lines.length > 0 && lines.every((line) => LINE.test(line));
  },
  read(file) {
    const reading = emptyReading('tools');
    const devices = filled(file).flatMap((line) => {
      const found = LINE.exec(line);
      return deviceOf(found?.[1] ?? null, found?.[2] ?? null) ?? [];
    });
    reading.enumerates = { kind: 'drive', devices: [...new Set(devices)] };
    return [reading];
  },
};

function filled(file: SourceFile): string[] {
  return file
    .text()
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
}

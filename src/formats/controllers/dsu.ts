import { emptyReading, type FileFormat } from '#src/ports/bundle-format.ts';
import { said, spaced, wholeLinesOf } from '../host/words.ts';

const LINE = /^\d{1,4}\. (BIOS|Firmware|Application), (.{1,200})$/;

/** `dsu --inventory` of Dell: the versions of what is installed, without places and serial numbers. Its preview lists what is not. */
export const dsu: FileFormat = {
  id: 'dsu-inventory',
  title: 'Dell dsu --inventory',
  recognises: (file) => /^\d{1,4}\. (?:BIOS|Firmware|Application), .{1,200}\( ?Version ?:/m.test(file.text()),
  read(file) {
    const reading = emptyReading('tools');
    const used = new Map<string, number>();
    for (const line of wholeLinesOf(file.text())) {
      const [, type = '', rest = ''] = LINE.exec(line) ?? [];
      const at = rest.lastIndexOf('( Version :');
      if (type === '' || at === -1) continue;
      const name = spaced(rest.slice(0, at)) ?? type;
      const version = said(rest.slice(at + '( Version :'.length).replace(/\)\s*$/, ''));
      const count = (used.get(name) ?? 0) + 1;
      used.set(name, count);
      reading.firmware.push({ id: count === 1 ? name : `${name} #${count}`, name, version, updateable: null });
      if (type === 'BIOS' && version !== null) reading.system['biosVersion'] = version;
      if (name === 'iDRAC' && version !== null) reading.system['bmcFirmware'] = version;
    }
    return [reading];
  },
};

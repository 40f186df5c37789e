import { emptyReading, type FileFormat, type FileReading } from '../../ports/bundle-format.ts';
import { asctimeToIso } from './asctime.ts';
import { readSmartctlText } from './smartctl-text-drive.ts';

const HEADER = /^smartctl (?:version )?\d{1,3}\.\d{1,3}\b.*\[/;
const SECTION = /^=== START OF INFORMATION SECTION ===/;

/** `smartctl -a`, `-x`, `-i`, `-H` as text. A loop over all drives gives one file with many; each is a reading. */
export const smartctlText: FileFormat = {
  id: 'smartctl-text',
  title: 'smartctl (text)',
  recognises: (file) => {
    const text = file.text();
    return /^(?:smartctl (?:version )?\d{1,3}\.\d{1,3}\b.*\[|=== START OF INFORMATION SECTION ===)/m.test(text)
      ? true
      : isHeadlessScsi(text);
  },
  read: (file) => chunksOf(file.text()).map(readChunk),
};

/** Where the first lines were cut away, what SCSI drives say is still unmistakable. */
function isHeadlessScsi(text: string): boolean {
  return (
    /^Vendor: {2,}\S/m.test(text) &&
    /^Product: {2,}\S/m.test(text) &&
    /^Serial number: +\S/m.test(text) &&
    /^(?:Device type|Transport protocol|Local Time is|Logical Unit id):/m.test(text)
  );
}

interface Chunk {
  lines: string[];
  /** The line before, where a script wrote which drive comes next. */
  before: string | null;
}

function chunksOf(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let current: Chunk = { lines: [], before: null };
  let sections = 0;
  let headers = 0;
  for (const line of text.split(/\r?\n/)) {
    const isHeader = HEADER.test(line);
    const isSection = SECTION.test(line);
    if ((isHeader && headers + sections > 0) || (isSection && sections > 0)) {
      chunks.push(current);
      const previous = current.lines.findLast((one) => one.trim() !== '');
      current = { lines: [], before: previous ?? null };
      sections = 0;
      headers = 0;
    } else if (isHeader) {
      current.before = current.lines.findLast((one) => one.trim() !== '') ?? null;
      current.lines = [];
    }
    if (isHeader) headers += 1;
    if (isSection) sections += 1;
    current.lines.push(line);
  }
  chunks.push(current);
  return chunks;
}

function readChunk(chunk: Chunk): FileReading {
  const reading = emptyReading('tools');
  const { component, warnings, localTime } = readSmartctlText(chunk.lines, chunk.before);
  if (component !== null) reading.components.push(component);
  reading.warnings.push(...warnings);
  if (localTime === null) return reading;
  reading.collectedAt = asctimeToIso(localTime);
  if (reading.collectedAt === null) {
    reading.warnings.push(`The time "${localTime}" does not say how far from UTC it is, and was not taken.`);
  }
  return reading;
}

import { isTest } from '#test/kit/source-files.ts';

/** Rooms that the areas stand on, each with doors of its own. Every other folder of `src` is an area. */
const FRAME = ['core', 'ports', 'kit', 'events', 'journal', 'ui', 'archives', 'formats', 'bundles', 'mapping'];
/** What an area may use of the log: to say what happened, to read a timeline, to show it. */
const OF_EVENTS = ['src/events/append.ts', 'src/events/reads.ts', 'src/events/timeline-view.ts'];
/** What the relay needs to turn an event into jobs. */
const OF_JOURNAL = ['src/journal/job.ts', 'src/journal/store.ts'];
/** Types only: the log and the lockouts that are lent to adapters. */
const OF_KIT = 'src/kit/kit.ts';

/** How files that people write are read, with the lines of their faults: pure, and the same for everybody's files. */
const OF_FILES = 'src/core/yaml-file.ts';

/** The room that a file is in: a frame room, `area/<name>`, `adapter/<name>`, or the folder at the top. */
export function roomOf(file: string): string {
  const [top = '', second = '', third] = file.split('/');
  if (top === 'src' && third === undefined) return 'compose';
  if (top === 'src') return FRAME.includes(second) ? second : `area/${second}`;
  if (top === 'adapters') return third === undefined ? 'adapters' : `adapter/${second}`;
  return top;
}

const EVERYTHING = new Set(['compose', 'demo', 'bench', 'prove', 'test']);
/** Writes the tables of the README from the lists in the code. */
const WRITES_README = 'setup/readme.ts';

/** Why a file may not import another, in a sentence; undefined when it may. */
export function whyClosed(from: string, to: string, typeOnly: boolean): string | undefined {
  const [here, there] = [roomOf(from), roomOf(to)];
  if (here === there || EVERYTHING.has(here) || from === WRITES_README) return undefined;
  if ((isTest(from) || from.endsWith('-for-tests.ts')) && to.startsWith('test/kit/')) return undefined;
  // The screens are no TypeScript and import nothing; their tests compare the lists that they keep with ours.
  if (isTest(from) && here === 'ui' && to.startsWith('src/')) return undefined;
  if (isOpen(here, there, to, typeOnly)) return undefined;
  return `${from} (${here}) may not import ${to} (${there})`;
}

function isOpen(here: string, there: string, to: string, typeOnly: boolean): boolean {
  const kitType = to === OF_KIT && typeOnly;
  // How files are read: pure, and known to who takes them in.
  if (here === 'archives') return there === 'core';
  if (here === 'formats') return there === 'core' || there === 'ports';
  if (here === 'mapping') return there === 'core' || there === 'ports';
  if (here === 'bundles') return there === 'core' || there === 'ports' || there === 'archives';
  if (here === 'core') return there === 'ports' || kitType;
  if (here === 'ports') return there === 'kit';
  if (here === 'kit') return there === 'ports';
  if (here === 'journal') return there === 'core' || there === 'ports';
  if (here === 'events') return there === 'core' || OF_JOURNAL.includes(to);
  if (here.startsWith('area/')) return isOpenToArea(there, to) || kitType;
  if (here.startsWith('adapter/')) return there === 'ports' || there === 'kit' || to === OF_FILES;
  if (here === 'adapters') return there === 'ports' || /^adapters\/[\w-]+\/index\.ts$/.test(to);
  if (here === 'jobs') return to.startsWith('src/') && there !== 'compose' && there !== 'ui';
  return false; // migrations, setup, ui and the agent stand alone
}

function isOpenToArea(there: string, to: string): boolean {
  if (['core', 'ports', 'archives', 'bundles', 'mapping'].includes(there) || OF_EVENTS.includes(to)) return true;
  return there.startsWith('area/') && /\/(events|reads)\.ts$/.test(to);
}

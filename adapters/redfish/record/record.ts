import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Kit } from '../../../src/kit/kit.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import { closeBroker } from '../broker.ts';
import { openBmc } from '../client.ts';
import { evidenceOf, type Evidence } from '../quirks.ts';
import { redactSecrets, secretAttributesIn } from '../secrets/redact.ts';
import { REDACTED } from '../secrets/secret-shapes.ts';
import type { Settings } from '../settings.ts';
import { packFolder } from './pack.ts';
import { createPseudonyms, type Pseudonyms } from './pseudonyms.ts';
import { describeRecording, summaryOf, type RecordingSummary } from './summary.ts';
import { openToReaders, removeFolder, treeFolder, writeWhole, type TreeFolder } from './tree-folder.ts';
import { startOfWalk, walkOn, type Walk, type WalkLimits, type WalkState } from './walk.ts';

export interface RecordOptions {
  /** A folder, or a file that ends in .tar.gz. Must not exist, but for what an earlier try left beside it. */
  out: string;
  limits?: Partial<WalkLimits>;
  /** Other serials, addresses and names in the place of the real ones. */
  pseudonyms?: boolean;
  signal: AbortSignal;
  progress?(now: { requests: number; saved: number; waiting: number }): void;
}

const LIMITS: WalkLimits = { maxRequests: 10_000, logEntries: 20, pages: 40 };
/** A use of a BMC has a limit of its own; the session stays over several of them. */
const AT_ONCE = 1_500;

/** What lies beside the recording while it is made. The secrets are out of it already; serials are not. */
interface Kept {
  version: 1;
  url: string;
  evidence: Evidence | null;
  walk: WalkState;
  redacted: Record<string, number>;
  marked: string[];
}

/**
 * Walks a BMC read-only and writes what it says, without secrets, as a tree that the simulator serves. One that was broken off goes on where it
 * was.
 * @throws AdapterError with what the BMC said; what was read up to then is kept beside `out`
 */
export async function recordBmc(
  target: BmcTarget,
  settings: Settings,
  kit: Kit,
  options: RecordOptions,
): Promise<RecordingSummary> {
  const { out, signal } = options;
  if (await exists(out)) throw refused(kit, `${out} is there already; name another place`);
  const work = `${out}.part`;
  const folder = treeFolder(path.join(work, 'tree'));
  const kept = await takeUp(work, target.url, kit);
  const limits = { ...LIMITS, ...options.limits };
  const marked = new Set(kept.marked);

  async function save(uri: string, body: Record<string, unknown>): Promise<void> {
    for (const name of secretAttributesIn(body)) marked.add(name);
    const { body: clean, found } = redactSecrets(body, { marked, forOthers: true });
    for (const { why } of found) kept.redacted[why] = (kept.redacted[why] ?? 0) + 1;
    await folder.write(uri, withoutPassword(clean, target.password));
  }
  async function keep(): Promise<void> {
    await writeWhole(path.join(work, 'state.json'), JSON.stringify({ ...kept, marked: [...marked] }));
  }
  let ticks = 0;
  const walk: Walk = {
    ...{ state: kept.walk, limits, atATime: settings.maxInFlight, signal, fits: folder.fits, save },
    async tick() {
      ticks += 1;
      if (ticks % 10 === 0) await keep();
      options.progress?.(standOf(kept.walk));
    },
  };
  try {
    let done = false;
    while (!done && kept.walk.requests < limits.maxRequests) {
      const bmc = await openBmc(target, settings, kit, signal);
      try {
        kept.evidence ??= await evidenceOf(bmc).catch(() => null); // who is recorded may say strange things; that is why
        done = await walkOn(bmc, walk, AT_ONCE);
      } finally {
        for (const problem of await bmc.close()) kit.log.warn({ problem }, 'BMC session may be left open');
      }
    }
  } finally {
    await keep();
    await closeBroker(kit);
  }
  const summary = summaryOf({ ...kept, limits, now: kit.now(), pseudonyms: options.pseudonyms === true });
  await finish({ folder, work, out, summary, walk: kept.walk, marked, pseudonyms: options.pseudonyms === true });
  return summary;
}

async function finish(given: {
  folder: TreeFolder;
  work: string;
  out: string;
  summary: RecordingSummary;
  walk: WalkState;
  marked: ReadonlySet<string>;
  pseudonyms: boolean;
}): Promise<void> {
  const { folder, work, out, summary, walk, marked } = given;
  const saved = [...new Set(walk.saved)];
  const final = treeFolder(path.join(work, 'final'));
  await removeFolder(final.root);
  const names = given.pseudonyms ? createPseudonyms(randomBytes(32)) : null;
  if (names !== null) for (const uri of saved) names.learn(await folder.read(uri));
  for (const uri of saved) {
    const body = await folder.read(uri);
    if (body === undefined) continue;
    // Once more: a registry that was read late may have marked what was saved before.
    const clean = redactSecrets(body, { marked, forOthers: true }).body;
    await final.write(names?.applyText(uri) ?? uri, names?.apply(clean) ?? clean);
  }
  const told = applyTo(summary, names);
  await writeWhole(path.join(final.root, 'recording.json'), `${JSON.stringify(told, null, 2)}\n`);
  await writeWhole(path.join(final.root, 'README.md'), describeRecording(told));
  if (/\.t(?:ar\.)?gz$/i.test(out)) {
    await packFolder(final.root, out, path.basename(out).replace(/\.t(?:ar\.)?gz$/i, ''));
    await openToReaders(out);
  } else await rename(final.root, out);
  await removeFolder(work);
}

function applyTo(summary: RecordingSummary, names: Pseudonyms | null): RecordingSummary {
  return names === null ? summary : names.apply(summary);
}

async function takeUp(work: string, url: string, kit: Kit): Promise<Kept> {
  await mkdir(work, { recursive: true, mode: 0o700 });
  const text = await readFile(path.join(work, 'state.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return { version: 1, url, evidence: null, walk: startOfWalk(), redacted: {}, marked: [] };
  const kept = JSON.parse(text) as Kept;
  if (kept.version !== 1 || kept.url !== url)
    throw refused(kit, `${work} is what is left of a recording of ${kept.url}; remove it, or name another place`);
  // What failed may have been a BMC that was busy: once more.
  for (const { path: failed } of kept.walk.failures) kept.walk.waiting.push(failed);
  kept.walk.failures = [];
  return kept;
}

function standOf({ saved, waiting, late, requests }: WalkState): { requests: number; saved: number; waiting: number } {
  return { requests, saved: saved.length, waiting: waiting.length + late.length };
}

/** What the recorder itself knows to be secret must not be in there, whatever it is called. */
function withoutPassword(body: unknown, password: string): unknown {
  if (password.length < 4) return body;
  const written = JSON.stringify(password).slice(1, -1);
  const text = JSON.stringify(body);
  return text.includes(written) ? (JSON.parse(text.replaceAll(`"${written}"`, `"${REDACTED}"`)) as unknown) : body;
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function refused({ system }: Kit, message: string): AdapterError {
  return new AdapterError('rejected', `${system}: ${message}`, { system });
}

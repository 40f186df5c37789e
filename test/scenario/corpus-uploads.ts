import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { pack } from 'tar-stream';
import { sha256 } from '#src/core/id.ts';
import { corpusPath } from '#test/kit/corpus.ts';

/** What somebody would send of the corpus in one go. */
export interface CorpusUpload {
  /** Under the corpus, `logbundles/nvme/…`. */
  name: string;
  /** The folder by which it is counted. */
  kind: string;
  bytes: Buffer;
  /** For what does not say when it was collected: the same whatever the order of the uploads. */
  collectedAt: string;
  /** The name of the bench that it was collected at, of tools that never say of which machine they speak. */
  bench: string | null;
}

/** Outputs about single parts; whoever uploads them says of which server they are. */
const WITHOUT_MACHINE = new Set([
  'lsblk',
  'nvme',
  'nvidia-smi-xml',
  'rocm-smi-json',
  'smartctl-json',
  'smartctl-text',
  'storage-controllers',
]);

export const corpusIsThere = ['logbundles', 'redfish', 'ocp-diag'].every(
  (folder) => statSync(corpusPath(folder), { throwIfNoEntry: false })?.isDirectory() ?? false,
);

/** Every file of the log bundles and test results, and every tree of a BMC as a tar. */
export async function corpusUploads(): Promise<CorpusUpload[]> {
  const found: Omit<CorpusUpload, 'collectedAt' | 'bench'>[] = [];
  for (const file of filesIn(corpusPath('logbundles')))
    found.push({ name: `logbundles/${file}`, kind: file.split('/')[0] ?? '', bytes: read('logbundles', file) });
  for (const file of filesIn(corpusPath('ocp-diag')).filter((one) => /\.jsonl?$/.test(one)))
    found.push({ name: `ocp-diag/${file}`, kind: 'ocp-diag', bytes: read('ocp-diag', file) });
  for (const entry of readdirSync(corpusPath('redfish'), { withFileTypes: true }))
    if (entry.isDirectory())
      found.push({
        name: `redfish/${entry.name}.tar`,
        kind: 'redfish',
        bytes: await tarOf(corpusPath('redfish', entry.name)),
      });
  found.sort((a, b) => (a.name < b.name ? -1 : 1));
  return found.map((one) => ({
    ...one,
    // By the content, for two collections hold some files alike, and what was said of the one that came first counts
    collectedAt: new Date(
      Date.UTC(2026, 9, 1) + Number.parseInt(sha256(one.bytes).slice(0, 5), 16) * 1000,
    ).toISOString(),
    bench: WITHOUT_MACHINE.has(one.kind) ? one.kind : null,
  }));
}

function read(...parts: string[]): Buffer {
  return readFileSync(corpusPath(...parts));
}

/** Notes of where they come from are no recordings. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'SOURCES.md')
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
}

async function tarOf(folder: string): Promise<Buffer> {
  const packing = pack();
  // The day is that of the archive: the same bytes in every run
  const mtime = new Date('2026-05-03T12:00:00Z');
  for (const name of filesIn(folder).toSorted()) packing.entry({ name, mtime }, readFileSync(path.join(folder, name)));
  packing.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packing as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

import type { Ctx } from '#src/core/ctx.ts';
import { sha256 } from '#src/core/id.ts';
import { ingestBundles, type ReadBundle } from '#src/history/commands/ingest-bundles.ts';
import { prepareSnapshot } from '#src/history/identity/prepare.ts';
import type { SortParts } from '#src/history/sort-parts.ts';
import type { CaseBundle } from './fleet-case.ts';

/** What class a part is makes no difference to where it was. */
const unsorted: SortParts = {
  classify: () => ({ lot: null, rule: null, missing: [], title: '', facts: {} }),
  lotId: (code) => code,
  enter: async () => {},
};

export async function takeBundles(ctx: Ctx, bundles: readonly CaseBundle[]): Promise<void> {
  await ingestBundles(ctx, unsorted, bundles.map(readBundle));
}

function readBundle({ name, snapshots }: CaseBundle): ReadBundle {
  return {
    sha256: sha256(name),
    bytes: name.length,
    receivedAt: '2026-11-21 00:00:00.000000',
    report: {
      files: [],
      warnings: [],
      hint: { assetId: null, collectedAt: null, fileName: null, uploadedBy: null },
      snapshots: [],
    },
    snapshots: snapshots.map(({ at, report }) => prepareSnapshot(report, at)),
  };
}

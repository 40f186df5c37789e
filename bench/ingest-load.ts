import { readFileSync } from 'node:fs';
import { combine } from '#src/bundles/combine.ts';
import { sourceFile } from '#src/bundles/source-file.ts';
import type { Ctx } from '#src/core/ctx.ts';
import { sha256 } from '#src/core/id.ts';
import { reanimatorJson } from '#src/formats/agent/read-report.ts';
import { ingestBundles, type ReadBundle } from '#src/history/commands/ingest-bundles.ts';
import { prepareSnapshot } from '#src/history/identity/prepare.ts';
import { toMoment } from '#src/history/moment.ts';
import type { SortParts } from '#src/history/sort-parts.ts';
import { createClassifier } from '#src/lots/classify.ts';
import { ensureLots } from '#src/lots/commands/ensure-lots.ts';
import { lotId } from '#src/lots/model.ts';
import { loadLotRules } from '#src/lots/rules.ts';

/** How bundles are handed over: so many in one transaction, so many transactions at once. */
export interface Pace {
  batch: number;
  lanes: number;
}

export interface Timed {
  count: number;
  seconds: number;
  /** Of this process, and of the database's, over the same time. */
  nodeSeconds: number;
  databaseSeconds: number;
}

export interface Ingesting {
  ctx: Ctx;
  sort: SortParts;
  databasePid: number;
}

/** What classes of parts there are, as the hub wires it. */
export function lotsOfRules(): SortParts {
  const classify = createClassifier(loadLotRules());
  return {
    classify(part) {
      const found = classify(part);
      if (found.lot === null) return { lot: null, rule: null, missing: found.missing, title: '', facts: {} };
      return { ...found, missing: [] };
    },
    lotId,
    enter: (tx, parts) =>
      ensureLots(
        tx,
        parts.flatMap(({ row, found: { lot, title, facts } }) =>
          lot === null ? [] : [{ lot, title, kind: row.kind, facts: facts as Record<string, string> }],
        ),
      ),
  };
}

/** From the bytes of an upload to what `ingestBundles` takes: nothing is left out but the object store. */
export function readUpload(bytes: Buffer, receivedAt: Date): ReadBundle {
  const digest = sha256(bytes);
  const file = sourceFile('report.json', bytes, null);
  if (!reanimatorJson.recognises(file)) throw new Error('the bench wrote a report that the hub does not know');
  const readings = reanimatorJson.read(file);
  const snapshots = combine(readings.map((reading) => ({ path: file.path, rank: 0, files: [file.path], reading })));
  const prepared = snapshots.map((one) => prepareSnapshot(one, toMoment(one.collectedAt ?? receivedAt)));
  const components = readings.flatMap((reading) => reading.components);
  return {
    sha256: digest,
    bytes: bytes.length,
    receivedAt: toMoment(receivedAt),
    snapshots: prepared,
    report: {
      files: [
        {
          path: file.path,
          bytes: bytes.length,
          format: reanimatorJson.id,
          readings: readings.length,
          components: components.length,
          withSerial: components.filter(({ serial }) => serial !== null).length,
          warnings: readings.flatMap(({ warnings }) => warnings),
        },
      ],
      warnings: [],
      hint: { assetId: null, collectedAt: null, fileName: null, uploadedBy: null },
      snapshots: prepared.map((one, at) => ({
        source: one.source,
        scope: one.scope,
        components: one.parts.length,
        identified: one.parts.filter(({ identity }) => identity.by === 'serial').length,
        evidence: one.card.keys,
        warnings: [...(snapshots[at]?.warnings ?? []), ...one.warnings],
      })),
    },
  };
}

/** @throws Error where a bundle was not taken: what does nothing is fast */
export async function ingestAll(on: Ingesting, uploads: readonly Buffer[], pace: Pace): Promise<Timed> {
  let next = 0;
  async function lane(): Promise<void> {
    while (next < uploads.length) {
      const some = uploads.slice(next, next + pace.batch);
      next += pace.batch;
      const receivedAt = new Date();
      const taken = await ingestBundles(
        on.ctx,
        on.sort,
        some.map((bytes) => readUpload(bytes, receivedAt)),
      );
      if (taken.some(({ isNew, places }) => !isNew || places.some((place) => place === null)))
        throw new Error('a bundle was known already, or belongs nowhere');
    }
  }
  const timed = await timeIt(on.databasePid, async () => {
    await Promise.all(Array.from({ length: pace.lanes }, lane));
  });
  return { ...timed, count: uploads.length };
}

export async function timeIt(databasePid: number, work: () => Promise<void>): Promise<Omit<Timed, 'count'>> {
  const cpu = process.cpuUsage();
  const database = cpuSecondsOf(databasePid);
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { seconds, nodeSeconds: (user + system) / 1e6, databaseSeconds: cpuSecondsOf(databasePid) - database };
}

export function sum(all: readonly Timed[]): Timed {
  const of = (field: keyof Timed): number => all.reduce((total, one) => total + one[field], 0);
  return {
    count: of('count'),
    seconds: of('seconds'),
    nodeSeconds: of('nodeSeconds'),
    databaseSeconds: of('databaseSeconds'),
  };
}

/** User and system time; the kernel counts in hundredths (USER_HZ). */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

import { open } from 'node:fs/promises';
import { ArchiveFault } from '../../archives/archive-fault.ts';
import type { ArchiveSource } from '../../archives/unpack.ts';
import type { BundleReport } from '../../bundles/read-bundle.ts';
import type { SnapshotReport } from '../../bundles/snapshot-report.ts';
import type { Ctx } from '../../core/ctx.ts';
import { HubError } from '../../core/error.ts';
import { sha256 } from '../../core/id.ts';
import { invalid } from '../../core/route.ts';
import { AdapterError } from '../../ports/adapter-error.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { existingAssets } from '../asset-store.ts';
import type { KeptReport } from '../bundle-store.ts';
import { ingestBundles, type Ingested, type ReadBundle } from '../commands/ingest-bundles.ts';
import type { Moment } from '../derive/look.ts';
import { type PreparedSnapshot, prepareSnapshot } from '../identity/prepare.ts';
import { existingLocations } from '../location-reads.ts';
import { toMoment } from '../moment.ts';
import type { NoticeLooks } from '../notice-looks.ts';
import type { SortParts } from '../sort-parts.ts';
import { findBundle } from './bundle-reads.ts';
import { createTurns } from './share-turns.ts';
import { wellFormed } from './well-formed.ts';

/** What the uploader knows about a bundle that does not stand in it. */
export interface Hint {
  assetId: string | null;
  /** ISO 8601, for snapshots that do not say when they were collected. */
  collectedAt: string | null;
  fileName: string | null;
}

export interface IntakeDeps {
  /** Looked up when it is needed: a hub without an object store does everything else. */
  store(): ObjectStore;
  read(source: ArchiveSource, signal: AbortSignal): Promise<BundleReport>;
  /** Faults of a document of the hub's own format, as JSON pointers; none for anything else. */
  check(content: Buffer): { field: string; message: string }[];
  sort: SortParts;
  notice?: NoticeLooks | undefined;
}

export interface BundleContent {
  sha256: string;
  bytes: number;
  content: Buffer | { path: string };
}

export interface Intake {
  /**
   * The bytes go to the object store, what they say into the history; both or neither. The same bytes again change nothing.
   * @throws HubError invalid | too-large (nothing is kept) | unavailable
   */
  take(ctx: Ctx, bundle: BundleContent, hint: Hint): Promise<Ingested>;
  /** A document that the hub has written itself: what a BMC told, what a person scanned. */
  takeDocument(ctx: Ctx, document: Buffer): Promise<Ingested>;
  /** Reads without keeping anything. */
  prepare(
    ctx: Ctx,
    bundle: BundleContent,
    hint: Hint & { uploadedBy: string | null },
    receivedAt: Moment,
  ): Promise<ReadBundle>;
  store(): ObjectStore;
  sort: SortParts;
}

export function createIntake(deps: IntakeDeps): Intake {
  const turns = createTurns<ReadBundle, Ingested>((ctx, bundles) =>
    ingestBundles(ctx, deps.sort, bundles, deps.notice),
  );

  async function prepare(
    ctx: Ctx,
    bundle: BundleContent,
    hint: Hint & { uploadedBy: string | null },
    receivedAt: Moment,
  ): Promise<ReadBundle> {
    const { content } = bundle;
    const name = hint.fileName ?? 'upload';
    const report = await readSafely(
      deps,
      Buffer.isBuffer(content) ? { bytes: content, name } : { path: content.path, name },
      ctx.signal,
    );
    for (const defect of report.defects)
      ctx.log.error({ ...defect, bundle: bundle.sha256 }, 'a format broke on a file');
    const snapshots = report.snapshots.map((snapshot) =>
      prepareOne(withHint(snapshot, hint, report), hint, receivedAt),
    );
    await refuseUnknownPlaces(ctx, report.snapshots);
    return {
      sha256: bundle.sha256,
      bytes: bundle.bytes,
      receivedAt,
      report: keptReport(report, snapshots, hint),
      snapshots,
    };
  }

  /** The same bytes that come several times at once are read once: the others wait and then find them. */
  const underWay = new Map<string, Promise<unknown>>();
  async function take(ctx: Ctx, bundle: BundleContent, hint: Hint): Promise<Ingested> {
    for (let other = underWay.get(bundle.sha256); other !== undefined; other = underWay.get(bundle.sha256))
      await other.catch(() => {}); // told to who sent them
    const taking = takeNow(ctx, bundle, lowerCased(hint));
    underWay.set(bundle.sha256, taking);
    try {
      return await taking;
    } finally {
      underWay.delete(bundle.sha256);
    }
  }

  async function takeNow(ctx: Ctx, bundle: BundleContent, hint: Hint): Promise<Ingested> {
    const known = await findBundle(ctx, bundle.sha256);
    if (known) return { sha256: bundle.sha256, isNew: false, places: [], added: 0, retracted: 0 };
    if (hint.assetId !== null && !(await existingAssets(ctx.db, [hint.assetId])).has(hint.assetId))
      throw invalid('query.asset_id', `there is no asset ${hint.assetId}`);
    const read = await prepare(ctx, bundle, { ...hint, uploadedBy: ctx.actor }, toMoment(ctx.now()));
    // A document of ours that was read without a word has nothing wrong with it: only the others are looked at a second time.
    if (read.report.files.some(({ format, warnings }) => format === null || warnings.length > 0))
      refuseFaults(deps.check(await documentOf(bundle)));
    // The bytes first: what the history says must be found in them for ever. Bytes that nobody refers to harm nobody.
    const { content } = bundle;
    const object = Buffer.isBuffer(content) ? content : { path: content.path, bytes: bundle.bytes };
    await deps.store().put(keyOf(bundle.sha256), object, ctx.signal).catch(sayUnavailable);
    return turns(ctx, read);
  }

  return {
    take,
    prepare,
    store: deps.store,
    sort: deps.sort,
    takeDocument: (ctx, document) =>
      take(
        ctx,
        { sha256: sha256(document), bytes: document.length, content: document },
        { assetId: null, collectedAt: null, fileName: null },
      ),
  };
}

/** As the hub writes ids. */
function lowerCased(hint: Hint): Hint {
  return { ...hint, assetId: hint.assetId?.toLowerCase() ?? null };
}

/** What ails the object store is no fault of the sender's: the same upload may succeed later. */
function sayUnavailable(error: unknown): never {
  if (!(error instanceof AdapterError)) throw error;
  throw new HubError(
    'unavailable',
    `The object store does not take it now; nothing of it was kept (${error.message})`,
    {
      cause: error,
    },
  );
}

/** Where the bytes of a bundle are. */
export function keyOf(sha: string): string {
  return `bundles/${sha.slice(0, 2)}/${sha}`;
}

/** A larger one is not held to its schema before it is taken: whoever else waits would wait for that. */
const DOCUMENT_BYTES = 32 * 1024 ** 2;

async function documentOf({ content, bytes }: BundleContent): Promise<Buffer> {
  if (Buffer.isBuffer(content)) return content;
  const begins = Buffer.alloc(Math.min(bytes, 4096));
  const file = await open(content.path);
  try {
    await file.read(begins, 0, begins.length, 0);
    return bytes <= DOCUMENT_BYTES && begins.includes('"reanimator.') ? await file.readFile() : begins;
  } finally {
    await file.close();
  }
}

function refuseFaults(faults: readonly { field: string; message: string }[]): void {
  const [first] = faults;
  if (first === undefined) return;
  const more = faults.length > 1 ? `, and ${faults.length - 1} more` : '';
  throw new HubError('invalid', `${first.field === '' ? 'body' : first.field}: ${first.message}${more}`, {
    fields: faults.map(({ field, message }) => ({ field: field === '' ? '/' : field, message })),
  });
}

async function readSafely(deps: IntakeDeps, source: ArchiveSource, signal: AbortSignal): Promise<BundleReport> {
  try {
    return wellFormed(await deps.read(source, signal));
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error;
    throw new HubError(
      error.kind === 'too-large' ? 'too-large' : 'invalid',
      `body: ${error.message}; nothing of it was kept`,
      {
        fields: [{ field: 'body', message: error.message }],
        cause: error,
      },
    );
  }
}

function withHint(snapshot: SnapshotReport, hint: Hint, report: BundleReport): SnapshotReport {
  if (hint.assetId === null || snapshot.locationId !== null) return snapshot;
  if (report.snapshots.length > 1 && snapshot.host.productSerial !== null)
    throw invalid('query.asset_id', 'the bundle speaks of several servers by itself: send it without asset_id');
  return { ...snapshot, host: { ...snapshot.host, assetId: snapshot.host.assetId ?? hint.assetId } };
}

const DAY_MS = 86_400_000;
/** Before this, a clock was not set: BMCs start in 1970, or on the day of their firmware. */
const FIRST_MOMENT = '2005-01-01';

function prepareOne(snapshot: SnapshotReport, hint: Hint, receivedAt: Moment): PreparedSnapshot {
  const latest = toMoment(new Date(Date.parse(`${receivedAt.replace(' ', 'T')}Z`) + DAY_MS));
  const sound = (said: string | null): Moment | null => {
    const moment = said === null ? null : momentOf(said);
    return moment !== null && moment >= FIRST_MOMENT && moment <= latest ? moment : null;
  };
  const said = snapshot.collectedAt ?? hint.collectedAt;
  const [own, hinted] = [sound(snapshot.collectedAt), sound(hint.collectedAt)];
  const prepared = prepareSnapshot(snapshot, own ?? hinted ?? receivedAt);
  const taken = hinted === null ? 'the time of the upload is taken' : 'the time that was given with it is taken';
  if (said === null) prepared.warnings.push(`it does not say when it was collected: ${taken}`);
  else if (snapshot.collectedAt === null ? hinted === null : own === null)
    prepared.warnings.push(`it says that it was collected at ${said}, which cannot be: ${taken}`);
  prepared.warnings.unshift(...snapshot.warnings);
  return prepared;
}

/** Null: no time, or none that the database could hold. */
function momentOf(said: string): Moment | null {
  const isLocal = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(said);
  const at = new Date(isLocal ? `${said.replace(' ', 'T')}Z` : said);
  if (Number.isNaN(at.getTime()) || !/^\d{4}-/.test(at.toISOString())) return null;
  const micros = /\.(\d{4,6})/.exec(said)?.[1];
  const moment = toMoment(at);
  return micros === undefined ? moment : `${moment.slice(0, 20)}${micros.padEnd(6, '0')}`;
}

/** A statement about a place that is not there is a mistake that can be mended now, not a bin that nobody will ever find. */
async function refuseUnknownPlaces(ctx: Ctx, snapshots: readonly SnapshotReport[]): Promise<void> {
  const said = snapshots.filter(({ source }) => source === 'person');
  const locations = said.flatMap(({ locationId }) => (locationId === null ? [] : [locationId]));
  const assets = said.flatMap(({ host }) => (host.assetId === null ? [] : [host.assetId]));
  const [knownLocations, knownAssets] = [
    await existingLocations(ctx.db, locations),
    await existingAssets(ctx.db, assets),
  ];
  const location = locations.find((id) => !knownLocations.has(id));
  if (location !== undefined) throw invalid('/where/location_id', `there is no location ${location}`);
  const asset = assets.find((id) => !knownAssets.has(id.toLowerCase()));
  if (asset !== undefined) throw invalid('/where/asset_id', `there is no asset ${asset}`);
}

function keptReport(
  report: BundleReport,
  snapshots: readonly PreparedSnapshot[],
  hint: Hint & { uploadedBy: string | null },
): KeptReport {
  return {
    files: report.files,
    warnings: report.warnings,
    hint: {
      assetId: hint.assetId,
      collectedAt: hint.collectedAt,
      fileName: hint.fileName,
      uploadedBy: hint.uploadedBy,
    },
    snapshots: snapshots.map(({ source, scope, parts, card, warnings }) => ({
      source,
      scope,
      card: card.id,
      components: parts.length,
      identified: parts.filter(({ identity }) => identity.by === 'serial').length,
      evidence: card.keys,
      warnings,
    })),
  };
}

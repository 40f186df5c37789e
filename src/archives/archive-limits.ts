export interface ArchiveLimits {
  /** Files, folders, links and all else, over all archives of one bundle. */
  entries: number;
  /** A larger file is not handed out, but said. */
  entryBytes: number;
  /** All that decompression gives, over all archives of one bundle. */
  unpackedBytes: number;
  /** Unpacked to packed, once `ratioFromBytes` came out: of one compressed file, and of the bundle as a whole. */
  ratio: number;
  ratioFromBytes: number;
  /** Archives in archives; a compressed tar is one. */
  depth: number;
  pathLength: number;
}

const MIB = 1024 ** 2;

export const ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 20_000,
  entryBytes: 64 * MIB,
  unpackedBytes: 2048 * MIB,
  ratio: 200,
  ratioFromBytes: 32 * MIB,
  depth: 4,
  pathLength: 1024,
};

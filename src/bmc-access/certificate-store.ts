import type { Knex } from 'knex';
import { toRow } from '../core/row.ts';
import { toIsoOrNull } from '../core/time.ts';

/** Times are ISO 8601. */
export interface CertificateState {
  assetId: string;
  /** PEM of what the BMC wants signed; it keeps the key. */
  signingRequest: string | null;
  signingRequestAt: string | null;
  /** PEM, the BMC's own first; null: none is being installed. */
  pendingPem: string | null;
  pendingFingerprint256: string | null;
  sentAt: string | null;
  installedAt: string | null;
  failure: string | null;
}

const TIMES = new Set(['signingRequestAt', 'sentAt', 'installedAt']);

export async function certificateStateOf(db: Knex, assetId: string): Promise<CertificateState | undefined> {
  const [row] = await db('bmc_certificates').where({ asset_id: assetId }).select('*');
  return row === undefined ? undefined : toState(row);
}

/** The row, made where there is none; nobody else changes it before this transaction ends. */
export async function lockCertificateState(db: Knex.Transaction, assetId: string): Promise<CertificateState> {
  await db.raw('INSERT INTO bmc_certificates (asset_id) VALUES (?) ON DUPLICATE KEY UPDATE asset_id = asset_id', [
    assetId,
  ]);
  const [row] = await db('bmc_certificates').where({ asset_id: assetId }).forUpdate().select('*');
  return toState(row);
}

/** `undefined` leaves, `null` clears. */
export async function saveCertificateState(
  db: Knex.Transaction,
  assetId: string,
  changes: Partial<Omit<CertificateState, 'assetId'>>,
): Promise<void> {
  await db('bmc_certificates').where({ asset_id: assetId }).update(toRow(changes, TIMES));
}

function toState(row: Record<string, unknown>): CertificateState {
  const text = (column: string): string | null => (row[column] === null ? null : String(row[column]));
  return {
    assetId: String(row['asset_id']),
    signingRequest: text('signing_request'),
    signingRequestAt: toIsoOrNull(text('signing_request_at')),
    pendingPem: text('pending_pem'),
    pendingFingerprint256: text('pending_fingerprint256'),
    sentAt: toIsoOrNull(text('sent_at')),
    installedAt: toIsoOrNull(text('installed_at')),
    failure: text('failure'),
  };
}

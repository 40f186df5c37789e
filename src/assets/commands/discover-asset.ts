import type { TxCtx } from '../../core/ctx.ts';
import { newId } from '../../core/id.ts';
import { whyNot } from '../../core/moves.ts';
import { wasReplaced } from '../../bmc-access/reads.ts';
import { append } from '../../events/append.ts';
import { assetBmcCredentialsChanged, assetBmcMoved, assetDiscovered, assetRegistered } from '../events.ts';
import { lifecycle } from '../model.ts';
import {
  type Asset,
  insertAsset,
  lockAssetByBmcMac,
  lockAssetByIdentity,
  lockAssetsAt,
  updateAsset,
} from '../store.ts';

export interface Identity {
  origin: 'expected-machine' | 'record' | 'adoption';
  name: string | null;
  serial: string | null;
  assetTag: string | null;
  manufacturer: string | null;
  model: string | null;
  site: string | null;
  rack: string | null;
  position: number | null;
  recordId: string | null;
  recordUrl: string | null;
  bmcUsername: string | null;
  bmcPasswordSealed: string | null;
  /** When somebody last wrote these down; null: not known. */
  credentialsAt: string | null;
}

/** Credentials of a BMC that were overwritten: nobody else knows them. */
export interface Overwritten {
  username: string;
  sealed: string;
}

/**
 * A BMC that we recognise is at this address. Registers the server where it is new, moves it to DISCOVERED where it has not been met
 * yet, and otherwise only keeps its address up to date. The same again changes nothing.
 */
export async function discoverAsset(
  tx: TxCtx,
  found: { bmcMac: string; bmcAddress: string; identity: Identity },
): Promise<{ assetId: string; overwritten: Overwritten | null }> {
  const { bmcMac, bmcAddress, identity } = found;
  const known = (await lockAssetByBmcMac(tx.db, bmcMac)) ?? (await lockAssetByIdentity(tx.db, identity));
  const asset = known ?? (await registerAsset(tx, bmcMac, identity));
  await takeAddress(tx, bmcAddress, asset.id);
  const overwritten = known ? await takeCredentials(tx, known, identity) : null;
  if (whyNot(lifecycle, 'discover', asset.state) === undefined) {
    const filled = known ? filledIn(known, identity) : {};
    const now = tx.now().toISOString();
    const moved = { state: 'DISCOVERED', stateReason: null, stateSince: now } as const;
    await updateAsset(tx.db, asset.id, { ...moved, bmcMac, bmcAddress, ...filled, updatedAt: now });
    const { site, rack, position } = { ...asset, ...filled };
    await append(tx, assetDiscovered, {
      subject: { type: 'asset', id: asset.id },
      data: { bmcMac, bmcAddress, from: asset.state, site, rack, position },
    });
    return { assetId: asset.id, overwritten };
  }
  if (asset.bmcAddress !== bmcAddress || asset.bmcMac !== bmcMac) {
    await updateAsset(tx.db, asset.id, { bmcMac, bmcAddress, updatedAt: tx.now().toISOString() });
    await append(tx, assetBmcMoved, {
      subject: { type: 'asset', id: asset.id },
      data: { bmcMac, from: asset.bmcAddress, to: bmcAddress },
    });
  }
  return { assetId: asset.id, overwritten };
}

/** Whoever corrects the credentials where they were entered means the server that it became, too. */
async function takeCredentials(tx: TxCtx, asset: Asset, identity: Identity): Promise<Overwritten | null> {
  const { bmcUsername, bmcPasswordSealed, credentialsAt } = identity;
  if (bmcUsername === null || bmcPasswordSealed === null) return null;
  if (asset.bmcUsername === bmcUsername && asset.bmcPasswordSealed === bmcPasswordSealed) return null;
  // Still written down there, and replaced by the hub since: taking it would lock the account.
  if (await wasReplaced(tx, asset.id, { sealed: bmcPasswordSealed, writtenAt: credentialsAt })) return null;
  await updateAsset(tx.db, asset.id, { bmcUsername, bmcPasswordSealed, updatedAt: tx.now().toISOString() });
  await append(tx, assetBmcCredentialsChanged, { subject: { type: 'asset', id: asset.id }, data: { bmcUsername } });
  const { bmcUsername: username, bmcPasswordSealed: sealed } = asset;
  return username === null || sealed === null ? null : { username, sealed };
}

/** An address belongs to one BMC at a time: whoever had it before must not be asked there any more, because another machine would answer. */
async function takeAddress(tx: TxCtx, bmcAddress: string, assetId: string): Promise<void> {
  for (const other of await lockAssetsAt(tx.db, bmcAddress)) {
    if (other.id === assetId || other.bmcMac === null) continue;
    await updateAsset(tx.db, other.id, { bmcAddress: null, updatedAt: tx.now().toISOString() });
    await append(tx, assetBmcMoved, {
      subject: { type: 'asset', id: other.id },
      data: { bmcMac: other.bmcMac, from: bmcAddress, to: null },
    });
  }
}

async function registerAsset(tx: TxCtx, bmcMac: string, identity: Identity): Promise<Asset> {
  const now = tx.now().toISOString();
  const { origin, credentialsAt: _at, ...fields } = identity;
  const asset: Asset = {
    ...fields,
    id: newId(),
    systemUuid: null,
    state: identity.rack === null ? 'ORDERED' : 'RACKED',
    stateReason: null,
    stateSince: now,
    bmcMac,
    bmcAddress: null,
    bmcFingerprint256: null,
    inventoryHash: null,
    inspectedAt: null,
    recordedAt: null,
    createdAt: now,
    updatedAt: now,
  };
  await insertAsset(tx.db, asset);
  const { name, serial, state, site, rack, position } = asset;
  await append(tx, assetRegistered, {
    subject: { type: 'asset', id: asset.id },
    data: { name, serial, state, origin, site, rack, position },
  });
  return asset;
}

/** What the identity says and the asset does not know yet; what it knows already stays. Credentials are taken by `takeCredentials`. */
function filledIn(asset: Asset, identity: Identity): Partial<Asset> {
  const filled: Partial<Asset> = {};
  for (const field of ['name', 'serial', 'assetTag', 'manufacturer', 'model', 'recordId', 'recordUrl'] as const) {
    if (asset[field] === null && identity[field] !== null) filled[field] = identity[field];
  }
  if (asset.site === null && identity.site !== null) {
    filled.site = identity.site;
    filled.rack = identity.rack;
    filled.position = identity.position;
  }
  return filled;
}

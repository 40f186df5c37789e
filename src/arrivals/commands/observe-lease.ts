import type { TxCtx } from '../../core/ctx.ts';
import { newId } from '../../core/id.ts';
import { append } from '../../events/append.ts';
import type { LeaseObserved } from '../../ports/observation.ts';
import { bmcSighted } from '../events.ts';
import { type Bmc, insertBmc, lockBmcByMac, updateBmc } from '../store.ts';

/**
 * A DHCP server gave, renewed or took back a lease. A renewal only widens what is known; a new BMC or a new address is an event.
 * Leases may be reported late and out of order: an older one never overwrites what a newer one said.
 */
export async function observeLease(tx: TxCtx, lease: LeaseObserved): Promise<void> {
  const known = await lockBmcByMac(tx.db, lease.mac);
  if (lease.event !== 'commit') return noteLeaseEnd(tx, known, lease);
  const said = {
    hostname: lease.hostname ?? known?.hostname ?? null,
    vendorClass: lease.vendorClass ?? known?.vendorClass ?? null,
    subnetId: lease.subnetId ?? known?.subnetId ?? null,
    relay: lease.relay ?? known?.relay ?? null,
    source: lease.source,
  };
  if (!known) {
    const bmc: Bmc = {
      ...said,
      id: newId(),
      mac: lease.mac,
      ip: lease.ip,
      state: 'sighted',
      stateReason: null,
      firstSeenAt: lease.observedAt,
      lastSeenAt: lease.observedAt,
      sightings: 1,
      adoption: null,
      assetId: null,
    };
    await insertBmc(tx.db, bmc);
    return sight(tx, bmc, lease, null);
  }
  if (lease.observedAt < known.lastSeenAt) {
    const firstSeenAt = lease.observedAt < known.firstSeenAt ? lease.observedAt : known.firstSeenAt;
    return updateBmc(tx.db, known.id, { firstSeenAt, sightings: known.sightings + 1 });
  }
  await updateBmc(tx.db, known.id, {
    ...said,
    ip: lease.ip,
    lastSeenAt: lease.observedAt,
    sightings: known.sightings + 1,
  });
  if (known.ip !== lease.ip) await sight(tx, known, lease, known.ip);
}

async function sight(tx: TxCtx, bmc: Bmc, lease: LeaseObserved, previousIp: string | null): Promise<void> {
  await append(tx, bmcSighted, {
    subject: { type: 'bmc', id: bmc.id },
    related: bmc.assetId === null ? [] : [{ type: 'asset', id: bmc.assetId }],
    occurredAt: lease.observedAt,
    data: { mac: lease.mac, ip: lease.ip, previousIp, hostname: lease.hostname, source: lease.source },
  });
}

/** A lease that ended says that the address is free, not that the machine is gone: it is remembered as the last known one. */
async function noteLeaseEnd(tx: TxCtx, known: Bmc | undefined, lease: LeaseObserved): Promise<void> {
  if (!known || lease.observedAt < known.lastSeenAt) return;
  await updateBmc(tx.db, known.id, { lastSeenAt: lease.observedAt });
}

import { findRecordFaults } from './bootstrap-records.ts';
import type { Hub } from './compose.ts';
import { AdapterError } from './ports/adapter-error.ts';

export interface Finding {
  system: string;
  check: string;
  ok: boolean;
  found: string;
  remedy: string;
}

/** A system with many questions to answer, at the pace that its settings allow. */
const PATIENCE_MS = 60_000;

/** Asks everything that the hub depends on. Nothing is changed anywhere. */
export async function diagnose(hub: Hub): Promise<Finding[]> {
  const { checks } = await hub.readiness(hub.ctx);
  const findings: Finding[] = Object.entries(checks).map(([check, { ok, found }]) => ({
    system: 'hub',
    check,
    ok,
    found,
    remedy: ok ? '' : found,
  }));
  for (const id of hub.adapters.ids()) {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    try {
      const checks = await hub.adapters.probe(id, signal);
      for (const { name, ok, found, remedy } of checks)
        findings.push({ system: id, check: name, ok, found, remedy: remedy ?? '' });
      // It let us in as far as its version: a token that was refused is not tried once more.
      if (id === 'netbox' && checks.some(({ name }) => name === 'version'))
        findings.push(...(await diagnoseRecords(hub, signal)));
    } catch (error) {
      findings.push({
        system: id,
        check: 'reachable',
        ok: false,
        found: error instanceof Error ? error.message : String(error),
        remedy: `look at the settings ${id.toUpperCase()}_*`,
      });
    }
  }
  for (const id of hub.config.notConfigured) {
    findings.push({
      system: id,
      check: 'configured',
      ok: true,
      found: 'not configured: the hub does without',
      remedy: '',
    });
  }
  return findings;
}

async function diagnoseRecords(hub: Hub, signal: AbortSignal): Promise<Finding[]> {
  const finding = { system: 'netbox', check: 'webhooks' };
  try {
    return (await findRecordFaults(hub, signal)).map((one) => ({ ...finding, ...one }));
  } catch (error) {
    // What the token may not look at is said among the permissions.
    if (error instanceof AdapterError && error.kind === 'rejected') return [];
    throw error;
  }
}

import type { Hub } from './compose.ts';

export interface Finding {
  system: string;
  check: string;
  ok: boolean;
  found: string;
  remedy: string;
}

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
    const signal = AbortSignal.timeout(30_000);
    try {
      for (const check of await hub.adapters.probe(id, signal)) {
        findings.push({ system: id, check: check.name, ok: check.ok, found: check.found, remedy: check.remedy ?? '' });
      }
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

import type { ProbeCheck } from '#src/ports/adapter.ts';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { AlertmanagerClient } from './client.ts';

/** `client` null: no url is set, and only what Alertmanager sends is taken. `mapping`: how its file stands. */
export async function probe(
  client: AlertmanagerClient | null,
  mapping: { ok: boolean; found: string },
  signal: AbortSignal,
): Promise<ProbeCheck[]> {
  const file: ProbeCheck = { name: 'configuration', ok: mapping.ok, found: `mapping: ${mapping.found}` };
  if (!mapping.ok) file.remedy = 'Mend the file that is named; what it said before is used until then';
  return [...(await probeApi(client, signal)), file];
}

async function probeApi(client: AlertmanagerClient | null, signal: AbortSignal): Promise<ProbeCheck[]> {
  if (client === null)
    return [
      {
        name: 'configuration',
        ok: true,
        found: 'waits for alerts at its door; without url no silences are made for maintenance',
      },
    ];
  try {
    const { versionInfo, cluster } = await client.status(signal);
    const version = /^(\d+)\.(\d+)/.exec(versionInfo.version);
    const isOld = version !== null && Number(version[1]) === 0 && Number(version[2]) < 22;
    return [
      { name: 'reachable', ok: true, found: `Alertmanager ${versionInfo.version}, cluster ${cluster.status}` },
      isOld
        ? { name: 'version', ok: false, found: versionInfo.version, remedy: 'Use Alertmanager 0.22 or later' }
        : { name: 'version', ok: true, found: versionInfo.version },
    ];
  } catch (error) {
    const isRefused = error instanceof AdapterError && error.kind === 'unauthorized';
    const found = error instanceof Error ? error.message : String(error);
    if (isRefused) return [{ name: 'authorised', ok: false, found, remedy: 'Set username and password, or apiToken' }];
    return [{ name: 'reachable', ok: false, found, remedy: 'Check url: as in the browser, without /api' }];
  }
}

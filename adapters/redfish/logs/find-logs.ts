import { z } from 'zod';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink, asText, isRecord } from '../decode.ts';
import { loadPieces, savePieces } from '../health/pieces.ts';
import { Raw } from '../health/whole.ts';
import { fold } from '../own-origin.ts';

const Found = z.object({ foundAt: z.number(), logs: z.array(z.string()), warnings: z.array(z.string()) });
type Found = z.infer<typeof Found>;

const FOUND_MS = 24 * 3_600_000;
/** A BMC that shows none may not have started yet. */
const NONE_MS = 3_600_000;
const MAX_LOGS = 40;

/** Who logged in, consoles, journals and dumps: they say nothing of the hardware, and much of it. `SL` is iLO's security log. */
const NOT_HEALTH =
  /audit|security|journal|dump|hostlog|console|^sol|postcode|debugtoken|^fdr$|telemetry|crash|^sl$|faultdiag|lcdata/i;

/** The entries of each log that tells of the hardware's health; known for a day. @throws AdapterError only what ends the whole read */
export async function findLogs(bmc: Bmc, now: Date): Promise<Found> {
  const known = Found.safeParse(loadPieces(bmc, 'logs.found'));
  const age = known.success ? now.getTime() - known.data.foundAt : Infinity;
  if (known.success && age >= 0 && age < (known.data.logs.length > 0 ? FOUND_MS : NONE_MS)) return known.data;

  const warnings: string[] = [];
  const logs = new Map<string, string>();
  const { Systems, Managers, Chassis } = bmc.root;
  for (const root of [Systems, Managers, Chassis].filter((link) => link !== null)) {
    await bmc.get(root).catch((error: unknown) => throwFatal(bmc, error)); // by itself first: it tells whether the account may read
    const owners = await readCollection(bmc, root, Raw);
    for (const { path, why } of owners.failures) warnings.push(`${path}: ${why}`);
    for (const owner of owners.members) {
      const link = asLink(owner['LogServices']) ?? linkIn(owner['Links']) ?? linkIn(owner['links']);
      if (link === null) continue;
      const services = await readCollection(bmc, link, Raw);
      for (const { path, why } of services.failures) if (!isOther(path)) warnings.push(`${path}: ${why}`);
      for (const service of services.members) {
        const entries = asLink(service['Entries']);
        const enabled = service['ServiceEnabled'] !== false;
        if (entries !== null && enabled && !isOther(asLink(service) ?? entries, service))
          logs.set(fold(entries), entries);
      }
    }
  }
  const found: Found = {
    foundAt: now.getTime(),
    logs: [...logs.values()].slice(0, MAX_LOGS),
    warnings: warnings.slice(0, 10),
  };
  savePieces(bmc, 'logs.found', found);
  return found;
}

function throwFatal(bmc: Bmc, error: unknown): void {
  const fatal = bmc.fatal();
  if (fatal) throw fatal;
  if (!(error instanceof AdapterError)) throw error; // what else went wrong is said by the collection
}

/** iLO 4. */
function linkIn(links: unknown): string | null {
  return isRecord(links) ? asLink(links['LogServices'] ?? links['Logs']) : null;
}

function isOther(path: string, service: Record<string, unknown> = {}): boolean {
  const id = asText(service['Id']) ?? path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return NOT_HEALTH.test(id) || /audit|security/i.test(asText(service['Name']) ?? '');
}

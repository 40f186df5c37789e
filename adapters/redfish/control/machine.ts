import { z } from 'zod';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcTarget, WantedServer } from '../../../src/ports/hardware-inventory.ts';
import { findAction } from '../action.ts';
import { chooseServer } from '../choose-server.ts';
import type { Bmc, BmcAnswer, BmcWrite } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink, asText } from '../decode.ts';
import { ComputerSystem } from '../schema.ts';
import { NOT_HARDWARE } from '../read-systems.ts';
import { withBmc, type Opening } from '../with-bmc.ts';
import { controlQuirksOf, type ControlQuirks } from './quirks.ts';
import type { Waits } from './waits.ts';

export type Resource = Record<string, unknown>;

/** A server behind its BMC, opened for one thing to do. */
export interface Machine {
  bmc: Bmc;
  system: string;
  /** Of the ComputerSystem. */
  path: string;
  /** The ComputerSystem as it was when it was found. */
  found: Resource;
  quirks: ControlQuirks;
  waits: Waits;
  signal: AbortSignal;
  /** The ComputerSystem as it is now. */
  now(): Promise<Resource>;
}

export interface PatientOpening extends Opening {
  waits: Waits;
}

/**
 * Opens the BMC, does the work with its server, and gives the BMC back whatever happens.
 * @throws AdapterError; `detail.sent` on those that may be tried again: false where the BMC was asked for no change at all, true where it may
 * have made one
 */
export async function withMachine<T>(
  { waits, ...opening }: PatientOpening,
  target: BmcTarget,
  signal: AbortSignal,
  work: (machine: Machine) => Promise<T>,
): Promise<T> {
  const system = opening.kit.system;
  let sent = false;
  const noting = (bmc: Bmc): Bmc => ({
    ...bmc,
    async send(write: BmcWrite): Promise<BmcAnswer> {
      try {
        const answer = await bmc.send(write);
        sent = true;
        return answer;
      } catch (error) {
        if (mayHaveTaken(error)) sent = true;
        throw error;
      }
    },
  });
  try {
    return await withBmc(opening, target, signal, async (bmc) => {
      const path = await findServer(bmc, system, target.server);
      const found = await bmc.get(path);
      const quirks = controlQuirksOf({ vendor: vendorOf(bmc, found), model: asText(found['Model']) });
      const now = async (): Promise<Resource> => bodyOf(await bmc.read(path), path, system);
      return work({ bmc: noting(bmc), system, path, found, quirks, waits, signal, now });
    });
  } catch (error) {
    throw told(error, { system, sent, url: target.url, stopped: signal.aborted });
  }
}

export function bodyOf(answer: BmcAnswer, path: string, system: string): Resource {
  if (answer.body !== null) return answer.body;
  throw new AdapterError('malformed', `${system}: ${path} is not a resource`, { system });
}

function mayHaveTaken(error: unknown): boolean {
  if (!(error instanceof AdapterError)) return true;
  return error.kind === 'unreachable' && error.detail?.['sent'] !== false;
}

function told(
  error: unknown,
  { system, sent, url, stopped }: { system: string; sent: boolean; url: string; stopped: boolean },
): AdapterError {
  if (error instanceof AdapterError && error.retry === 'never') return error;
  if (error instanceof AdapterError) {
    const { status, retryAfterMs, cause, kind, message } = error;
    return new AdapterError(kind, message, {
      system,
      status,
      retryAfterMs,
      detail: { ...error.detail, sent: sent || error.detail?.['sent'] === true },
      cause: cause ?? error,
    });
  }
  const kind = stopped ? 'unreachable' : 'malformed';
  const why = stopped ? 'was stopped' : 'went wrong';
  return new AdapterError(kind, `${system}: working on ${url} ${why}`, { system, detail: { sent }, cause: error });
}

/** Switching the wrong server off is worse than switching none: where it is not clear which one is meant, nothing is done. */
async function findServer(bmc: Bmc, system: string, wanted: WantedServer | undefined): Promise<string> {
  const link = bmc.root.Systems;
  if (link === null) throw new AdapterError('unsupported', `${system}: the BMC lists no systems`, { system });
  const collection = await bmc.get(link); // by itself first: it tells whether the account may read at all
  const each = { ...bmc, expand: null };
  const { members, failures } = await readCollection(each, link, z.record(z.string(), z.unknown()));
  const physical = members.filter((one) => !NOT_HARDWARE.test(asText(one['SystemType']) ?? ''));
  const resettable = physical.filter((one) => findAction(bmc, one, '#ComputerSystem.Reset') !== null);
  // HGX: the baseboard is a system of its own, and without a BIOS.
  const withBios = resettable.filter((one) => asLink(one['Bios']) !== null);
  const servers = withBios.length > 0 ? withBios : resettable;
  const [server] = servers.length > 0 ? servers : physical;
  const path = server === undefined ? null : asText(server['@odata.id']);
  if (path === null) {
    const why = failures.map((one) => `${one.path}: ${one.why}`).join('; ');
    const empty = `${String(collection['@odata.id'] ?? link)} lists no server`;
    throw new AdapterError(why === '' ? 'unsupported' : 'malformed', `${system}: ${why === '' ? empty : why}`, {
      system,
    });
  }
  if (servers.length > 1) {
    const chosen = chooseServer(
      servers.map((one) => ComputerSystem.parse(one)),
      wanted,
    );
    const chosenPath = chosen?.primary['@odata.id'] ?? null;
    if (chosen?.isCertain === true && chosenPath !== null) return chosenPath;
    const names = servers.map((one) => asText(one['Id']) ?? '?').join(', ');
    const message = `${system}: ${servers.length} servers stand behind this BMC (${names}), and nothing says which one is meant; nothing was done`;
    throw new AdapterError('rejected', message, { system });
  }
  return path;
}

/** `Vendor` is missing on old firmware; then the OEM section's key, then who made the machine. */
function vendorOf(bmc: Bmc, found: Resource): string | null {
  const oem = Object.keys(bmc.root.Oem).find((key) => /^(dell|hpe?|supermicro|lenovo|intel|nvidia|ami)$/i.test(key));
  return bmc.root.Vendor ?? oem ?? asText(found['Manufacturer']);
}

import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import type { BmcCertificate } from '../../../src/ports/bmc-accounts.ts';
import type { BmcTarget } from '../../../src/ports/hardware-inventory.ts';
import { findAction } from '../action.ts';
import type { Bmc } from '../client.ts';
import { readCollection } from '../collection.ts';
import { asLink, asText, isRecord } from '../decode.ts';
import { withBmc, type Opening } from '../with-bmc.ts';
import { isRefusal, type Resource } from './account-service.ts';

/** Where the certificate of the BMC's own web server stands. */
interface Place {
  /** Standard: the collection and what is in it. */
  collection: string | null;
  certificates: Resource[];
  /** HPE's own: one resource with actions of its own; iLO lists no collection of it. */
  hpe: Resource | null;
}

/** iLO makes its keys for minutes and shows the request when it is done. */
const CSR_WAIT = { looks: 60, everyMs: 10_000 };
const KEY_MS = 120_000;

/** Most demand these of a request, and a CA takes its own in their place. */
const SUBJECT = { City: 'n/a', State: 'n/a', Country: 'US', Organization: 'n/a', OrganizationalUnit: 'n/a' };

export async function readCertificate(
  opening: Opening,
  target: BmcTarget,
  signal: AbortSignal,
): Promise<BmcCertificate | null> {
  return withBmc(opening, target, signal, async (bmc) => {
    const { certificates, hpe } = await findPlace(bmc);
    const read = certificates.map(readPem).filter((one) => one !== null);
    const shown = bmc.fingerprint256();
    const [first] = read;
    // Among several the one that answered; and where none is given whole (iDRAC), what the list says of it.
    const found = read.find((one) => one.fingerprint256 === shown) ?? (shown === null ? first : undefined);
    if (found !== undefined) return found;
    if (shown === null) return null;
    const inside = hpe === null ? undefined : hpe['X509CertificateInformation'];
    const said = isRecord(inside) ? inside : (certificates[0] ?? {});
    return {
      fingerprint256: shown,
      subject: nameOf(said['Subject']),
      issuer: nameOf(said['Issuer']),
      validUntil: instant(asText(said['ValidNotAfter'])),
    };
  });
}

function readPem(body: Resource): BmcCertificate | null {
  const pem = asTextWhole(body['CertificateString']);
  if (pem === null) return null;
  try {
    const { fingerprint256, subject, issuer, validTo } = new X509Certificate(pem);
    return { fingerprint256, subject: oneLine(subject), issuer: oneLine(issuer), validUntil: instant(validTo) };
  } catch {
    return null; // masked, or cut: then what stands beside it tells
  }
}

/** A certificate is longer than what `asText` lets pass, and its line ends count. */
const asTextWhole = (value: unknown): string | null => (typeof value === 'string' && value.length > 100 ? value : null);
const oneLine = (name: string): string => name.replaceAll('\n', ', ');

function nameOf(said: unknown): string {
  if (typeof said === 'string') return said;
  if (!isRecord(said)) return '';
  const parts = [
    ['CN', said['CommonName']],
    ['O', said['Organization']],
  ].filter(([, value]) => typeof value === 'string');
  return parts.map(([key, value]) => `${String(key)}=${String(value)}`).join(', ');
}

function instant(text: string | null): string | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}

async function findPlace(bmc: Bmc): Promise<Place> {
  const managers = bmc.root.Managers;
  const place: Place = { collection: null, certificates: [], hpe: null };
  if (managers === null) return place;
  // Anew, so that it is the certificate of now that answers; and what is not there to be read is not "none".
  await bmc.read(managers);
  for (const manager of await membersOf(bmc, managers)) {
    const protocol = await follow(bmc, asLink(manager['NetworkProtocol']));
    const https = isRecord(protocol?.['HTTPS']) ? protocol['HTTPS'] : {};
    const collection = asLink(https['Certificates']);
    if (collection !== null && place.collection === null) {
      Object.assign(place, { collection, certificates: await membersOf(bmc, collection) });
    }
    const oem = isRecord(manager['Oem']) ? manager['Oem'] : {};
    const hpe = [oem['Hpe'], oem['Hp']].find(isRecord);
    const security = await follow(bmc, asLink(isRecord(hpe?.['Links']) ? hpe['Links']['SecurityService'] : undefined));
    const links = isRecord(security?.['Links']) ? security['Links'] : security;
    place.hpe ??= await follow(bmc, asLink(links?.['HttpsCert']));
  }
  return place;
}

async function membersOf(bmc: Bmc, link: string): Promise<Resource[]> {
  const { members, failures } = await readCollection(bmc, link, z.record(z.string(), z.unknown()));
  const [failure] = failures;
  if (members.length > 0 || failure === undefined) return members;
  throw new AdapterError('malformed', `redfish: ${failure.path}: ${failure.why}`, { system: 'redfish' });
}

async function follow(bmc: Bmc, link: string | null): Promise<Resource | null> {
  if (link === null) return null;
  try {
    return await bmc.get(link);
  } catch (error) {
    if (isRefusal(error) || (error instanceof AdapterError && error.kind === 'malformed')) return null; // a dangling link
    throw error;
  }
}

/** The BMC makes a key pair that never leaves it, and a request for its certificate. */
export async function makeSigningRequest(
  opening: Opening,
  target: BmcTarget,
  names: { commonName: string; alternativeNames: readonly string[] },
  signal: AbortSignal,
): Promise<string> {
  const { system } = opening.kit;
  return withBmc(opening, target, signal, async (bmc) => {
    const { collection, hpe } = await findPlace(bmc);
    const hpeAction = hpe === null ? null : findAction(bmc, hpe, '#HpeHttpsCert.GenerateCSR');
    if (hpe !== null && hpeAction !== null) return csrFromIlo(bmc, hpe, hpeAction.target, names, system, signal);
    const action = await serviceAction(bmc, '#CertificateService.GenerateCSR');
    if (action === null || collection === null) throw cannot(system, 'makes no signing requests');
    const body = {
      CertificateCollection: { '@odata.id': collection },
      CommonName: names.commonName,
      ...(names.alternativeNames.length === 0 ? {} : { AlternativeNames: names.alternativeNames }),
      ...SUBJECT,
    };
    const answer = await bmc.send({ method: 'POST', link: action, body, timeoutMs: KEY_MS });
    return mustBeRequest(answer.body?.['CSRString'], system);
  });
}

async function csrFromIlo(
  bmc: Bmc,
  hpe: Resource,
  link: string,
  { commonName, alternativeNames }: { commonName: string; alternativeNames: readonly string[] },
  system: string,
  signal: AbortSignal,
): Promise<string> {
  const { City, State, Country, Organization, OrganizationalUnit } = SUBJECT;
  const before = hpe['CertificateSigningRequest'];
  const subject = { CommonName: commonName, OrgName: Organization, OrgUnit: OrganizationalUnit, City, State, Country };
  const body = { ...subject, IncludeIP: alternativeNames.some((name) => /^[\d.:]+$/.test(name)) };
  await bmc.send({ method: 'POST', link, body, timeoutMs: KEY_MS });
  const path = asText(hpe['@odata.id']);
  for (let look = 0; path !== null && look < CSR_WAIT.looks; look += 1) {
    const now = (await bmc.read(path)).body?.['CertificateSigningRequest'];
    if (typeof now === 'string' && now !== before && now.includes('BEGIN CERTIFICATE REQUEST')) return now;
    await sleep(look === 0 ? 1_000 : CSR_WAIT.everyMs, undefined, { signal });
  }
  const message = `${system}: the BMC has not made its signing request in ten minutes; ask again`;
  throw new AdapterError('throttled', message, { system, retryAfterMs: 60_000 });
}

/** The answer may be lost with the web server, which restarts with the new certificate. The caller looks which one is shown. */
export async function installCertificate(
  opening: Opening,
  target: BmcTarget,
  pem: string,
  signal: AbortSignal,
): Promise<void> {
  const { system } = opening.kit;
  await withBmc(opening, target, signal, async (bmc) => {
    const { collection, certificates, hpe } = await findPlace(bmc);
    const hpeAction = hpe === null ? null : findAction(bmc, hpe, '#HpeHttpsCert.ImportCertificate');
    if (hpeAction !== null) {
      await bmc.send({ method: 'POST', link: hpeAction.target, body: { Certificate: pem } });
      return;
    }
    const action = await serviceAction(bmc, '#CertificateService.ReplaceCertificate');
    const replaced = asText(certificates[0]?.['@odata.id']);
    const CertificateType = (pem.match(/BEGIN CERTIFICATE/g) ?? []).length > 1 ? 'PEMchain' : 'PEM';
    if (action !== null && replaced !== null) {
      const CertificateUri = { '@odata.id': replaced };
      const send = (type: string): Promise<unknown> =>
        bmc.send({
          method: 'POST',
          link: action,
          body: { CertificateString: pem, CertificateType: type, CertificateUri },
        });
      await send(CertificateType).catch((error: unknown) => {
        // OpenBMC takes a chain as well, and knows only the word PEM.
        if (!isRefusal(error) || CertificateType === 'PEM') throw error;
        return send('PEM');
      });
      return;
    }
    if (collection === null) throw cannot(system, 'takes no certificate');
    await bmc.send({ method: 'POST', link: collection, body: { CertificateString: pem, CertificateType } });
  });
}

async function serviceAction(bmc: Bmc, name: string): Promise<string | null> {
  const service = await follow(bmc, bmc.root.CertificateService);
  return service === null ? null : (findAction(bmc, service, name)?.target ?? null);
}

function mustBeRequest(said: unknown, system: string): string {
  if (typeof said === 'string' && said.includes('BEGIN CERTIFICATE REQUEST')) return said;
  throw new AdapterError('malformed', `${system}: the BMC took the order and gave no signing request`, { system });
}

function cannot(system: string, what: string): AdapterError {
  // iDRAC 8 has RACADM only (iDRAC-Redfish-Scripting #293).
  const message = `${system}: the BMC ${what} over Redfish; use its vendor's tool`;
  return new AdapterError('unsupported', message, { system });
}

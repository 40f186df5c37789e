import { X509Certificate } from 'node:crypto';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { closeBroker } from '../broker.ts';
import { targetOf, testKit } from '../kit-for-tests.ts';
import { Settings } from '../settings.ts';
import { startBmcSimulator } from '../simulator.ts';
import { certificateAuthority } from '../simulator/signing.ts';
import { simulatedTree, type SimulatedTreeName } from '../simulator/simulated-tree.ts';
import { bmcAccounts } from './index.ts';

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
const { signal } = new AbortController();

async function lab(name: SimulatedTreeName, settings: Record<string, unknown> = {}) {
  const bmc = await startBmcSimulator({ tree: simulatedTree(name), tls: true });
  const kit = testKit();
  const accounts = bmcAccounts(Settings.parse({ timeoutMs: 3_000, ...settings }), kit);
  ends.push(
    () => bmc.close(),
    () => closeBroker(kit),
  );
  return { bmc, accounts, target: targetOf(bmc) };
}

const names = { commonName: 'bmc-1.example', alternativeNames: ['bmc-1.example', '127.0.0.1'] };

test.each(['dell', 'hpe', 'openbmc'] as const)(
  '%s: requested, signed elsewhere, installed, and shown from then on',
  async (name) => {
    const { bmc, accounts, target } = await lab(name);
    const before = await accounts.readCertificate(target, signal);
    expect(before?.fingerprint256).toBe(bmc.fingerprint256);
    const csr = await accounts.makeSigningRequest(target, names, signal);
    expect(csr).toContain('BEGIN CERTIFICATE REQUEST');
    const authority = certificateAuthority();
    const pem = authority.sign(csr);
    expect(new X509Certificate(pem).subjectAltName).toBe('DNS:bmc-1.example, IP Address:127.0.0.1');
    await accounts
      .installCertificate(
        { ...target, fingerprint256: before?.fingerprint256 ?? '' },
        `${pem}${authority.cert}`,
        signal,
      )
      .catch((error: unknown) => {
        // The web server may restart before it answers.
        if (!(error instanceof AdapterError) || error.kind !== 'unreachable') throw error;
      });
    const { fingerprint256 } = new X509Certificate(pem);
    const after = await accounts.readCertificate({ ...target, fingerprint256 }, signal);
    expect(after).toMatchObject({ fingerprint256, subject: 'CN=bmc-1.example', issuer: 'CN=Test CA' });
    const old = accounts.readCertificate({ ...target, fingerprint256: before?.fingerprint256 ?? '' }, signal);
    await expect(old).rejects.toMatchObject({ kind: 'unreachable' });

    const folder = mkdtempSync(path.join(os.tmpdir(), 'site-ca-'));
    ends.push(async () => rmSync(folder, { recursive: true }));
    const caFile = path.join(folder, 'ca.pem');
    writeFileSync(caFile, authority.cert);
    const strict = bmcAccounts(Settings.parse({ tls: 'verify', caFile }), testKit());
    expect((await strict.readCertificate(target, signal))?.fingerprint256).toBe(fingerprint256);
  },
);

test('one that does not belong to the last request is refused, and the old one stays', async () => {
  const { bmc, accounts, target } = await lab('dell');
  const before = bmc.fingerprint256;
  const csr = await accounts.makeSigningRequest(target, names, signal);
  await accounts.makeSigningRequest(target, names, signal);
  const late = certificateAuthority().sign(csr);
  await expect(accounts.installCertificate(target, late, signal)).rejects.toMatchObject({ kind: 'rejected' });
  expect(bmc.fingerprint256).toBe(before);
  expect((await accounts.readCertificate(target, signal))?.fingerprint256).toBe(before);
});

test('over plain HTTP there is none', async () => {
  const bmc = await startBmcSimulator({ tree: simulatedTree('hpe') });
  const kit = testKit();
  ends.push(
    () => bmc.close(),
    () => closeBroker(kit),
  );
  const accounts = bmcAccounts(Settings.parse({}), kit);
  expect(await accounts.readCertificate(targetOf(bmc), signal)).toBeNull();
  await expect(accounts.makeSigningRequest(targetOf(bmc), names, signal)).rejects.toMatchObject({
    kind: 'unsupported',
  });
});

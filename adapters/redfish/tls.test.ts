import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import { readBmc } from './kit-for-tests.ts';
import { startBmcSimulator } from './simulator.ts';
import { selfSigned } from './simulator/self-signed.ts';
import { simulatedTree } from './simulator/simulated-tree.ts';

const OPENSSL = 'openssl';
const start = (port = 0) => startBmcSimulator({ tree: simulatedTree('openbmc'), tls: true, port, latencyMs: 1 });

describe('the certificate that the simulator makes', () => {
  test('is one that Node reads and verifies', () => {
    const { cert, fingerprint256 } = selfSigned('bmc-1');
    const read = new X509Certificate(cert);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.subject).toBe('CN=bmc-1');
    expect(read.issuer).toBe('CN=bmc-1');
    expect(read.subjectAltName).toContain('127.0.0.1');
    expect(read.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(read.fingerprint256).toBe(fingerprint256);
    expect(read.validToDate.getTime()).toBeGreaterThan(Date.now());
  });

  test('is each time another one', () => {
    expect(selfSigned('bmc').fingerprint256).not.toBe(selfSigned('bmc').fingerprint256);
  });

  test('is one that openssl verifies', ({ skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'bmc-cert-'));
    const file = join(folder, 'cert.pem');
    writeFileSync(file, selfSigned('bmc-1').cert);
    try {
      execFileSync(OPENSSL, ['version']);
    } catch {
      skip('openssl is not installed');
    }
    const said = execFileSync(OPENSSL, ['verify', '-CAfile', file, file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(said).toContain('OK');
  });
});

describe('reading over TLS', () => {
  test('first use takes the certificate and tells its fingerprint; from then on it is pinned', async () => {
    const bmc = await start();
    const first = await readBmc(bmc);
    expect(first.fingerprint256).toBe(bmc.fingerprint256);
    const second = await readBmc(bmc, { target: { fingerprint256: first.fingerprint256 } });
    await bmc.close();
    expect(second.warnings).toEqual([]);
    expect(second.fingerprint256).toBe(first.fingerprint256);
  });

  test('another certificate than the pinned one gets neither user name nor password', async () => {
    const before = await start();
    const { fingerprint256 } = await readBmc(before);
    await before.close();
    const after = await start(before.port);
    const error = await readBmc(after, { target: { fingerprint256 } }).catch((thrown: unknown) => thrown);
    const { requests } = after;
    await after.close();
    expect(error).toBeInstanceOf(AdapterError);
    expect((error as AdapterError).message).toContain('certificate changed');
    expect(requests).toEqual([]);
  });

  test('`verify` refuses what no known CA has signed, and takes what the given one has', async () => {
    const bmc = await start();
    const folder = mkdtempSync(join(tmpdir(), 'bmc-ca-'));
    const caFile = join(folder, 'ca.pem');
    writeFileSync(caFile, bmc.cert ?? '');
    const refused = await readBmc(bmc, { settings: { tls: 'verify' } }).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({ name: 'AdapterError', kind: 'unreachable' });
    expect(bmc.requests).toEqual([]);
    const report = await readBmc(bmc, { settings: { tls: 'verify', caFile } });
    expect(report.fingerprint256).toBe(bmc.fingerprint256);
    const missing = await readBmc(bmc, { settings: { tls: 'verify', caFile: join(folder, 'gone.pem') } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(missing).toMatchObject({ name: 'AdapterError', kind: 'unsupported' });
    await bmc.close();
    rmSync(folder, { recursive: true });
  });
});

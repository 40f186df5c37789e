import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import { makeRequest } from './signing.ts';
import { foldPath, type Body } from './tree.ts';

const SERVICE = '/redfish/v1/CertificateService';
const CSR = `${SERVICE}/Actions/CertificateService.GenerateCSR`;
const REPLACE = `${SERVICE}/Actions/CertificateService.ReplaceCertificate`;

export interface SimulatedCertificates {
  answer(request: SimulatedRequest): SimulatedAnswer | undefined;
  /** The certificate that is shown now. */
  shown(): { cert: string; fingerprint256: string };
}

export interface CertificateState {
  /** PEM of what is shown at first. */
  cert: string;
  managerPath: string;
  read(path: string): Body | undefined;
  write(path: string, part: Body): void;
  /** From the next connection on. */
  secure(tls: { key: string; cert: string }): void;
}

/** The certificate of the BMC's own web server: shown, requested, replaced. Of a BMC that speaks TLS. */
export function certificatesOf(state: CertificateState): SimulatedCertificates {
  const { managerPath, read, write, secure } = state;
  const protocol = `${managerPath}/NetworkProtocol`;
  const collection = `${protocol}/HTTPS/Certificates`;
  const own = `${collection}/1`;
  const now = { cert: state.cert, key: null as string | null };

  function show(): void {
    const { subject, issuer, validTo, validFrom } = new X509Certificate(now.cert);
    write(own, {
      '@odata.id': own,
      '@odata.type': '#Certificate.v1_5_0.Certificate',
      Id: '1',
      Name: 'HTTPS certificate',
      CertificateString: now.cert,
      CertificateType: 'PEM',
      Subject: { CommonName: subject.replace(/^CN=/, '') },
      Issuer: { CommonName: issuer.replace(/^CN=/, '') },
      ValidNotBefore: new Date(validFrom).toISOString(),
      ValidNotAfter: new Date(validTo).toISOString(),
    });
  }

  write('/redfish/v1', { CertificateService: { '@odata.id': SERVICE } });
  write(SERVICE, {
    '@odata.id': SERVICE,
    '@odata.type': '#CertificateService.v1_0_4.CertificateService',
    Id: 'CertificateService',
    Name: 'Certificate Service',
    Actions: {
      '#CertificateService.GenerateCSR': { target: CSR },
      '#CertificateService.ReplaceCertificate': { target: REPLACE },
    },
  });
  write(managerPath, { NetworkProtocol: { '@odata.id': protocol } });
  write(protocol, {
    '@odata.id': protocol,
    '@odata.type': '#ManagerNetworkProtocol.v1_9_0.ManagerNetworkProtocol',
    Id: 'NetworkProtocol',
    Name: 'Network Protocol',
    ...read(protocol),
    HTTPS: { ProtocolEnabled: true, Port: 443, Certificates: { '@odata.id': collection } },
  });
  write(collection, {
    '@odata.id': collection,
    '@odata.type': '#CertificateCollection.CertificateCollection',
    Name: 'Certificates',
    Members: [{ '@odata.id': own }],
    'Members@odata.count': 1,
  });
  show();

  function generate(wanted: Body): SimulatedAnswer {
    const missing = [
      'CertificateCollection',
      'CommonName',
      'City',
      'State',
      'Country',
      'Organization',
      'OrganizationalUnit',
    ];
    const lacks = missing.find((name) => wanted[name] === undefined);
    if (lacks !== undefined) return refuse(400, 'ActionParameterMissing', `${lacks} is missing.`);
    const names = Array.isArray(wanted['AlternativeNames']) ? wanted['AlternativeNames'].map(String) : [];
    const { csr, key } = makeRequest({ commonName: String(wanted['CommonName']), alternativeNames: names });
    now.key = key;
    return { status: 200, body: { CSRString: csr, CertificateCollection: wanted['CertificateCollection'] } };
  }

  function replace(wanted: Body): SimulatedAnswer {
    const { CertificateString: pem, CertificateType: type } = wanted;
    if (typeof pem !== 'string' || type !== 'PEM')
      return refuse(400, 'ActionParameterValueFormatError', `CertificateType ${String(type)} is not supported.`);
    const fits = now.key !== null && fitsKey(pem, now.key);
    if (!fits || now.key === null)
      return refuse(400, 'GeneralError', 'The certificate does not belong to the last signing request.');
    now.cert = pem;
    secure({ key: now.key, cert: pem });
    show();
    return { status: 204 };
  }

  return {
    answer(request) {
      if (request.method !== 'POST') return undefined;
      const wanted = (request.json ?? {}) as Body;
      if (foldPath(request.path) === foldPath(CSR)) return generate(wanted);
      return foldPath(request.path) === foldPath(REPLACE) ? replace(wanted) : undefined;
    },
    shown: () => ({ cert: now.cert, fingerprint256: new X509Certificate(now.cert).fingerprint256 }),
  };
}

function fitsKey(pem: string, key: string): boolean {
  try {
    return new X509Certificate(pem).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

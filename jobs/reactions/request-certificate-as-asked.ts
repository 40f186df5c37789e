import { bmcSigningRequested } from '#src/bmc-access/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { requestBmcCertificateJob } from '../catalogue.ts';

export const requestCertificateAsAsked: Reaction = {
  name: 'request-certificate-as-asked',
  on: [bmcSigningRequested.type],
  job: requestBmcCertificateJob,
  input: ({ id, subject, data }) => ({
    ...{
      assetId: subject.id,
      requestId: id,
      commonName: data['commonName'],
      alternativeNames: data['alternativeNames'],
    },
  }),
};

import { bmcCertificateRequested } from '#src/bmc-access/events.ts';
import type { Reaction } from '#src/journal/job.ts';
import { installBmcCertificateJob } from '../catalogue.ts';

export const installCertificateAsAsked: Reaction = {
  name: 'install-certificate-as-asked',
  on: [bmcCertificateRequested.type],
  job: installBmcCertificateJob,
  input: ({ id, subject }) => ({ assetId: subject.id, requestId: id }),
};

import type { JobType, Reaction } from '#src/journal/job.ts';
import type { JobHandler } from './job-ctx.ts';
import { jobTypes } from './catalogue.ts';
import { allocateRequestedAddress } from './reactions/allocate-requested-address.ts';
import { cancelUpdateAsAsked } from './reactions/cancel-update-as-asked.ts';
import { eraseDrivesAsAsked } from './reactions/erase-drives-as-asked.ts';
import { hardenValidatedAsset } from './reactions/harden-validated-asset.ts';
import { inspectDiscoveredAsset } from './reactions/inspect-discovered-asset.ts';
import { leaveBmcOfDecommissioned } from './reactions/leave-bmc-of-decommissioned.ts';
import { noteInRecord } from './reactions/note-in-record.ts';
import { noticeChangedAsset } from './reactions/notice-changed-asset.ts';
import { noticeChangedRecord } from './reactions/notice-changed-record.ts';
import { pollHealthAsAsked } from './reactions/poll-health-as-asked.ts';
import { recogniseExpectedBmc } from './reactions/recognise-expected-bmc.ts';
import { recogniseSightedBmc } from './reactions/recognise-sighted-bmc.ts';
import { reconcileDecided } from './reactions/reconcile-decided.ts';
import { installCertificateAsAsked } from './reactions/install-certificate-as-asked.ts';
import { requestCertificateAsAsked } from './reactions/request-certificate-as-asked.ts';
import { rotatePasswordAsAsked } from './reactions/rotate-password-as-asked.ts';
import { tellBmcAsAsked } from './reactions/tell-bmc-as-asked.ts';
import { updateFirmwareAsAsked } from './reactions/update-firmware-as-asked.ts';
import { compareSystemTask, followChangesTask } from './reconcile/follow-changes.ts';
import { noticeAssetTask, noticeRecordTask } from './reconcile/notice-changes.ts';
import { reconcileSystemTask } from './reconcile/reconcile-system.ts';
import { allocateAddressTask } from './tasks/allocate-address.ts';
import { cancelUpdateTask } from './tasks/cancel-update.ts';
import { eraseDrivesTask } from './tasks/erase-drives.ts';
import { expireReservationsTask } from './tasks/expire-reservations.ts';
import { hardenAssetTask } from './tasks/harden-asset.ts';
import { inspectAssetTask } from './tasks/inspect-asset.ts';
import { leaveBmcTask } from './tasks/leave-bmc.ts';
import { noteInRecordTask } from './tasks/note-in-record.ts';
import { pollHealthTask } from './tasks/poll-health.ts';
import { recogniseBmcTask } from './tasks/recognise-bmc.ts';
import { installBmcCertificateTask } from './tasks/install-bmc-certificate.ts';
import { requestBmcCertificateTask } from './tasks/request-bmc-certificate.ts';
import { readFeedsOfTask, readFeedsSoonTask, readFeedsTask } from './tasks/read-feeds.ts';
import { rotateBmcPasswordTask } from './tasks/rotate-bmc-password.ts';
import { rotateOldPasswordsTask } from './tasks/rotate-old-passwords.ts';
import { tellBmcTask } from './tasks/tell-bmc.ts';
import { updateFirmwareTask } from './tasks/update-firmware.ts';
import { monitoringHandlers, monitoringReactions } from './monitoring-work.ts';
import { ticketHandlers, ticketReactions } from './ticket-work.ts';

export { jobTypes };

export const reactions: readonly Reaction[] = [
  recogniseSightedBmc,
  recogniseExpectedBmc,
  inspectDiscoveredAsset,
  pollHealthAsAsked,
  leaveBmcOfDecommissioned,
  tellBmcAsAsked,
  rotatePasswordAsAsked,
  requestCertificateAsAsked,
  installCertificateAsAsked,
  updateFirmwareAsAsked,
  cancelUpdateAsAsked,
  eraseDrivesAsAsked,
  noticeChangedAsset,
  noticeChangedRecord,
  reconcileDecided,
  noteInRecord,
  allocateRequestedAddress,
  hardenValidatedAsset,
  ...ticketReactions,
  ...monitoringReactions,
];

export const handlers: readonly JobHandler[] = [
  recogniseBmcTask,
  inspectAssetTask,
  pollHealthTask,
  leaveBmcTask,
  tellBmcTask,
  rotateBmcPasswordTask,
  rotateOldPasswordsTask,
  requestBmcCertificateTask,
  installBmcCertificateTask,
  updateFirmwareTask,
  cancelUpdateTask,
  eraseDrivesTask,
  noticeAssetTask,
  noticeRecordTask,
  followChangesTask,
  compareSystemTask,
  reconcileSystemTask,
  noteInRecordTask,
  allocateAddressTask,
  hardenAssetTask,
  readFeedsTask,
  readFeedsOfTask,
  readFeedsSoonTask,
  ...ticketHandlers,
  ...monitoringHandlers,
  expireReservationsTask,
];

/** @throws Error at start-up for a job without a handler, a handler without a job, or a reaction whose job or event nobody knows */
export function checkWiring(wired: {
  jobTypes: readonly JobType[];
  handlers: readonly JobHandler[];
  reactions: readonly Reaction[];
  eventTypes: ReadonlySet<string>;
}): void {
  const faults: string[] = [];
  const names = wired.jobTypes.map((job) => job.name);
  const handled = wired.handlers.map((handler) => handler.job.name);
  for (const name of names) if (!handled.includes(name)) faults.push(`job ${name} has no handler`);
  for (const name of handled) if (!names.includes(name)) faults.push(`handler ${name} has no job in the catalogue`);
  for (const list of [names, handled, wired.reactions.map((reaction) => reaction.name)]) {
    for (const name of list) if (list.indexOf(name) !== list.lastIndexOf(name)) faults.push(`${name} is there twice`);
  }
  for (const reaction of wired.reactions) {
    if (!names.includes(reaction.job.name))
      faults.push(`reaction ${reaction.name} wants the unknown job ${reaction.job.name}`);
    for (const type of reaction.on)
      if (!wired.eventTypes.has(type)) faults.push(`reaction ${reaction.name} waits for the unknown event ${type}`);
  }
  if (faults.length > 0) throw new Error(`jobs: ${[...new Set(faults)].join('; ')}`);
}

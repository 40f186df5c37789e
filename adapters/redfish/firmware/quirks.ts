import { compose, type Evidence, type Row } from '../vendors/row.ts';

export interface FirmwareQuirks {
  /** Rows of the inventory say in their id in what state an image is: `Installed-159-1.15.2__BIOS.Setup.1-1`. */
  rowStates: boolean;
  /** Whether SimpleUpdate is told what to update; else the image tells. */
  namesTargets: boolean;
  /** Uploads are taken in and checked, and installed only once they are told to start. Where the service has that action. */
  startsUploads: boolean;
  /** What does it where a stored older image cannot be gone back to. */
  insteadOfRollBack: string;
}

const STANDARD: FirmwareQuirks = {
  rowStates: false,
  namesTargets: true,
  startsUploads: false,
  insteadOfRollBack: 'install the older image again',
};

const ROWS: readonly Row<FirmwareQuirks>[] = [
  {
    vendor: /^dell/i,
    why: 'Current-, Installed-, Previous- rows (dell/iDRAC-Redfish-Scripting #264); iDRAC takes the component from the image',
    quirks: { rowStates: true, namesTargets: false },
  },
  {
    vendor: /^(hpe?$|hewlett)/i,
    why: 'iLO takes the component from the image; a downgrade may be refused (DowngradeNotAllowed, iDRAC-Redfish-Scripting #315)',
    quirks: {
      namesTargets: false,
      insteadOfRollBack: 'install the older image again; iLO refuses that where its downgrade policy forbids it',
    },
  },
  {
    vendor: /^super ?micro/i,
    why: 'X12 and later: OnStartUpdateRequest, a Verify task, StartUpdate, an Update task (bmclib providers/supermicro/x12.go)',
    quirks: { startsUploads: true },
  },
];

export function firmwareQuirksOf(evidence: Evidence): FirmwareQuirks {
  return compose(STANDARD, ROWS, evidence);
}

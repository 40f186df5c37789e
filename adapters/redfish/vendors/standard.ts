/** What a kind of BMC does differently. What can be found out by trying is not here: it is learnt per BMC (`bmc.learn`). */
export interface Quirks {
  /** Where a part's stable name stands: a service label, or the Redfish id. */
  slotNames: 'label' | 'id';
  /** Whose serial and part number the ComputerSystem (or the Supermicro chassis) shows beside the machine's own: the board's. */
  board: 'system' | 'supermicro-chassis' | 'unknown';
  /** Drives behind Smart Array controllers stand only in HPE's own SmartStorage tree. */
  smartStorage: boolean;
  /** The firmware inventory lists a component several times: Current-, Installed-, Previous-. Only what is installed counts. */
  installedFirmwareOnly: boolean;
  /** What a `CapacityBytes` of a drive is that no drive is small enough for. */
  smallDriveSizes: 'bytes' | 'mebibytes';
  /** Fewer requests at a time than the setting says. */
  maxInFlight: number | null;
}

/** What DSP0266 and DSP0268 say, and what most do. */
export const STANDARD: Quirks = {
  slotNames: 'label',
  board: 'unknown',
  smartStorage: false,
  installedFirmwareOnly: false,
  smallDriveSizes: 'bytes',
  maxInFlight: null,
};

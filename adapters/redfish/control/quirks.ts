/** What a kind of BMC does otherwise when it is told to do something. What can be found out by trying is not here: it is learnt. */
export interface ControlQuirks {
  /** Which form of the boot override is tried first. */
  bootForm: 'minimal' | 'with-mode' | 'full';
  /** Names of the boot target for a CD, most wanted first. */
  cdNames: readonly string[];
  /** What "Once" is shown as; null: as it is. */
  onceShownAs: 'Continuous' | null;
  /** A forced restart is made of off and on. */
  restartByOffAndOn: boolean;
}

const STANDARD: ControlQuirks = {
  bootForm: 'minimal',
  cdNames: ['Cd', 'CD/DVD', 'UsbCd', 'UefiCd', 'UefiUsbCd'],
  onceShownAs: null,
  restartByOffAndOn: false,
};

/** What is known of a BMC from its root and its server. */
export interface ControlledBmc {
  vendor: string | null;
  model: string | null;
}

interface Row {
  vendor: RegExp;
  model?: RegExp;
  why: string;
  quirks: Partial<ControlQuirks>;
}

/** Later rows win. */
const ROWS: readonly Row[] = [
  {
    vendor: /^super ?micro/i,
    why: 'mode and target belong into one PATCH (ironic: sync-boot-mode, supermicro-redfish-override-enabled)',
    quirks: { bootForm: 'with-mode' },
  },
  {
    vendor: /^super ?micro/i,
    why: 'a virtual CD is a USB CD (sushy: change-bootdev-smc)',
    quirks: { cdNames: ['UsbCd', 'UefiUsbCd', 'Cd', 'CD/DVD', 'UefiCd'] },
  },
  {
    vendor: /^(ami|american megatrends|asrock ?rack|gigabyte|giga computing)/i,
    why: 'MegaRAC takes only the whole boot object (sushy and bmclib send it whole)',
    quirks: { bootForm: 'full' },
  },
  {
    vendor: /^lenovo/i,
    model: /SR675 V3/i,
    why: 'hangs on ForceRestart (UEFI 7.10, BMC 9.10): off, wait, on (libredfish)',
    quirks: { restartByOffAndOn: true },
  },
  {
    vendor: /^sushy emulator/i,
    why: "sushy-tools' emulator writes Continuous whatever was set",
    quirks: { onceShownAs: 'Continuous' },
  },
];

export function controlQuirksOf(bmc: ControlledBmc): ControlQuirks {
  const fits = (pattern: RegExp | undefined, text: string | null): boolean =>
    pattern === undefined || pattern.test(text ?? '');
  const fitting = ROWS.filter((row) => fits(row.vendor, bmc.vendor) && fits(row.model, bmc.model));
  return Object.assign({ ...STANDARD }, ...fitting.map((row) => row.quirks));
}

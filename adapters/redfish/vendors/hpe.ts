import type { Row } from './row.ts';

const vendor = /^(hpe?$|hewlett)/i;

export const hpe: readonly Row[] = [
  {
    vendor,
    managerModel: /ilo ?[45]\b/i,
    why: 'SmartStorage went with iLO 6 (HPE: ilo6_adaptation)',
    quirks: { smartStorage: true },
  },
  {
    vendor,
    managerModel: /ilo ?4\b/i,
    why: 'iLO 4 hangs under parallel requests (check_redfish #67)',
    quirks: { maxInFlight: 1 },
  },
];

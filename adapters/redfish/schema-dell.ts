import { z } from 'zod';
import { isRecord, Known, part, Text } from './decode.ts';

/** Dell may tell of the module in a port where it tells of the function behind that port, and says there what the port is. */
const DellNic = part(
  z.object({
    ...{ Id: Text, MediaType: Text },
    ...{ TransceiverPartNumber: Known, TransceiverSerialNumber: Text, TransceiverVendorName: Known },
  }),
);
const DellOther = part(z.object({ Id: Text }));
/** What iDRAC9 tells in the old NetworkPorts, and in these alone. */
const DellModule = z.preprocess(
  (value) => (isRecord(value) ? value : null),
  z.object({ VendorName: Known, PartNumber: Known, SerialNumber: Text, IdentifierType: Known }).nullable(),
);

/** What a NetworkDeviceFunction or a NetworkPort of Dell says besides. */
export const DellEnd = part(
  z.object({
    ...{ DellNIC: DellNic, DellFC: DellOther, DellInfiniBand: DellOther },
    DellNetworkTransceiver: DellModule,
  }),
);

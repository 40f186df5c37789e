import { z } from 'zod';

const Days = z.coerce.number().min(0).max(3650);

/** How tickets open again, are proven and are kept in step with the other side. */
export const ticketSettings = {
  CORRELATION_RULES: z.string().min(1).optional().meta({
    description:
      "File that says which faults of many servers are one fault, read again when it changes; left out: mappings/correlation-rules.yaml of the hub's",
  }),
  FEEDS_READ_MS: z.coerce
    .number()
    .int()
    .refine((ms) => ms === 0 || ms >= 60_000, '0, or at least 60000')
    .default(3_600_000)
    .meta({
      description:
        'Between two looks at which PDUs and switches feed which server (in the system of record, and in what servers hear over LLDP), in milliseconds; 0: never',
    }),
  TICKET_REOPEN_DAYS: Days.default(14).meta({
    description: 'So long after a ticket is done the same fault opens it again instead of a new one, in days; 0: never',
  }),
  TICKET_AGAIN_DAYS: Days.default(30).meta({
    description: 'The same where a new part was seen: then the new part shows the fault again, in days',
  }),
  TICKET_PROOF_HOURS: z.coerce.number().min(0).max(8760).default(24).meta({
    description:
      'A replacement that is done without a new part having been seen is flagged as unproven after so long, in hours',
  }),
  TICKET_SYNC_MS: z.coerce
    .number()
    .int()
    .refine((ms) => ms === 0 || ms >= 1000, '0, or at least 1000')
    .default(900_000)
    .meta({
      description:
        'Between two looks at the counterparts of open tickets, whatever webhooks say, in milliseconds; 0: webhooks only',
    }),
};

import { z } from 'zod';
import { defineEvent } from '../core/event.ts';

export const machineExpected = defineEvent({
  type: 'expected-machine.registered',
  version: 1,
  topic: 'assets.expected',
  Data: z.object({
    bmcMac: z.string(),
    name: z.string().nullable(),
    serial: z.string().nullable(),
    site: z.string().nullable(),
  }),
  sentence: (data) =>
    `Expected: ${data.name ?? data.serial ?? 'a machine'} with BMC ${data.bmcMac}${data.site ? ` in ${data.site}` : ''}`,
});

export const bmcSighted = defineEvent({
  type: 'bmc.sighted',
  version: 1,
  topic: 'assets.bmc_sighted',
  Data: z.object({
    mac: z.string(),
    ip: z.string(),
    previousIp: z.string().nullable(),
    hostname: z.string().nullable(),
    source: z.string(),
  }),
  sentence: (data) =>
    data.previousIp === null
      ? `A BMC ${data.mac} got the address ${data.ip} (${data.source})`
      : `The BMC ${data.mac} moved from ${data.previousIp} to ${data.ip} (${data.source})`,
});

export const bmcRecognised = defineEvent({
  type: 'bmc.recognised',
  version: 1,
  topic: 'assets.bmc_recognised',
  Data: z.object({ mac: z.string(), ip: z.string(), by: z.string() }),
  sentence: (data) => `BMC ${data.mac} recognised: ${data.by}`,
});

export const bmcUnexpected = defineEvent({
  type: 'bmc.unexpected',
  version: 1,
  topic: 'assets.bmc_unexpected',
  Data: z.object({
    mac: z.string(),
    ip: z.string(),
    hostname: z.string().nullable(),
    vendorClass: z.string().nullable(),
  }),
  sentence: (data) => `BMC ${data.mac} at ${data.ip} is nobody that we know: it waits for an operator`,
});

export const bmcAdopted = defineEvent({
  type: 'bmc.adopted',
  version: 1,
  topic: 'assets.bmc_adopted',
  Data: z.object({ mac: z.string(), name: z.string().nullable(), serial: z.string().nullable() }),
  sentence: (data) => `BMC ${data.mac} adopted${data.name ? ` as ${data.name}` : ''}`,
});

export const bmcIgnored = defineEvent({
  type: 'bmc.ignored',
  version: 1,
  topic: 'assets.bmc_ignored',
  Data: z.object({ mac: z.string(), reason: z.string() }),
  sentence: (data) => `BMC ${data.mac} ignored: ${data.reason}`,
});

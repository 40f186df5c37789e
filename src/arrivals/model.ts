import { z } from 'zod';
import { normalizeMac } from '../core/mac.ts';

export const Mac = z
  .string()
  .transform((text, ctx) => {
    const mac = normalizeMac(text);
    if (mac !== undefined) return mac;
    ctx.addIssue({ code: 'custom', message: 'not a MAC address; write six hexadecimal pairs, e.g. 5c:f9:dd:fc:a6:f4' });
    return z.NEVER;
  })
  .meta({ description: 'MAC address, any usual writing; kept as 5c:f9:dd:fc:a6:f4', override: { type: 'string' } });

const Text = (max: number) => z.string().trim().min(1).max(max);
/** The lowest U that it fills; halves are allowed. */
const Position = z.number().min(0.5).max(100).multipleOf(0.5);

/** What somebody knows of a machine before it is there. Absent fields are left as they are on an update; null clears. */
export const ExpectedMachineInput = z
  .strictObject({
    bmc_mac: Mac,
    name: Text(64).nullish(),
    serial: Text(100).nullish(),
    asset_tag: Text(64).nullish(),
    manufacturer: Text(100).nullish(),
    model: Text(150).nullish(),
    site: Text(100).nullish(),
    rack: Text(100).nullish(),
    position: Position.nullish(),
    bmc_username: Text(100).nullish(),
    bmc_password: z
      .string()
      .min(1)
      .max(200)
      .nullish()
      .meta({ description: 'Encrypted at rest and never given out again' }),
  })
  .meta({ id: 'ExpectedMachineInput' });
export type ExpectedMachineInput = z.infer<typeof ExpectedMachineInput>;

export const Adoption = z
  .strictObject({
    name: Text(64),
    serial: Text(100).nullish(),
    asset_tag: Text(64).nullish(),
    site: Text(100).nullish(),
    rack: Text(100).nullish(),
    position: Position.nullish(),
    bmc_username: Text(100).nullish(),
    bmc_password: z.string().min(1).max(200).nullish(),
  })
  .meta({ id: 'Adoption' });
export type Adoption = z.infer<typeof Adoption>;

export const BmcState = z.enum(['sighted', 'recognised', 'unexpected', 'ignored']);
export type BmcState = z.infer<typeof BmcState>;

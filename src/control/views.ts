import { z } from 'zod';
import { Nullable, Time } from '../core/schemas.ts';
import type { ControlState } from './store.ts';

const POWER_STATES = ['On', 'Off', 'PoweringOn', 'PoweringOff', 'Paused'] as const;

export const ControlView = z
  .object({
    power: z
      .object({
        state: z.enum(POWER_STATES).nullable().meta({ description: 'null: the BMC did not say, which is not off' }),
        reset_types: z.array(z.string()).nullable().meta({ description: 'What the BMC offers; null: not known' }),
        read_at: Time,
      })
      .nullable()
      .meta({ description: 'null: nobody has asked its BMC yet' }),
    boot: z
      .object({
        target: Nullable.text,
        enabled: z.enum(['Disabled', 'Once', 'Continuous']).nullable(),
        mode: z.enum(['UEFI', 'Legacy']).nullable(),
        targets: z.array(z.string()).meta({ description: 'What the BMC offers, in its own words' }),
        read_at: Time,
      })
      .nullable(),
    media: z
      .object({
        drives: z.array(
          z.object({
            id: z.string(),
            image: Nullable.text,
            inserted: z.boolean().nullable(),
            media_types: z.array(z.string()),
          }),
        ),
        read_at: Time,
      })
      .nullable(),
    light: z.object({ lit: z.boolean().nullable(), read_at: Time }).nullable(),
  })
  .meta({ id: 'ControlState' });

export function viewControl({ power, boot, media, light }: ControlState): z.infer<typeof ControlView> {
  return {
    power: power && { state: power.state, reset_types: power.allowed, read_at: power.at },
    boot: boot && {
      target: boot.target,
      enabled: boot.enabled,
      mode: boot.mode,
      targets: boot.allowed,
      read_at: boot.at,
    },
    media: media && {
      drives: media.drives.map(({ id, image, inserted, mediaTypes }) => ({
        ...{ id, image, inserted },
        media_types: mediaTypes,
      })),
      read_at: media.at,
    },
    light: light && { lit: light.lit, read_at: light.at },
  };
}

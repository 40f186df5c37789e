import { z } from 'zod';
import { defineEvent } from '../core/event.ts';
import { BOOT_TARGETS, POWER_ACTIONS, type PowerAction } from '../ports/bmc-control.ts';

/** Each request carries until when it is good, so that nothing happens that nobody expects any more. */
const asked = { reason: z.string(), goodUntil: z.string() };
const mode = z.enum(['UEFI', 'Legacy']).nullable();

export const powerRequested = defineEvent({
  type: 'asset.power_requested',
  version: 1,
  topic: 'assets.power_requested',
  Data: z.object({ action: z.enum(POWER_ACTIONS), ...asked }),
  sentence: ({ action, reason }) => `Asked to ${POWER_WORDS[action]}: ${reason}`,
});

export const powerChanged = defineEvent({
  type: 'asset.power_changed',
  version: 1,
  topic: 'assets.power_changed',
  Data: z.object({
    action: z.enum(POWER_ACTIONS),
    resetType: z.string().nullable().meta({ description: 'What the BMC took; null: it was so before it was asked' }),
    from: z.string().nullable(),
    to: z.string().nullable().meta({ description: 'null: the BMC did not say' }),
  }),
  sentence: ({ action, resetType, to }) =>
    resetType === null
      ? `Is ${to ?? 'in an unknown power state'} now`
      : `Told to ${POWER_WORDS[action]} (${resetType})${to === null ? '; its power state is unknown' : `; it is ${to} now`}`,
});

export const bootRequested = defineEvent({
  type: 'asset.boot_requested',
  version: 1,
  topic: 'assets.boot_requested',
  Data: z.object({ target: z.enum(BOOT_TARGETS), mode, httpUri: z.string().nullable(), ...asked }),
  sentence: ({ target, reason }) =>
    target === 'none' ? `Asked to boot as usual: ${reason}` : `Asked to boot once from ${target}: ${reason}`,
});

export const bootOverridden = defineEvent({
  type: 'asset.boot_overridden',
  version: 1,
  topic: 'assets.boot_overridden',
  Data: z.object({ target: z.string().nullable(), enabled: z.string().nullable(), mode }),
  sentence: ({ target, enabled, mode: said }) =>
    enabled === 'Disabled'
      ? 'Boots as usual next time'
      : `Boots from ${target ?? 'an unknown place'} next time${said === null ? '' : ` (${said})`}`,
});

export const mediaRequested = defineEvent({
  type: 'asset.media_requested',
  version: 1,
  topic: 'assets.media_requested',
  Data: z.object({
    do: z.enum(['insert', 'eject']),
    image: z.string().nullable(),
    type: z.enum(['CD', 'USBStick']).nullable(),
    ...asked,
  }),
  sentence: ({ do: act, image, reason }) =>
    act === 'insert' ? `Asked to insert ${image}: ${reason}` : `Asked to eject its virtual media: ${reason}`,
});

export const mediaChanged = defineEvent({
  type: 'asset.media_changed',
  version: 1,
  topic: 'assets.media_changed',
  Data: z.object({ inserted: z.array(z.object({ drive: z.string(), image: z.string().nullable() })) }),
  sentence: ({ inserted }) =>
    inserted.length === 0
      ? 'Its virtual drives are empty'
      : `In its virtual drives: ${inserted.map(({ drive, image }) => `${image ?? 'an image'} in ${drive}`).join(', ')}`,
});

export const identifyRequested = defineEvent({
  type: 'asset.identify_requested',
  version: 1,
  topic: 'assets.identify_requested',
  Data: z.object({ lit: z.boolean(), ...asked }),
  sentence: ({ lit, reason }) => `Asked to switch its identify light ${lit ? 'on' : 'off'}: ${reason}`,
});

export const identifyChanged = defineEvent({
  type: 'asset.identify_changed',
  version: 1,
  topic: 'assets.identify_changed',
  Data: z.object({ lit: z.boolean() }),
  sentence: ({ lit }) => `Its identify light is ${lit ? 'on' : 'off'}`,
});

export const lookRequested = defineEvent({
  type: 'asset.look_requested',
  version: 1,
  topic: 'assets.look_requested',
  Data: z.object({ ...asked }),
  sentence: ({ reason }) => `Its BMC was asked how the server stands: ${reason}`,
});

const POWER_WORDS: Record<PowerAction, string> = {
  on: 'switch on',
  off: 'shut down',
  'force-off': 'switch off at once',
  restart: 'restart',
  'force-restart': 'restart at once',
  cycle: 'go without power for a moment',
  nmi: 'take an NMI',
};

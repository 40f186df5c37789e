import { asText } from '../decode.ts';
import type { Resource } from './machine.ts';

export type BootForm = 'minimal' | 'with-mode' | 'full';

/** What shall stand there, in the BMC's words. */
export interface BootWanted {
  target: string;
  enabled: 'Once' | 'Disabled';
  /** Null: as it is. */
  mode: 'UEFI' | 'Legacy' | null;
  httpUri: string | null;
}

/** The body of the PATCH: only what changes, with the mode (Supermicro), or everything that the BMC shows (MegaRAC). */
export function bootBody(form: BootForm, wanted: BootWanted, shown: Resource): { Boot: Resource } {
  const shownMode = asText(shown['BootSourceOverrideMode']);
  // A BMC that shows no mode has none to set, and would refuse the property.
  const mode = wanted.mode !== null && (shownMode !== null || form !== 'minimal') ? wanted.mode : null;
  const kept = form === 'minimal' ? null : (shownMode ?? null);
  const change: Resource = {
    BootSourceOverrideEnabled: wanted.enabled,
    BootSourceOverrideTarget: wanted.target,
    ...(mode === null && kept === null ? {} : { BootSourceOverrideMode: mode ?? kept }),
    ...(wanted.httpUri === null ? {} : { HttpBootUri: wanted.httpUri }),
  };
  if (form !== 'full') return { Boot: change };
  const overrides = Object.entries(shown).filter(
    ([key, value]) => key.startsWith('BootSourceOverride') && !key.includes('@') && value !== null,
  );
  return { Boot: { ...Object.fromEntries(overrides), ...change } };
}

import type { BootState, BootTarget } from '../../../src/ports/bmc-control.ts';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { asLink, asText, isRecord } from '../decode.ts';
import { type BootForm, type BootWanted, bootBody } from './boot-body.ts';
import { bodyOf, type Machine, type Resource } from './machine.ts';
import { isRefusal, sendPatiently } from './patience.ts';
import { lookUntil } from './waits.ts';

/** Where the override is written: on the system, or (iDRAC 10, NVIDIA) in its settings object. */
type Place = 'system' | 'settings';
interface Rung {
  form: BootForm;
  place: Place;
}

export interface BootOnce {
  target: BootTarget;
  mode: 'UEFI' | 'Legacy' | null;
  httpUri?: string;
}

const TARGETS: Record<Exclude<BootTarget, 'cd'>, readonly string[]> = {
  none: ['None'],
  pxe: ['Pxe'],
  'uefi-http': ['UefiHttp'],
  hdd: ['Hdd', 'UefiHdd'],
  usb: ['Usb', 'UsbKey', 'UefiUsbKey'],
  'bios-setup': ['BiosSetup'],
  diags: ['Diags', 'Utilities'],
};

const RUNGS: readonly Rung[] = [
  { form: 'minimal', place: 'system' },
  { form: 'minimal', place: 'settings' },
  { form: 'with-mode', place: 'system' },
  { form: 'full', place: 'system' },
  { form: 'full', place: 'settings' },
];

const LEARNT = 'boot-override';

export async function readBoot(machine: Machine): Promise<BootState> {
  return standing(machine, await bootShown(machine));
}

export async function bootOnce(machine: Machine, wish: BootOnce): Promise<BootState> {
  const { found, system } = machine;
  const boot = isRecord(found['Boot']) ? found['Boot'] : null;
  if (boot === null) {
    throw new AdapterError('unsupported', `${system}: ${machine.path} has no boot override`, { system });
  }
  const wanted = wantedOf(machine, wish, boot);
  const before = standing(machine, await bootShown(machine));
  if (isAsWanted(machine, before, wanted, 'exactly')) return before;

  const refused: string[] = [];
  let shown: BootState | null = null;
  const tried = new Set<string>();
  for (const rung of rungs(machine)) {
    const link = rung.place === 'system' ? machine.path : settingsOf(found);
    const body = bootBody(rung.form, wanted, boot);
    const what = `${rung.place} ${JSON.stringify(body)}`;
    if (link === null || tried.has(what)) continue;
    tried.add(what);
    try {
      await sendPatiently(machine, { method: 'PATCH', link, body });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused.push(error.message);
      continue;
    }
    shown = await shownAfter(machine, rung, wanted);
    if (!isAsWanted(machine, shown, wanted, 'as far as it says')) continue;
    machine.bmc.learn(LEARNT, `${rung.form}@${rung.place}`);
    return shown;
  }
  if (shown === null) throw new AdapterError('rejected', refused[0] ?? `${system}: no way to set the boot`, { system });
  const message = `${system}: asked to boot once from ${say(wanted)}, but the BMC shows ${sayShown(shown)}; look at it before the server is started`;
  throw new AdapterError('rejected', message, { system, detail: { shown } });
}

/** What was learnt of this BMC first, then what its kind wants, then the rest. */
function rungs({ bmc, quirks }: Machine): Rung[] {
  const learnt = bmc.learnt(LEARNT);
  const rank = (rung: Rung): number => {
    if (`${rung.form}@${rung.place}` === learnt) return 0;
    return rung.form === quirks.bootForm && rung.place === 'system' ? 1 : 2;
  };
  return RUNGS.toSorted((a, b) => rank(a) - rank(b));
}

function wantedOf({ quirks, system }: Machine, wish: BootOnce, boot: Resource): BootWanted {
  const reject = (message: string): AdapterError => new AdapterError('rejected', `${system}: ${message}`, { system });
  if (wish.httpUri !== undefined && wish.target !== 'uefi-http')
    throw reject('an address to boot from goes with the target uefi-http only');
  const modes = texts(boot['BootSourceOverrideMode@Redfish.AllowableValues']);
  const mode = wish.mode ?? (wish.target === 'uefi-http' ? 'UEFI' : null);
  if (mode !== null && modes.length > 0 && !modes.includes(mode))
    throw reject(`the BMC does not offer to boot in mode ${mode}; it offers ${modes.join(', ')}`);
  const words = wish.target === 'cd' ? quirks.cdNames : TARGETS[wish.target];
  const allowed = texts(boot['BootSourceOverrideTarget@Redfish.AllowableValues']);
  const offered = words.filter((word) => allowed.length === 0 || allowed.includes(word));
  // X10 has its UEFI targets under names of their own.
  const own = mode === 'UEFI' ? offered.find((word) => /^Uefi/.test(word)) : undefined;
  const target = own ?? offered[0];
  if (target === undefined)
    throw reject(
      `the BMC cannot boot once from "${wish.target}" (${words.join(' or ')}); it offers ${allowed.join(', ')}`,
    );
  return { target, enabled: wish.target === 'none' ? 'Disabled' : 'Once', mode, httpUri: wish.httpUri ?? null };
}

/** What waits for the next boot: in the settings object where this BMC is known to take it there (NVIDIA has one that says nothing of it). */
function standing({ bmc }: Machine, [system, settings]: BootState[]): BootState {
  const inSettings = bmc.learnt(LEARNT)?.endsWith('@settings') === true;
  return (inSettings ? settings : undefined) ?? system ?? stateOf({});
}

/** As the system shows it, and as its settings object does where there is one with a boot override. */
async function bootShown(machine: Machine): Promise<BootState[]> {
  const now = await machine.now();
  const shown = [stateOf(now)];
  const link = settingsOf(now);
  if (link === null) return shown;
  try {
    const settings = bodyOf(await machine.bmc.read(link), link, machine.system);
    if (isRecord(settings['Boot']) && asText(settings['Boot']['BootSourceOverrideTarget']) !== null)
      shown.push(stateOf(settings, shown[0]));
  } catch (error) {
    // A settings object that is announced and not there: the system speaks for itself.
    if (!isRefusal(error)) throw error;
  }
  return shown;
}

async function shownAfter(machine: Machine, rung: Rung, wanted: BootWanted): Promise<BootState> {
  const { waits, signal } = machine;
  const look = async (): Promise<BootState> => {
    const [system, settings] = await bootShown(machine);
    if (rung.place === 'system' || settings === undefined) return system ?? stateOf({});
    const isThere = system !== undefined && isAsWanted(machine, system, wanted, 'as far as it says');
    return isThere ? system : settings;
  };
  return lookUntil(look, (seen) => isAsWanted(machine, seen, wanted, 'as far as it says'), {
    forMs: waits.settingMs,
    everyMs: waits.lookMs,
    signal,
  });
}

interface Shown extends BootState {
  httpUri?: string | null;
}

/** 'exactly': what is not shown may be otherwise. 'as far as it says': only what is shown otherwise counts. */
function isAsWanted(
  { quirks }: Machine,
  shown: Shown,
  wanted: BootWanted,
  how: 'exactly' | 'as far as it says',
): boolean {
  const loose = how === 'as far as it says';
  const same = (said: string | null | undefined, want: string | null): boolean =>
    want === null || (said === null || said === undefined ? loose : said.toLowerCase() === want.toLowerCase());
  if (wanted.enabled === 'Disabled') return shown.enabled === 'Disabled' || same(shown.target, 'None');
  const enabled = same(shown.enabled, 'Once') || (quirks.onceShownAs !== null && shown.enabled === quirks.onceShownAs);
  return (
    enabled && same(shown.target, wanted.target) && same(shown.mode, wanted.mode) && same(shown.httpUri, wanted.httpUri)
  );
}

function stateOf(resource: Resource, beside?: BootState): Shown {
  const boot = isRecord(resource['Boot']) ? resource['Boot'] : {};
  const pick = <T extends string>(key: string, words: readonly T[]): T | null =>
    words.find((word) => word.toLowerCase() === asText(boot[key])?.toLowerCase()) ?? null;
  const allowed = texts(boot['BootSourceOverrideTarget@Redfish.AllowableValues']);
  const uri = asText(boot['HttpBootUri']);
  return {
    target: asText(boot['BootSourceOverrideTarget']),
    enabled: pick('BootSourceOverrideEnabled', ['Disabled', 'Once', 'Continuous']),
    mode: pick('BootSourceOverrideMode', ['UEFI', 'Legacy']),
    allowed: allowed.length > 0 ? allowed : (beside?.allowed ?? []),
    ...(uri === null ? {} : { httpUri: uri }),
  };
}

function settingsOf(found: Resource): string | null {
  const boot = isRecord(found['Boot']) ? found['Boot'] : {};
  const settings = boot['@Redfish.Settings'] ?? found['@Redfish.Settings'];
  return isRecord(settings) ? asLink(settings['SettingsObject']) : null;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function say({ target, mode, httpUri }: BootWanted): string {
  return `${target}${mode === null ? '' : ` in mode ${mode}`}${httpUri === null ? '' : ` at ${httpUri}`}`;
}

function sayShown({ target, enabled, mode }: BootState): string {
  return [enabled ?? 'nothing', target ?? 'no target', ...(mode === null ? [] : [`in mode ${mode}`])].join(' ');
}

import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { asLink, asList, asText, isRecord } from '../decode.ts';
import { bodyOf, type Machine, type Resource } from './machine.ts';
import { isRefusal, sendPatiently } from './patience.ts';
import { lookUntil } from './waits.ts';

/** Where the light is told: on the system, else on its chassis. */
interface Light {
  path: string;
  body: Resource;
}

export async function identify(machine: Machine, lit: boolean): Promise<boolean | null> {
  const { system } = machine;
  const light = await findLight(machine);
  if (light === null) throw new AdapterError('unsupported', `${system}: the BMC offers no identify LED`, { system });
  if (litOf(light.body) === lit) return lit;
  await setLight(machine, light, lit);
  const { waits, signal } = machine;
  const look = async (): Promise<boolean | null> =>
    litOf(bodyOf(await machine.bmc.read(light.path), light.path, system));
  const seen = await lookUntil(look, (one) => one === lit, {
    forMs: waits.settingMs,
    everyMs: waits.lookMs,
    signal,
  });
  if (seen === null || seen === lit) return seen;
  const word = (on: boolean): string => (on ? 'lit' : 'off');
  const message = `${system}: the identify LED was asked to be ${word(lit)}, but the BMC shows it ${word(seen)}`;
  throw new AdapterError('rejected', message, { system });
}

async function findLight(machine: Machine): Promise<Light | null> {
  const now = await machine.now();
  const system = { path: machine.path, body: now };
  if (tells(now)) return system;
  const links = isRecord(now['Links']) ? asList(now['Links']['Chassis']).map(asLink) : [];
  for (const path of links) {
    if (path === null) continue;
    try {
      const body = bodyOf(await machine.bmc.read(path), path, machine.system);
      if (tells(body)) return { path, body };
    } catch (error) {
      // A dangling link: another chassis may have the light.
      if (!isRefusal(error)) throw error;
    }
  }
  return null;
}

function tells(body: Resource): boolean {
  return typeof body['LocationIndicatorActive'] === 'boolean' || asText(body['IndicatorLED']) !== null;
}

/** LocationIndicatorActive where there is one: Dell's IndicatorLED says Lit for a server that nobody looks for. */
function litOf(body: Resource): boolean | null {
  const active = body['LocationIndicatorActive'];
  if (typeof active === 'boolean') return active;
  const led = asText(body['IndicatorLED'])?.toLowerCase();
  if (led === 'lit' || led === 'blinking') return true;
  return led === 'off' ? false : null;
}

async function setLight(machine: Machine, { path, body }: Light, lit: boolean): Promise<void> {
  if (typeof body['LocationIndicatorActive'] === 'boolean') {
    await sendPatiently(machine, { method: 'PATCH', link: path, body: { LocationIndicatorActive: lit } });
    return;
  }
  const allowed = body['IndicatorLED@Redfish.AllowableValues'];
  const words = (lit ? ['Lit', 'Blinking'] : ['Off']).filter((one) => !Array.isArray(allowed) || allowed.includes(one));
  let refused: unknown = new AdapterError(
    'rejected',
    `${machine.system}: the identify LED offers ${Array.isArray(allowed) ? allowed.join(', ') : 'nothing'}`,
    { system: machine.system },
  );
  for (const IndicatorLED of words) {
    try {
      await sendPatiently(machine, { method: 'PATCH', link: path, body: { IndicatorLED } });
      return;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      refused = error;
    }
  }
  throw refused;
}

import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { Bmc } from './bmc.ts';
import { asLink, asText, isRecord } from './decode.ts';

/** Something that a resource can be told to do. */
export interface Action {
  /** Where to POST to. */
  target: string;
  /**
   * The values that a parameter takes, said inline or in the ActionInfo; null: not said, so that only trying tells.
   * @throws AdapterError unreachable | unauthorized | throttled: nobody knows, which is not "not said"
   */
  allowed(parameter: string): Promise<string[] | null>;
}

/**
 * An action of a resource by its name (`#ComputerSystem.Reset`), also among the OEM ones. Null: not offered.
 * OEM names changed over the years (`#Oem/EID_674_Manager.Export…`, `#OemManager.Export…`): a name without `#` is compared with
 * what stands after the last dot, as `Reset` with `#ComputerSystem.Reset`.
 */
export function findAction(bmc: Bmc, resource: Record<string, unknown>, name: string): Action | null {
  const actions = isRecord(resource['Actions']) ? resource['Actions'] : {};
  const found = findIn(actions, name) ?? findIn(isRecord(actions['Oem']) ? actions['Oem'] : {}, name);
  if (found === null) return null;
  const target = asText(found['target']) ?? asLink(found['target']);
  if (target === null) return null;
  return {
    target,
    async allowed(parameter) {
      const inline = found[`${parameter}@Redfish.AllowableValues`];
      if (Array.isArray(inline)) return inline.filter((value) => typeof value === 'string');
      const link = asLink(found['@Redfish.ActionInfo']) ?? asText(found['@Redfish.ActionInfo']);
      if (link === null) return null;
      return fromActionInfo(bmc, link, parameter);
    },
  };
}

function findIn(actions: Record<string, unknown>, name: string): Record<string, unknown> | null {
  for (const [key, action] of Object.entries(actions)) {
    if (!isRecord(action)) continue;
    const same = name.startsWith('#') ? key.toLowerCase() === name.toLowerCase() : lastWord(key) === name.toLowerCase();
    if (same) return action;
    // OEM actions stand one level down on some: `Oem: { Hpe: { "#…": {…} } }`.
    if (!key.startsWith('#') && key !== 'Oem' && !('target' in action)) {
      const deeper = findIn(action, name);
      if (deeper !== null) return deeper;
    }
  }
  return null;
}

function lastWord(key: string): string {
  return (key.split(/[.#/]/).at(-1) ?? key).toLowerCase();
}

async function fromActionInfo(bmc: Bmc, link: string, parameter: string): Promise<string[] | null> {
  let info: Record<string, unknown>;
  try {
    info = await bmc.get(link);
  } catch (error) {
    // Dangling on some: then it is as if it had not been said.
    if (error instanceof AdapterError && ['not-found', 'malformed', 'rejected'].includes(error.kind)) return null;
    throw error;
  }
  const parameters = Array.isArray(info['Parameters']) ? info['Parameters'] : [];
  for (const one of parameters) {
    if (!isRecord(one) || asText(one['Name'])?.toLowerCase() !== parameter.toLowerCase()) continue;
    const values = one['AllowableValues'];
    return Array.isArray(values) ? values.filter((value) => typeof value === 'string') : null;
  }
  return null;
}

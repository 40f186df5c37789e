import type { TlsTrust } from '../../src/kit/connector.ts';
import type { Http, HttpOptions } from '../../src/kit/http.ts';
import type { Kit } from '../../src/kit/kit.ts';
import { AdapterError } from '../../src/ports/adapter-error.ts';
import type { BmcTarget } from '../../src/ports/hardware-inventory.ts';
import type { Settings } from './settings.ts';

/** @throws AdapterError unsupported where the settings allow no connection */
export function connect(kit: Kit, options: HttpOptions): Http {
  try {
    return kit.http(options);
  } catch (cause) {
    const message = `${kit.system}: no connection can be made with these settings; is caFile readable?`;
    throw new AdapterError('unsupported', message, { system: kit.system, cause });
  }
}

/** @throws AdapterError unsupported */
export function parseTarget(url: string, system: string): { origin: string; host: string } {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new AdapterError('unsupported', `${system}: the BMC's address is not an http(s) URL`, { system });
  }
  const { origin, host } = new URL(url);
  return { origin, host };
}

/** A pinned certificate goes before the setting. */
export function trust(target: BmcTarget, settings: Settings): TlsTrust {
  if (target.fingerprint256 !== null) return { fingerprint256: target.fingerprint256 };
  if (settings.tls === 'first-use') return { firstUse: true };
  return { caFile: settings.caFile };
}

import { createNetBoxClient, isPermissionDenied, type NetBoxClient } from 'netbox-client';
import type { Http } from '#src/kit/http.ts';
import type { Kit } from '#src/kit/kit.ts';
import { createPace } from '#src/kit/pace.ts';
import type { Settings } from './settings.ts';

/**
 * A bulk write is waited for longer: nobody knows what came of one whose answer did not come. With the default it is as long as NetBox's own
 * gunicorn gives a request (120 s).
 */
const BULK_PATIENCE = 4;

export interface OpenClient {
  client: NetBoxClient;
  close(): Promise<void>;
}

/**
 * The typed client over the kit's HTTP. Paths stand in `netbox-client/resources.ts`, next to the contract that they are checked
 * against. A token that NetBox refuses is not sent again, by no process, until a person acts.
 */
export function openNetboxClient(
  settings: Pick<Settings, 'url' | 'token' | 'timeoutMs' | 'caFile'> & Partial<Pick<Settings, 'requestsPerSecond'>>,
  kit: Kit,
): OpenClient {
  const perSecond = settings.requestsPerSecond;
  const http = kit.http({
    pace: perSecond === undefined ? undefined : createPace({ system: kit.system, perSecond }),
    baseUrl: settings.url,
    timeoutMs: settings.timeoutMs,
    tls: { caFile: settings.caFile },
    // gunicorn closes idle connections after 2 s unless told otherwise; a write must not meet one that just closed.
    keepAliveMs: 1_000,
  });
  const target = new URL(settings.url).host;

  const request: Http['request'] = async (wanted) => {
    await kit.lockouts.check(target, settings.token);
    const isBulk = wanted.method !== 'GET' && Array.isArray(wanted.body);
    const answer = await http.request(isBulk ? { timeoutMs: settings.timeoutMs * BULK_PATIENCE, ...wanted } : wanted);
    const refused = answer.status === 401 || (answer.status === 403 && !isPermissionDenied(answer));
    if (refused)
      await kit.lockouts.report(
        target,
        settings.token,
        `NetBox answered ${answer.status} to ${wanted.method} ${wanted.path}`,
      );
    return answer;
  };
  const guarded = { request, errorFor: http.errorFor };
  return {
    client: createNetBoxClient(guarded, { token: settings.token, system: kit.system }),
    close: () => http.close(),
  };
}

import type { Configuration } from './config.ts';

/** What BMCs are logged into with where none has credentials of its own. */
export function bmcCredentials(config: Configuration): { username: string | null; password: string | null } {
  const redfish = config.adapters.find(({ definition }) => definition.id === 'redfish')?.settings as
    | { username?: string; password?: string }
    | undefined;
  return { username: redfish?.username ?? null, password: redfish?.password ?? null };
}

import type { Redis } from 'ioredis';
import { HubError } from './core/error.ts';

/** The journal survives an empty Redis, but one that forgets or evicts under load would make every job wait for the sweeper. @throws HubError unavailable */
export async function checkRedis(redis: Redis): Promise<string> {
  const info = await redis.info();
  const read = (field: string): string => new RegExp(`^${field}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const version = read('valkey_version') || read('redis_version');
  const faults: string[] = [];
  if (Number(read('redis_version').split('.')[0]) < 7) faults.push(`it is version ${version}; ≥ 7 is needed`);
  if (read('aof_enabled') !== '1') faults.push('it keeps no append-only file: set "appendonly yes"');
  if (read('maxmemory_policy') !== 'noeviction')
    faults.push(`it evicts keys (${read('maxmemory_policy')}): set "maxmemory-policy noeviction"`);
  if (faults.length > 0) throw new HubError('unavailable', `Redis is not fit: ${faults.join('; ')}`);
  return version;
}

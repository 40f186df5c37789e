import { Redis } from 'ioredis';
import { attachServices } from '#setup/attach-services.ts';

/** Redis has sixteen databases; the first one is nobody's. Of the files that run at once each has a number of its own. */
export function redisNumber(): number {
  return 1 + (Number(process.env['VITEST_POOL_ID'] ?? 1) % 15);
}

/** The URL of this test file's own Redis database, emptied. */
export async function testRedisUrl(): Promise<string> {
  const url = new URL(attachServices().redis.url);
  url.pathname = `/${redisNumber()}`;
  await withRedis(url.href, (redis) => redis.flushdb());
  return url.href;
}

export async function withRedis<T>(url: string, act: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await act(redis);
  } finally {
    redis.disconnect();
  }
}

export const MARIADB_MINIMUM: string;
export const REDIS_MINIMUM: string;
export function findProgram(name: string): string | undefined;
export function findMariaDb(): { server: string; installer: string; version: string; newEnough: boolean } | undefined;
export function findRedis(): { server: string; version: string; newEnough: boolean } | undefined;

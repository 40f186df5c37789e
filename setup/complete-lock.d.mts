export type LockEntry = { version?: string; dev?: boolean; optionalDependencies?: Record<string, string> };
export function missingEntries(packages: Record<string, LockEntry>): Record<string, LockEntry>;

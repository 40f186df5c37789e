export type HeldName = { release(): Promise<void> };
export function takeName(name: string): Promise<HeldName | undefined>;
export function withName<T>(name: string, work: () => Promise<T>, onWait?: () => void): Promise<T>;

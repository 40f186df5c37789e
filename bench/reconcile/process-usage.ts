import { readFileSync, writeFileSync } from 'node:fs';

/** What a process has used so far, by the kernel's books. */
export interface Usage {
  /** User and system time; the kernel counts in hundredths (USER_HZ). */
  cpuSeconds: number;
  /** Most memory that it held at once since `forgetPeak`, in MB. */
  peakMb: number;
}

export function usageOf(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, peakMb: megabytes(pid, 'VmHWM') };
}

/** From now on the peak is that of what comes. Linux sets it to what the process holds at the moment (`clear_refs`, proc(5)). */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** In 10^6 bytes; the kernel counts in units of 1,024. */
function megabytes(pid: number, name: string): number {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (Number(found?.[1] ?? Number.NaN) * 1024) / 1e6;
}

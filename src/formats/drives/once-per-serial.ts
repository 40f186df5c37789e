import type { SeenComponent } from '../../ports/bundle-format.ts';

/**
 * A drive with two ports, or with several namespaces, is listed once for each; the first stands for it. Of facts on which the entries
 * differ (the size of a namespace) none is the drive's, so they are left out, but for the first one's device name.
 */
export function oncePerSerial(drives: readonly SeenComponent[]): SeenComponent[] {
  const bySerial = new Map<string, SeenComponent>();
  const kept: SeenComponent[] = [];
  for (const drive of drives) {
    const key = drive.serial === null ? null : `${drive.model ?? ''}\n${drive.serial}`;
    const first = key === null ? undefined : bySerial.get(key);
    if (first === undefined) {
      kept.push(drive);
      if (key !== null) bySerial.set(key, drive);
      continue;
    }
    const attributes = Object.entries(first.attributes).filter(
      ([name, value]) => name === 'device' || name === 'pciAddress' || drive.attributes[name] === value,
    );
    first.attributes = Object.fromEntries(attributes);
  }
  return kept;
}

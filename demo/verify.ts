import type { Actor } from './cast.ts';
import type { Stage } from './stage.ts';
import type { Assets } from './story.ts';

/** What must hold when the story is over, whatever happened on the way. @returns what does not, in sentences */
export function brokenInvariants(
  stage: Stage,
  cast: Actor[],
  assets: Assets,
  tickets: ReadonlyMap<string, string>,
  options: { sessionsMayLeak?: boolean } = {},
): string[] {
  const broken: string[] = [];
  const devices = stage.netbox.database.all('device');
  const jobs = stage.awx.jobs();
  for (const actor of cast) {
    const asset = assets.get(actor.name);
    const named = devices.filter((device) => device['name'] === actor.name);
    if (named.length !== 1) broken.push(`NetBox has ${named.length} devices named ${actor.name}, not 1`);
    const shown = named[0] && stage.netbox.show('device', named[0].id);
    if (shown && shown['serial'] !== actor.serial)
      broken.push(`NetBox says that the serial of ${actor.name} is ${String(shown['serial'])}, not ${actor.serial}`);
    const fields = (shown?.['custom_fields'] ?? {}) as Record<string, { value?: unknown } | string | null>;
    const state = fields['lifecycle_state'];
    const value = typeof state === 'object' ? state?.value : state;
    if (value !== 'hardened') broken.push(`NetBox says that ${actor.name} is ${String(value)}, not hardened`);
    if (fields['hub_asset_id'] !== asset?.id) broken.push(`NetBox does not name the asset of ${actor.name}`);
    const macs = stage.netbox.database
      .all('macAddress')
      .filter((row) => String(row['mac_address']).toLowerCase() === actor.bmcMac);
    if (macs.length !== 1) broken.push(`NetBox has ${macs.length} MAC addresses ${actor.bmcMac}, not 1`);
    const runs = jobs.filter((job) => job.limit === actor.name);
    if (runs.length !== 1) broken.push(`AWX ran ${runs.length} jobs for ${actor.name}, not 1`);
  }
  if (devices.length !== cast.length) broken.push(`NetBox has ${devices.length} devices, not ${cast.length}`);
  if (stage.jira.issues().length !== tickets.size)
    broken.push(`Jira has ${stage.jira.issues().length} issues, not ${tickets.size}`);
  for (const [name, bmc] of stage.bmcs) {
    // One is kept while the hub runs. A worker that is killed in the middle of a login cannot know of its session; the BMC ends it by time.
    if (bmc.openSessions() > 1 && options.sessionsMayLeak !== true)
      broken.push(`${bmc.openSessions()} sessions are open on the BMC of ${name}, not one`);
    if (bmc.counters().maxInFlight > 4)
      broken.push(`the BMC of ${name} had ${bmc.counters().maxInFlight} requests at once`);
  }
  return broken;
}

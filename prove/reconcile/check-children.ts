import type { Check } from './check.ts';
import type { SeenDevice } from './observe.ts';
import { type Device, type Part, POLICIES, type Server } from './world.ts';

/** Parts, ports and addresses of a server that is there. Afterwards the model goes on from what is. */
export function checkChildren(check: Check, server: Server, device: Device, seen: SeenDevice): void {
  const due = new Map<string, string>();
  for (const [bay, { model, serial }] of device.modules) due.set(bay, `${model} ${serial}`);
  for (const part of server.parts.values()) {
    checkPart(check, server, device, seen, part);
    due.delete(part.bay);
    part.touched = false;
  }
  for (const [bay, what] of due) {
    const module = seen.modules.get(bay);
    const is = module && `${module.model} ${module.serial}`;
    if (is !== what) check.wrong(`${server.name}: people have ${what} in ${bay} there, and now it is ${is}`);
  }
  for (const bay of seen.modules.keys())
    if (!due.has(bay) && !server.parts.has(bay)) check.wrong(`${server.name}: a module in ${bay} there is nobody's`);
  checkPorts(check, server, seen);
}

function checkPart(check: Check, server: Server, device: Device, seen: SeenDevice, part: Part): void {
  const { wrong } = check;
  const label = `${server.name} ${part.bay}`;
  const module = seen.modules.get(part.bay);
  const hub = { object: 'module', field: '', hubId: part.id };
  const known = part.module;
  const forget = (): void =>
    void Object.assign(part, { module: undefined, again: false, removed: false, ignored: false });

  if (!part.here) {
    if (!known || known.gone) return forget();
    if (!known.isOurs) {
      if (!module) wrong(`${label}: people documented it, and it is gone`);
      else device.modules.set(part.bay, { ...module });
      return forget();
    }
    if (part.removed) {
      if (module) wrong(`${label}: somebody decided that it is removed there, and it is not`);
      return forget();
    }
    if (!module) wrong(`${label}: it is gone there, and nobody said so`);
    check.expect({ object: 'module', field: '', kind: 'gone-here', theirId: String(known.id) }, part.ignored);
    return;
  }
  if (known?.gone && !part.again) {
    if (module) wrong(`${label}: it was deleted there, nobody decided anything, and it is there again`);
    return check.expect({ ...hub, kind: 'gone-there' }, part.ignored);
  }
  if (!module) return wrong(`${label}: it is not there`);
  if (module.maker !== part.here.maker && normal(module.maker) !== normal(part.here.maker))
    wrong(`${label}: ${module.maker} made it there, ${part.here.maker} here`);
  const isNew = !known || known.gone;
  const documented = device.modules.get(part.bay);
  const base = { object: 'module', hubId: part.id, label, policy: POLICIES.part };
  for (const field of ['serial', 'model'] as const) {
    const ours = part.here[field];
    const slot = isNew ? [{ theirs: ours, ours, agreed: ours }] : part[field];
    const theirs = module[field] === '' ? null : module[field];
    const end = check.field({ ...base, slot, field, theirs, ours });
    part[field] = [end?.believed ?? { theirs, ours, agreed: ours }];
  }
  if (isNew) part.module = { id: module.id, isOurs: documented === undefined, gone: false };
  else if (known.id !== module.id) wrong(`${label}: it was module ${known.id}, and is ${module.id} now`);
  device.modules.delete(part.bay);
  Object.assign(part, { again: false, removed: false, ignored: false });
}

function checkPorts(check: Check, server: Server, seen: SeenDevice): void {
  const { wrong } = check;
  const label = server.name;
  const nic = [...server.parts.values()].find(({ kind }) => kind === 'nic');
  for (const port of server.ports) {
    const made = seen.ports.filter(({ mac }) => mac?.toLowerCase() === port.mac);
    const isDue = port.made || port.wanted;
    if (made.length !== (isDue ? 1 : 0)) wrong(`${label}: the port ${port.mac} is there ${made.length} times`);
    if (!isDue && nic?.here)
      check.expect({ object: 'interface', field: '', kind: 'only-here', hubId: port.id }, port.ignored);
    Object.assign(port, { made: isDue, wanted: false });
  }
  const bmcs = seen.ports.filter(({ mgmtOnly }) => mgmtOnly);
  if (!server.bmc) {
    if (bmcs.length > 0) wrong(`${label}: it has a BMC there that nobody has seen`);
    return;
  }
  const { mac, address } = server.bmc;
  const [bmc] = bmcs;
  if (!bmc || bmcs.length > 1) return wrong(`${label}: ${bmcs.length} BMCs there, not one`);
  if (bmc.mac?.toLowerCase() !== mac) wrong(`${label}: its BMC has the MAC ${bmc.mac} there, not ${mac}`);
  const addresses = bmc.addresses.map((one) => one.address.replace(/\/.*$/, '')).join(', ');
  if (addresses !== (address ?? '')) wrong(`${label}: its BMC has ${addresses || 'no address'} there, not ${address}`);
  if (address !== null && seen.oobIp !== bmc.addresses[0]?.id) wrong(`${label}: its BMC's address is not its oob_ip`);
}

function normal(maker: string): string {
  return maker.toLowerCase().replaceAll(/[^a-z]|inc/g, '');
}

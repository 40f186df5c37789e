import type { CaseBundle, FleetCase } from './fleet-case.ts';

/** A case in lines for somebody who has to find out what went wrong. */
export function tellCase(fleet: FleetCase, batches: readonly (readonly CaseBundle[])[]): string[] {
  return [
    ...fleet.registered.map((server) => `registered: ${JSON.stringify(server)}`),
    ...batches.flatMap((batch, index) => [`batch ${index}:`, ...batch.flatMap(tellBundle)]),
  ];
}

function tellBundle({ name, snapshots }: CaseBundle): string[] {
  return snapshots.map(({ at, report }) => {
    const { host, source, components, scope, absent, locationId } = report;
    const evidence = [
      host.productSerial,
      host.systemUuid,
      host.boardSerial,
      ...host.bmcMacs,
      host.assetTag,
      host.assetId,
    ].filter((one) => one !== null);
    const parts = components.map(({ kind, serial, slot, firmware }) => [kind, serial, slot, firmware].join('/'));
    const gone = absent.map(({ serial, manufacturer, reason }) => `gone ${serial} (${manufacturer}, ${reason})`);
    const where = locationId === null ? `server ${evidence.join(' ') || 'without evidence'}` : `bin ${locationId}`;
    return `  ${name}: ${at.slice(0, 19)} ${source} at ${where}: ${[...parts, ...gone].join(', ') || 'nothing'}; complete: ${scope.join(' ') || 'nothing'}`;
  });
}

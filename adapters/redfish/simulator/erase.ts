import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import { laterOf } from './later.ts';
import type { SimulatedTasks } from './tasks.ts';
import { foldPath, type Body } from './tree.ts';

/** How a simulated BMC erases drives. */
export interface EraseOptions {
  /** Default each drive by itself. */
  ways?: readonly ('drive' | 'dell-system' | 'hpe-system')[];
  /** 'fails': says so in the end. */
  ends?: 'well' | 'fails';
  /** The drive shows what is done to it (NVIDIA, HPE). */
  showsOperations?: boolean;
  /** Dell: drives behind a controller that does nothing while the server runs: each job waits for a boot. */
  staged?: boolean;
  /** HPE: how long the whole takes after the boot at which it begins. Default 40. */
  systemMs?: number;
}

export interface SimulatedErase {
  /** Undefined: nothing to erase. */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined;
  /** Serials of drives whose data is gone, in order. */
  erased(): readonly string[];
  /** How often an erase was begun; of one drive, by its serial. */
  begun(serial?: string): number;
  /** The server begins to boot. */
  booted(system: string): void;
  close(): void;
}

interface Parts {
  read(path: string): Body | undefined;
  write(path: string, part: Body | null): void;
  tasks: SimulatedTasks;
  systems: readonly string[];
  paths: readonly string[];
}

const isDrive = (path: string): boolean => /\/drives\/[^/]+$/i.test(path);

export function eraseOf(options: EraseOptions, { read, write, tasks, systems, paths }: Parts): SimulatedErase {
  const ways = options.ways ?? ['drive'];
  const erased: string[] = [];
  const later = laterOf();
  /** Serials of the one drive, or null: of all. */
  const begun: (string | null)[] = [];
  const hasSerial = (path: string): boolean => read(path)?.['SerialNumber'] !== undefined;
  const drives = paths.filter((path) => isDrive(path) && hasSerial(path));
  /** With those of HPE's SmartStorage, which have no action of their own. */
  const allDrives = paths.filter((path) => /\/(disk)?drives\/[^/]+$/i.test(path) && hasSerial(path));
  const lifecycle = '/redfish/v1/Dell/DellLCService';
  plant();

  function plant(): void {
    for (const drive of ways.includes('drive') ? drives : []) {
      const link = String(read(drive)?.['@odata.id'] ?? drive);
      write(drive, {
        Actions: { '#Drive.SecureErase': { target: `${link}/Actions/Drive.SecureErase` } },
        ...(options.showsOperations ? { Operations: [] } : {}),
      });
    }
    if (ways.includes('dell-system')) {
      write(lifecycle, {
        '@odata.id': lifecycle,
        '@odata.type': '#DellLCService.v1_0_0.DellLCService',
        Actions: {
          '#DellLCService.SystemErase': {
            target: `${lifecycle}/Actions/DellLCService.SystemErase`,
            'Component@Redfish.AllowableValues': ['BIOS', 'CryptographicErasePD', 'IDRAC', 'OverwritePD'],
          },
        },
      });
      const [manager] = ((read('/redfish/v1/Managers')?.['Members'] ?? []) as Body[]).map((one) =>
        String(one['@odata.id']),
      );
      if (manager !== undefined)
        write(manager, { Links: { Oem: { Dell: { DellLCService: { '@odata.id': lifecycle } } } } });
    }
    if (ways.includes('hpe-system'))
      for (const system of systems) {
        const link = String(read(system)?.['@odata.id'] ?? system).replace(/\/$/, '');
        hpeSays(system, 'Idle', {
          '#HpeComputerSystemExt.SecureSystemErase': {
            target: `${link}/Actions/Oem/Hpe/HpeComputerSystemExt.SecureSystemErase`,
          },
        });
      }
  }

  function wipe(drive: string): string | undefined {
    if (options.ends === 'fails') return 'The drive could not be sanitized.';
    erased.push(String(read(drive)?.['SerialNumber']));
    return undefined;
  }
  function shows(drive: string, PercentageComplete: number | null): void {
    if (!options.showsOperations) return;
    write(drive, {
      Operations:
        PercentageComplete === null ? [] : [{ OperationName: 'Sanitize', Operation: 'Sanitize', PercentageComplete }],
    });
  }

  function eraseDrive(drive: string, request: SimulatedRequest): SimulatedAnswer {
    begun.push(String(read(drive)?.['SerialNumber']));
    shows(drive, 10);
    const end = (): string | undefined => {
      shows(drive, null);
      return wipe(drive);
    };
    const staged = options.staged
      ? ({ waitsFor: 'host-reset', jobType: 'RAIDConfiguration' } as const)
      : { jobType: 'RealTimeNoRebootConfiguration' };
    return tasks.begin({ name: `Sanitize ${drive.split('/').at(-1)}`, uri: request.path, end, ...staged });
  }

  function eraseAll(request: SimulatedRequest): SimulatedAnswer {
    const { Component } = (request.json ?? {}) as { Component?: string[] };
    if (!Component?.some((one) => /PD$/.test(one)))
      return refuse(400, 'ActionParameterMissing', 'Component is missing.');
    begun.push(null);
    const end = (): string | undefined => drives.map(wipe).find((why) => why !== undefined);
    return tasks.begin({ name: 'SystemErase', uri: request.path, end });
  }

  function hpeSays(system: string, status: string, Actions?: Body): void {
    const oem = ((read(system)?.['Oem'] ?? {}) as Record<string, Body>)['Hpe'] ?? {};
    const each = Object.fromEntries(allDrives.map((drive) => [String(read(drive)?.['SerialNumber']), status]));
    write(system, {
      Oem: {
        Hpe: {
          ...oem,
          ...(Actions === undefined ? {} : { Actions }),
          UserDataEraseStatus: status,
          UserDataEraseComponentStatus: status === 'Idle' ? {} : each,
        },
      },
    });
  }
  function eraseByHpe(system: string): SimulatedAnswer {
    const status = hpeStatus(system);
    if (status === 'Initiated' || status === 'InProgress')
      return refuse(400, 'SecureSystemEraseInProgress', 'An erase is under way.');
    begun.push(null);
    hpeSays(system, 'Initiated');
    const error = { '@Message.ExtendedInfo': [{ MessageId: 'iLO.2.7.SystemResetRequired' }] };
    return { status: 200, body: { error } };
  }
  function hpeStatus(system: string): unknown {
    return ((read(system)?.['Oem'] ?? {}) as Record<string, Body>)['Hpe']?.['UserDataEraseStatus'];
  }
  /** One that is under way does not outlive another boot. */
  function bootedByHpe(system: string): void {
    const status = hpeStatus(system);
    if (status === 'InProgress') hpeSays(system, 'Failed');
    if (status !== 'Initiated') return;
    hpeSays(system, 'InProgress');
    later(options.systemMs ?? 40, () => {
      if (hpeStatus(system) !== 'InProgress') return;
      const failed = allDrives.map(wipe).some((why) => why !== undefined);
      hpeSays(system, failed ? 'CompletedWithErrors' : 'CompletedWithSuccess');
      write(system, { PowerState: 'Off' });
    });
  }

  return {
    erased: () => erased,
    begun: (serial) => begun.filter((one) => serial === undefined || one === null || one === serial).length,
    booted: bootedByHpe,
    answer(request) {
      if (request.method !== 'POST') return undefined;
      const [, owner = '', action] = /^(.*)\/Actions\/(?:Oem\/Hpe\/)?([^/]+)$/i.exec(request.path) ?? [];
      if (action === 'Drive.SecureErase' && ways.includes('drive')) {
        const drive = drives.find((one) => foldPath(one) === foldPath(owner));
        return drive === undefined ? undefined : eraseDrive(drive, request);
      }
      if (action === 'DellLCService.SystemErase' && ways.includes('dell-system')) return eraseAll(request);
      if (action !== 'HpeComputerSystemExt.SecureSystemErase' || !ways.includes('hpe-system')) return undefined;
      const system = systems.find((one) => foldPath(one) === foldPath(owner));
      return system === undefined ? undefined : eraseByHpe(system);
    },
    close: () => later.close(),
  };
}

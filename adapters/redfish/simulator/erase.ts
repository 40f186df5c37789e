import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
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
  /** HPE: how long the whole takes after the reset. Default 40. */
  systemMs?: number;
}

export interface SimulatedErase {
  /** Undefined: nothing to erase. */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined;
  /** Serials of drives whose data is gone, in order. */
  erased(): readonly string[];
  /** How often an erase was begun. */
  begun(): number;
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
  const timers = new Set<NodeJS.Timeout>();
  const count = { begun: 0 };
  const drives = paths.filter((path) => isDrive(path) && read(path)?.['SerialNumber'] !== undefined);
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
    count.begun += 1;
    shows(drive, 10);
    const end = (): string | undefined => {
      shows(drive, null);
      return wipe(drive);
    };
    return tasks.begin({ name: `Sanitize ${drive.split('/').at(-1)}`, uri: request.path, end });
  }

  function eraseAll(request: SimulatedRequest): SimulatedAnswer {
    const { Component } = (request.json ?? {}) as { Component?: string[] };
    if (!Component?.some((one) => /PD$/.test(one)))
      return refuse(400, 'ActionParameterMissing', 'Component is missing.');
    count.begun += 1;
    const end = (): string | undefined => drives.map(wipe).find((why) => why !== undefined);
    return tasks.begin({ name: 'SystemErase', uri: request.path, end });
  }

  function hpeSays(system: string, status: string, Actions?: Body): void {
    const oem = ((read(system)?.['Oem'] ?? {}) as Record<string, Body>)['Hpe'] ?? {};
    const each = Object.fromEntries(drives.map((drive) => [String(read(drive)?.['SerialNumber']), status]));
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
    count.begun += 1;
    hpeSays(system, 'Initiated');
    later(options.systemMs ?? 40, () => {
      const failed = drives.map(wipe).some((why) => why !== undefined);
      hpeSays(system, failed ? 'CompletedWithErrors' : 'CompletedWithSuccess');
    });
    return { status: 200, body: {} };
  }
  function later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      action();
    }, ms);
    timers.add(timer);
  }

  return {
    erased: () => erased,
    begun: () => count.begun,
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
    close() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

import type { SimulatedAnswer, SimulatedRequest } from '../../../src/kit/simulator.ts';
import { refuse } from './answers.ts';
import type { SimulatedTasks } from './tasks.ts';
import { foldPath, type Body } from './tree.ts';

/** How a simulated BMC takes firmware. An image is called `COMPONENT_VERSION.ext`; a plain push says so in its first line. */
export interface UpdateOptions {
  /** What the update service offers. Default SimpleUpdate, and what the tree has besides. */
  ways?: readonly ('simple' | 'multipart' | 'push')[];
  /** When the version changes. Default at once. */
  applies?: 'at-once' | 'host-reset' | 'bmc-reset';
  /** 'fails': and says so; 'stays': says that it went well, and the old version stands there; 'breaks': fails, and leaves another version. */
  ends?: 'well' | 'fails' | 'stays' | 'breaks';
  maxImageBytes?: number;
  /** What SimpleUpdate can fetch. Default HTTP and HTTPS. */
  protocols?: readonly string[];
  /** Lenovo: a push is claimed first. */
  claims?: boolean;
  /** HPE: the service itself says what it is doing; there is no task. */
  hpe?: boolean;
}

export interface SimulatedUpdates {
  /** Undefined: no update. */
  answer(request: SimulatedRequest): SimulatedAnswer | undefined;
  /** Images that were taken, in order. */
  taken(): readonly string[];
}

interface Parts {
  read(path: string): Body | undefined;
  write(path: string, part: Body | null): void;
  tasks: SimulatedTasks;
  /** The sessions end. */
  restartBmc(): void;
}

const SERVICE = '/redfish/v1/UpdateService';
const SIMPLE = `${SERVICE}/Actions/UpdateService.SimpleUpdate`;
const MULTIPART = `${SERVICE}/MultipartUpload`;
/** Outside of the Redfish tree, as HPE and Lenovo have it. */
const PUSH = '/fwupdate';

export function updatesOf(options: UpdateOptions, { read, write, tasks, restartBmc }: Parts): SimulatedUpdates {
  const taken: string[] = [];
  const ways = options.ways ?? ['simple'];
  plant();

  function plant(): void {
    const service = read(SERVICE);
    if (service === undefined) return;
    const action = {
      '#UpdateService.SimpleUpdate': {
        target: SIMPLE,
        'TransferProtocol@Redfish.AllowableValues': options.protocols ?? ['HTTP', 'HTTPS'],
        '@Redfish.OperationApplyTimeSupport': { SupportedValues: ['Immediate', 'OnReset'] },
      },
    };
    write(SERVICE, {
      ...(ways.includes('simple') ? { Actions: action } : { Actions: {} }),
      ...(ways.includes('multipart') ? { MultipartHttpPushUri: MULTIPART } : {}),
      ...(ways.includes('push') ? { HttpPushUri: PUSH } : {}),
      ...(options.claims ? { HttpPushUriTargetsBusy: false, HttpPushUriTargets: [] } : {}),
      ...(options.maxImageBytes === undefined ? {} : { MaxImageSizeBytes: options.maxImageBytes }),
      ...(options.hpe ? { Oem: { Hpe: { State: 'Idle', FlashProgressPercent: 0 } } } : {}),
    });
    for (const manager of membersOf('/redfish/v1/Managers')) {
      const own = (read(manager)?.['Actions'] ?? {}) as Body;
      write(manager, {
        Actions: {
          ...own,
          '#Manager.Reset': {
            target: `${manager}/Actions/Manager.Reset`,
            'ResetType@Redfish.AllowableValues': ['GracefulRestart'],
          },
        },
      });
    }
  }
  function membersOf(path: string): string[] {
    return ((read(path)?.['Members'] ?? []) as Body[]).map((one) => String(one['@odata.id']));
  }
  const rows = (): string[] => membersOf(`${SERVICE}/FirmwareInventory`);

  /** By links where targets are named; else by the image's own name. */
  function hit(image: string, targets: readonly string[]): string[] {
    const plain = (text: unknown): string =>
      String(text)
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, '');
    const [component = ''] = image.split('_');
    const isOld = (path: string): boolean => /\/Previous-/.test(path);
    if (targets.length > 0) return rows().filter((path) => targets.some((one) => foldPath(one) === foldPath(path)));
    return rows().filter(
      (path) =>
        !isOld(path) &&
        [path.split('/').at(-1), read(path)?.['Name']].some((name) => plain(name).includes(plain(component))),
    );
  }

  /** iDRAC's rows carry the version in their id, and keep the one before. */
  function install(paths: readonly string[], version: string): void {
    for (const path of paths) {
      const row = read(path) ?? {};
      const [, state, software, component] = /\/(Installed|Current)-(.+?)-.*?__(.+)$/.exec(path) ?? [];
      if (component === undefined) {
        write(path, { Version: version });
        continue;
      }
      const home = path.slice(0, path.lastIndexOf('/'));
      const put = (word: string, Version: unknown): string => {
        const link = `${home}/${word}-${software}-${String(Version)}__${component}`;
        write(link, { ...row, '@odata.id': link, Id: link.split('/').at(-1), Version });
        return link;
      };
      const gone = rows().filter(
        (one) =>
          one === path ||
          (state === 'Installed' && one.startsWith(`${home}/Previous-`) && one.endsWith(`__${component}`)),
      );
      const added = [put(state ?? '', version), ...(state === 'Installed' ? [put('Previous', row['Version'])] : [])];
      const Members = [...rows().filter((one) => !gone.includes(one)), ...added].map((link) => ({ '@odata.id': link }));
      for (const one of gone) if (!added.includes(one)) write(one, null);
      write(home, { Members, 'Members@odata.count': Members.length });
    }
  }

  function begin(image: string, targets: readonly string[], request: SimulatedRequest): SimulatedAnswer {
    const version = (image.split('_').at(-1) ?? '').replace(/\.[a-z]+$/i, '');
    const paths = hit(image, targets);
    if (paths.length === 0) return refuse(400, 'PropertyValueNotInList', `${image} fits nothing here.`);
    taken.push(image);
    const end = (): string | undefined => {
      if (options.hpe) hpeSays('Complete');
      const ends = options.ends ?? 'well';
      if (ends === 'fails' || ends === 'breaks') {
        if (ends === 'breaks') install(paths, '0.0.1');
        if (options.hpe) hpeSays('Error');
        return `The image ${image} could not be applied.`;
      }
      if (ends === 'well') install(paths, version);
      return undefined;
    };
    const waitsFor = options.applies === 'at-once' ? undefined : options.applies;
    if (options.hpe) hpeSays('Updating');
    return tasks.begin({ name: `Firmware update ${image}`, uri: request.path, end, waitsFor });
  }
  function hpeSays(State: string): void {
    write(SERVICE, { Oem: { Hpe: { State, FlashProgressPercent: State === 'Updating' ? 30 : 100 } } });
  }

  function simple(request: SimulatedRequest): SimulatedAnswer {
    const { ImageURI, Targets } = (request.json ?? {}) as { ImageURI?: unknown; Targets?: string[] };
    if (typeof ImageURI !== 'string') return refuse(400, 'ActionParameterMissing', 'ImageURI is missing.');
    const stored = ImageURI.startsWith('/redfish/') ? read(ImageURI) : undefined;
    if (stored !== undefined) {
      const component = ImageURI.split('__').slice(1).join('__');
      const version = String(stored['Version']);
      taken.push(`back to ${version}`);
      const paths = rows().filter((one) => !/\/Previous-/.test(one) && one.endsWith(`__${component}`));
      return tasks.begin({
        name: `Rollback update ${component}`,
        uri: request.path,
        end: () => void install(paths, version),
      });
    }
    return begin(ImageURI.split('/').at(-1) ?? '', Targets ?? [], request);
  }

  function multipart(request: SimulatedRequest): SimulatedAnswer {
    const text = request.body.toString('latin1');
    const [, fileName] = /name="UpdateFile"; filename="([^"]+)"/.exec(text) ?? [];
    const [, parameters] = /name="UpdateParameters"\r\n[^{]*(\{.*?\})\r\n/s.exec(text) ?? [];
    if (fileName === undefined || parameters === undefined)
      return refuse(400, 'PropertyMissing', 'UpdateParameters or UpdateFile is missing.');
    return begin(fileName, (JSON.parse(parameters) as { Targets?: string[] }).Targets ?? [], request);
  }

  function push(request: SimulatedRequest): SimulatedAnswer {
    const service = read(SERVICE) ?? {};
    if (options.claims && service['HttpPushUriTargetsBusy'] !== true)
      return refuse(400, 'PropertyMissing', 'The service is not claimed.');
    const [image = ''] = request.body.toString('latin1').split('\n');
    return begin(image, (service['HttpPushUriTargets'] ?? []) as string[], request);
  }

  function upload(request: SimulatedRequest, take: (request: SimulatedRequest) => SimulatedAnswer): SimulatedAnswer {
    // iDRAC refuses uploads whose length it is not told.
    if (request.headers['content-length'] === undefined)
      return refuse(411, 'HeaderMissing', 'Content-Length is missing.');
    if (options.maxImageBytes !== undefined && request.body.length > options.maxImageBytes + 2_000)
      return refuse(413, 'PayloadTooLarge', 'The image is too large.');
    return take(request);
  }

  return {
    taken: () => taken,
    answer(request) {
      const path = foldPath(request.path);
      if (request.method === 'PATCH' && path === foldPath(SERVICE)) {
        write(SERVICE, request.json as Body);
        return { status: 200, body: read(SERVICE) };
      }
      if (request.method !== 'POST') return undefined;
      if (path.endsWith('/actions/manager.reset')) {
        restartBmc();
        tasks.wasReset('bmc-reset');
        return { status: 204 };
      }
      if (ways.includes('simple') && path === foldPath(SIMPLE)) return simple(request);
      if (ways.includes('multipart') && path === foldPath(MULTIPART)) return upload(request, multipart);
      return ways.includes('push') && path === PUSH ? upload(request, push) : undefined;
    },
  };
}

import { foldPath, type Body } from './tree.ts';

/** The firmware inventory of a simulated BMC, as an image changes it. */
export interface FirmwareRows {
  links(): string[];
  /** What an image is for: by links where targets are named; else by the image's own name, `COMPONENT_VERSION.ext`. */
  hit(image: string, targets: readonly string[]): string[];
  install(paths: readonly string[], version: string): void;
}

interface State {
  read(path: string): Body | undefined;
  write(path: string, part: Body | null): void;
}

const HOME = '/redfish/v1/UpdateService/FirmwareInventory';

export function versionIn(image: string): string {
  return (image.split('_').at(-1) ?? '').replace(/\.[a-z]+$/i, '');
}

export function firmwareRowsOf({ read, write }: State): FirmwareRows {
  const links = (): string[] => ((read(HOME)?.['Members'] ?? []) as Body[]).map((one) => String(one['@odata.id']));

  function hit(image: string, targets: readonly string[]): string[] {
    const plain = (text: unknown): string =>
      String(text)
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, '');
    const [component = ''] = image.split('_');
    const isOld = (path: string): boolean => /\/Previous-/.test(path);
    if (targets.length > 0) return links().filter((path) => targets.some((one) => foldPath(one) === foldPath(path)));
    return links().filter(
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
      const gone = links().filter(
        (one) =>
          one === path ||
          (state === 'Installed' && one.startsWith(`${home}/Previous-`) && one.endsWith(`__${component}`)),
      );
      const added = [put(state ?? '', version), ...(state === 'Installed' ? [put('Previous', row['Version'])] : [])];
      const Members = [...links().filter((one) => !gone.includes(one)), ...added].map((link) => ({
        '@odata.id': link,
      }));
      for (const one of gone) if (!added.includes(one)) write(one, null);
      write(home, { Members, 'Members@odata.count': Members.length });
    }
  }
  return { links, hit, install };
}

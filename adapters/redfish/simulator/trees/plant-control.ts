import { at, type Plant } from './plant.ts';

const BASE = '/redfish/v1';

/** Virtual drives, and a light to find the server by: the newer flag, the older word, or both. */
export function plantControl(
  plant: Plant,
  {
    system,
    owner,
    drives,
    light,
  }: {
    system: string;
    /** Whose the drives are: the system or the manager. */
    owner: string;
    /** Kinds of media by id of the drive. */
    drives: Record<string, readonly string[]>;
    light: Record<string, unknown>;
  },
): void {
  const home = `${owner}/VirtualMedia`;
  plant.tree[BASE + system] = { ...plant.tree[BASE + system], ...light };
  plant.tree[BASE + owner] = { ...plant.tree[BASE + owner], VirtualMedia: at(home) };
  plant.list(home, 'VirtualMedia', Object.keys(drives));
  for (const [id, MediaTypes] of Object.entries(drives)) {
    const action = (name: string) => ({ target: `${BASE}${home}/${id}/Actions/VirtualMedia.${name}` });
    plant.put(`${home}/${id}`, 'VirtualMedia.v1_6_0.VirtualMedia', {
      MediaTypes,
      Image: null,
      Inserted: false,
      ConnectedVia: 'NotConnected',
      WriteProtected: true,
      Actions: {
        '#VirtualMedia.InsertMedia': action('InsertMedia'),
        '#VirtualMedia.EjectMedia': action('EjectMedia'),
      },
    });
  }
}

import { tabs } from './tabs.js';

const SCREENS = /** @type {const} */ ([
  ['/ui/registry/locations', 'Locations'],
  ['/ui/registry/customers', 'Customers'],
  ['/ui/registry/projects', 'Projects'],
  ['/ui/registry/lots', 'Lots'],
]);

export function registryTabs() {
  return tabs('Registry', SCREENS);
}

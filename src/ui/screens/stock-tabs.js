import { tabs } from './tabs.js';

const SCREENS = /** @type {const} */ ([
  ['/ui/stock', 'Per LOT and site'],
  ['/ui/stock/items', 'Items'],
  ['/ui/stock/receive', 'Receive'],
  ['/ui/stock/reservations', 'Reservations'],
  ['/ui/stock/returns', 'Returns'],
  ['/ui/stock/counts', 'Counts'],
]);

export function stockTabs() {
  return tabs('Stock', SCREENS);
}

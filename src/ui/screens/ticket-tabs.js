import { tabs } from './tabs.js';

const SCREENS = /** @type {const} */ ([
  ['/ui/tickets', 'Tickets'],
  ['/ui/tickets/cases', 'Cases of others'],
]);

export function ticketTabs() {
  return tabs('Tickets', SCREENS);
}

/** The states of a server's life in their order, by chapter; a test compares them with the hub's own. */
export const CHAPTERS = /** @type {const} */ ([
  [
    'Purchase',
    ['ORDERED', 'QUOTE_REQUESTED', 'QUOTE_RECEIVED', 'PURCHASE_APPROVED', 'IN_FACTORY_TEST', 'SHIPMENT_TRACKING'],
  ],
  ['Arrival', ['RECEIVED', 'IN_WAREHOUSE', 'RACKED', 'CABLED', 'POWERED_ON']],
  [
    'Preparation',
    [
      'DISCOVERED',
      'PHYSICAL_VALIDATED',
      'FIRMWARE_UPDATING',
      'HARDENED',
      'STAGED',
      'PROVISIONED_TO_VENDOR_TOOL',
      'READY',
    ],
  ],
  ['Service', ['ALLOCATED', 'PROVISIONING', 'ASSIGNED_TO_TENANT', 'IN_SERVICE']],
  ['Care', ['MAINTENANCE', 'BROKEN', 'REPAIRING']],
  ['End', ['DECOMMISSION_PROPOSED', 'DECOMMISSIONING', 'DECOMMISSIONED']],
]);

/** @type {readonly string[]} */
export const LIFECYCLE = CHAPTERS.flatMap(([, states]) => [...states]);

/** Whether it has been in its state for longer than it should. @param {{ state_due: string | null }} asset @param {number} now */
export function isStuck(asset, now) {
  return asset.state_due !== null && Date.parse(asset.state_due) < now;
}

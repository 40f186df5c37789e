import { z } from 'zod';
import { defineMachine } from '../core/moves.ts';

/** A server's life, in the order of the main road; the rest stands beside it. */
export const LIFECYCLE_STATES = [
  'ORDERED',
  'QUOTE_REQUESTED',
  'QUOTE_RECEIVED',
  'PURCHASE_APPROVED',
  'IN_FACTORY_TEST',
  'SHIPMENT_TRACKING',
  'RECEIVED',
  'IN_WAREHOUSE',
  'RACKED',
  'CABLED',
  'POWERED_ON',
  'DISCOVERED',
  'PHYSICAL_VALIDATED',
  'FIRMWARE_UPDATING',
  'HARDENED',
  'STAGED',
  'PROVISIONED_TO_VENDOR_TOOL',
  'READY',
  'ALLOCATED',
  'PROVISIONING',
  'ASSIGNED_TO_TENANT',
  'IN_SERVICE',
  'MAINTENANCE',
  'BROKEN',
  'REPAIRING',
  'DECOMMISSION_PROPOSED',
  'DECOMMISSIONING',
  'DECOMMISSIONED',
] as const;
export const LifecycleState = z.enum(LIFECYCLE_STATES).meta({ id: 'LifecycleState' });
export type LifecycleState = z.infer<typeof LifecycleState>;

/** Whoever has power and a cable may show up on the network: everything before DISCOVERED can be found there. */
const BEFORE_DISCOVERY = [
  'ORDERED',
  'QUOTE_REQUESTED',
  'QUOTE_RECEIVED',
  'PURCHASE_APPROVED',
  'IN_FACTORY_TEST',
  'SHIPMENT_TRACKING',
  'RECEIVED',
  'IN_WAREHOUSE',
  'RACKED',
  'CABLED',
  'POWERED_ON',
] as const satisfies readonly LifecycleState[];

const CAN_BREAK = [
  'DISCOVERED',
  'PHYSICAL_VALIDATED',
  'FIRMWARE_UPDATING',
  'HARDENED',
  'STAGED',
  'PROVISIONED_TO_VENDOR_TOOL',
  'READY',
  'ALLOCATED',
  'PROVISIONING',
  'ASSIGNED_TO_TENANT',
  'IN_SERVICE',
  'MAINTENANCE',
] as const satisfies readonly LifecycleState[];

export const lifecycle = defineMachine({
  name: 'server lifecycle',
  states: LIFECYCLE_STATES,
  initial: ['ORDERED', 'DISCOVERED', 'RECEIVED', 'RACKED', 'IN_WAREHOUSE'],
  timeLimitHours: {
    DISCOVERED: 24,
    PHYSICAL_VALIDATED: 24,
    FIRMWARE_UPDATING: 24,
    HARDENED: 72,
    STAGED: 72,
    PROVISIONING: 24,
    ALLOCATED: 72,
    POWERED_ON: 24,
    RECEIVED: 168,
    REPAIRING: 336,
    DECOMMISSIONING: 168,
    SHIPMENT_TRACKING: 1440,
  },
  moves: {
    request_quote: { from: ['ORDERED'], to: 'QUOTE_REQUESTED', by: 'operator', title: 'Request a quote' },
    receive_quote: { from: ['QUOTE_REQUESTED'], to: 'QUOTE_RECEIVED', by: 'operator', title: 'Receive the quote' },
    approve_purchase: {
      from: ['QUOTE_RECEIVED'],
      to: 'PURCHASE_APPROVED',
      by: 'operator',
      title: 'Approve the purchase',
    },
    test_in_factory: {
      from: ['PURCHASE_APPROVED'],
      to: 'IN_FACTORY_TEST',
      by: 'operator',
      title: 'Start the factory test',
    },
    ship: {
      from: ['PURCHASE_APPROVED', 'IN_FACTORY_TEST', 'ORDERED'],
      to: 'SHIPMENT_TRACKING',
      by: 'operator',
      title: 'Ship',
    },
    receive: {
      from: ['SHIPMENT_TRACKING', 'ORDERED', 'PURCHASE_APPROVED'],
      to: 'RECEIVED',
      by: 'operator',
      title: 'Receive',
    },
    store: {
      from: ['RECEIVED', 'REPAIRING', 'RACKED', 'READY', 'DISCOVERED'],
      to: 'IN_WAREHOUSE',
      by: 'operator',
      title: 'Put on a shelf',
    },
    rack: { from: ['RECEIVED', 'IN_WAREHOUSE'], to: 'RACKED', by: 'operator', title: 'Rack' },
    cable: { from: ['RACKED'], to: 'CABLED', by: 'operator', title: 'Cable' },
    power_on: { from: ['CABLED'], to: 'POWERED_ON', by: 'operator', title: 'Power on' },
    discover: { from: BEFORE_DISCOVERY, to: 'DISCOVERED', by: 'hub', title: 'Discover' },
    validate: { from: ['DISCOVERED'], to: 'PHYSICAL_VALIDATED', by: 'operator', title: 'Validate the hardware' },
    update_firmware: {
      from: ['PHYSICAL_VALIDATED', 'HARDENED', 'STAGED', 'READY', 'MAINTENANCE'],
      to: 'FIRMWARE_UPDATING',
      by: 'operator',
      title: 'Update firmware',
    },
    harden: { from: ['PHYSICAL_VALIDATED', 'FIRMWARE_UPDATING'], to: 'HARDENED', by: 'hub', title: 'Harden' },
    stage: { from: ['HARDENED'], to: 'STAGED', by: 'operator', title: 'Stage' },
    provision_to_vendor_tool: {
      from: ['HARDENED', 'STAGED'],
      to: 'PROVISIONED_TO_VENDOR_TOOL',
      by: 'operator',
      title: 'Hand to the vendor tool',
    },
    make_ready: {
      from: ['HARDENED', 'STAGED', 'PROVISIONED_TO_VENDOR_TOOL', 'MAINTENANCE'],
      to: 'READY',
      by: 'operator',
      title: 'Make ready',
    },
    allocate: { from: ['READY', 'RACKED', 'IN_WAREHOUSE'], to: 'ALLOCATED', by: 'operator', title: 'Allocate' },
    provision: { from: ['ALLOCATED'], to: 'PROVISIONING', by: 'hub', title: 'Provision' },
    assign: {
      from: ['PROVISIONING', 'ALLOCATED', 'READY'],
      to: 'ASSIGNED_TO_TENANT',
      by: 'operator',
      title: 'Assign to the tenant',
    },
    put_in_service: {
      from: ['ASSIGNED_TO_TENANT', 'MAINTENANCE'],
      to: 'IN_SERVICE',
      by: 'operator',
      title: 'Put in service',
    },
    maintain: {
      from: ['IN_SERVICE', 'READY', 'ASSIGNED_TO_TENANT'],
      to: 'MAINTENANCE',
      by: 'operator',
      title: 'Begin maintenance',
    },
    break: { from: CAN_BREAK, to: 'BROKEN', by: 'operator', title: 'Report broken' },
    repair: { from: ['BROKEN'], to: 'REPAIRING', by: 'operator', title: 'Begin the repair' },
    propose_decommission: {
      from: ['IN_SERVICE', 'READY', 'MAINTENANCE', 'IN_WAREHOUSE'],
      to: 'DECOMMISSION_PROPOSED',
      by: 'operator',
      title: 'Propose decommission',
    },
    decommission: {
      from: ['DECOMMISSION_PROPOSED'],
      to: 'DECOMMISSIONING',
      by: 'operator',
      title: 'Begin decommission',
    },
    finish_decommission: {
      from: ['DECOMMISSIONING', 'BROKEN', 'REPAIRING'],
      to: 'DECOMMISSIONED',
      by: 'operator',
      title: 'Finish decommission',
    },
  },
});

export type LifecycleMove = keyof typeof lifecycle.moves;
export const LifecycleMove = z
  .enum(Object.keys(lifecycle.moves) as [LifecycleMove, ...LifecycleMove[]])
  .meta({ id: 'LifecycleMove' });

/** The hub has met it: it has a BMC that it may look into. */
export function mayInspect(state: LifecycleState): boolean {
  return state !== 'DECOMMISSIONED';
}

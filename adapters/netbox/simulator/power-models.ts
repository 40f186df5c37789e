import { bool, choice, number, owner, OWNER_SINCE, ref, tagged, text } from './field-kinds.ts';
import type { Model, ModelName } from './model-shape.ts';

const PORT_TYPES = { 'iec-60320-c14': 'C14', 'iec-60320-c20': 'C20', other: 'Other' };
const OUTLET_TYPES = { 'iec-60320-c13': 'C13', 'iec-60320-c19': 'C19', other: 'Other' };

const plug = {
  device: owner('device', { onDelete: 'cascade' }),
  module: ref('module', { onDelete: 'cascade' }),
  name: text({ required: true, max: 64 }),
  label: text({ max: 64 }),
};
const cabled = {
  mark_connected: bool(false),
  cable: ref('cable', { readOnly: true }),
  cable_end: text({ nullable: true, default: null, readOnly: true }),
  description: text(),
  ...tagged,
};
const SHOWN = ['device', 'name', 'description', 'cable', '_occupied'];
const optional = { nullable: true, default: null };

/** Where power goes in, and where it comes out of a PDU. Panels and their feeds are not modelled. */
export const POWER_MODELS = {
  powerPort: {
    name: 'powerPort',
    objectType: 'dcim.powerport',
    noun: 'power port',
    path: '/api/dcim/power-ports/',
    page: '/dcim/power-ports/',
    label: 'PowerPort',
    fields: {
      ...plug,
      type: choice(PORT_TYPES, optional),
      maximum_draw: number({ smallest: 1 }),
      allocated_draw: number({ smallest: 1 }),
      ...cabled,
    },
    brief: SHOWN,
    constant: { owner: null },
    since: OWNER_SINCE,
    unique: [
      { by: ['device', 'name'], field: '__all__', message: 'Power port with this Device and Name already exists.' },
    ],
    ordering: ['device', 'name'],
    journal: true,
    display: titled,
  },
  powerOutlet: {
    name: 'powerOutlet',
    objectType: 'dcim.poweroutlet',
    noun: 'power outlet',
    path: '/api/dcim/power-outlets/',
    page: '/dcim/power-outlets/',
    label: 'PowerOutlet',
    fields: {
      ...plug,
      type: choice(OUTLET_TYPES, optional),
      status: choice({ enabled: 'Enabled', disabled: 'Disabled', faulty: 'Faulty' }, { default: 'enabled' }),
      color: text({ max: 6 }),
      power_port: ref('powerPort'),
      feed_leg: choice({ A: 'A', B: 'B', C: 'C' }, optional),
      ...cabled,
    },
    brief: SHOWN,
    constant: { owner: null },
    since: OWNER_SINCE,
    unique: [
      { by: ['device', 'name'], field: '__all__', message: 'Power outlet with this Device and Name already exists.' },
    ],
    ordering: ['device', 'name'],
    journal: true,
    display: titled,
  },
} satisfies Partial<Record<ModelName, Model>>;

function titled({ name, label }: Readonly<Record<string, unknown>>): string {
  return label === '' ? String(name) : `${String(name)} (${String(label)})`;
}

import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import type { Database, Row } from './database.ts';
import { MODELS, titleOf } from './model.ts';
import { render, rendering } from './render.ts';

type Shape = Record<string, unknown>;

/** Plain pages of the devices for a person; nothing to log in to. Undefined: no such page. */
export function answerPage(database: Database, version: string, path: string): SimulatedAnswer | undefined {
  if (path === '/' || path === '/dcim/devices/') return html('Devices', listOf(database));
  const id = /^\/dcim\/devices\/(\d+)\/$/.exec(path)?.[1];
  const device = id === undefined ? undefined : database.find('device', Number(id));
  return device && html(titleOf(database, 'device', device), detailOf(database, version, device));
}

function listOf(database: Database): string {
  // A person does not read thousands.
  const shown = database.all('device').slice(0, 1000);
  const rows = shown.map((device) => {
    const status = MODELS.device.fields.status?.choices?.[String(device.status)] ?? device.status;
    const cells = [
      `<a href="/dcim/devices/${device.id}/">${escape(titleOf(database, 'device', device))}</a>`,
      escape(status),
      escape(database.find('site', device.site)?.name),
      escape(database.find('rack', device.rack)?.name),
      escape(device.position),
      escape(database.find('deviceType', device.device_type)?.model),
      escape(device.serial),
    ];
    return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const head = ['Name', 'Status', 'Site', 'Rack', 'U', 'Type', 'Serial']
    .map((one) => `<th scope="col">${one}</th>`)
    .join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function detailOf(database: Database, version: string, device: Row): string {
  const shape = render(rendering(database, version, ''), 'device', device);
  const fields = [
    'name',
    'status',
    'site',
    'rack',
    'position',
    'face',
    'device_type',
    'role',
    'serial',
    'asset_tag',
    'oob_ip',
    'tags',
    'last_updated',
  ];
  const rows: [string, unknown][] = fields.map((field) => [field, shape[field]]);
  const custom = Object.entries(shape.custom_fields as Shape);
  const interfaces = database.by('interface', 'device', device.id);
  const ports = interfaces.map((one): [string, unknown] => [
    String(one.name),
    database.find('macAddress', one.primary_mac_address)?.mac_address,
  ]);
  const changes = database.changeLog
    .filter((row) => row.changed_object_type === 'dcim.device' && row.changed_object_id === device.id)
    .map((row): [string, unknown] => [
      row.time,
      `${row.action} by ${row.user_name}${row.message === '' ? '' : `: ${row.message}`}`,
    ]);
  return [
    table('Device', rows),
    table('Custom fields', custom),
    table('Interfaces', ports),
    table('Changes', changes.toReversed()),
  ].join('');
}

function table(title: string, rows: [string, unknown][]): string {
  const lines = rows.map(
    ([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(text(value))}</td></tr>`,
  );
  return `<h2>${escape(title)}</h2><table><tbody>${lines.join('')}</tbody></table>`;
}

function text(value: unknown): string {
  if (value === null || value === undefined || value === '') return '—';
  if (Array.isArray(value)) return value.length === 0 ? '—' : value.map(text).join(', ');
  if (typeof value !== 'object') return String(value);
  const shape = value as Shape;
  return String(shape.label ?? shape.display ?? JSON.stringify(value));
}

function escape(value: unknown): string {
  return String(value ?? '—')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884}header{color:#777}`;

function html(title: string, content: string): SimulatedAnswer {
  const body = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)} | NetBox simulator</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>${STYLE}</style></head>
<body><header>NetBox simulator · <a href="/dcim/devices/">Devices</a></header><main><h1>${escape(title)}</h1>${content}</main></body></html>`;
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

import { keepName } from './asset-names.js';
import { casesAbout } from './cases-about.js';
import { chip } from './chip.js';
import { exportButton } from './export-csv.js';
import { duration, UNKNOWN } from './format.js';
import { h } from './h.js';
import { isStuck, LIFECYCLE } from './lifecycle.js';
import { listPage } from './list-page.js';
import { when } from './when.js';

/** @param {string | number | null} text */
const cell = (text) => text ?? h('span', { class: 'dim' }, UNKNOWN);

/** @type {[string, (asset: any) => unknown][]} */
const EXPORTED = [
  ['id', (asset) => asset.id],
  ['name', (asset) => asset.name],
  ['serial', (asset) => asset.serial],
  ['asset_tag', (asset) => asset.asset_tag],
  ['manufacturer', (asset) => asset.manufacturer],
  ['model', (asset) => asset.model],
  ['site', (asset) => asset.site],
  ['rack', (asset) => asset.rack],
  ['position', (asset) => asset.position],
  ['state', (asset) => asset.state],
  ['state_reason', (asset) => asset.state_reason],
  ['state_since', (asset) => asset.state_since],
  ['state_due', (asset) => asset.state_due],
  ['bmc_mac', (asset) => asset.bmc.mac],
  ['bmc_address', (asset) => asset.bmc.address],
  ['inspected_at', (asset) => asset.inspected_at],
  ['record_url', (asset) => asset.record?.url],
];

/** The list of servers. */
export async function assetsPage() {
  const project = () => new URLSearchParams(location.search).get('project');
  return listPage((list) => ({
    path: '/v1/assets',
    title: 'Servers',
    isAbout: (event) => event.subject.startsWith('/v1/assets/'),
    aside: (signal) => casesAbout('project', project, signal),
    filters: [
      { name: 'state', api: 'state', label: 'State', options: LIFECYCLE },
      { name: 'site', api: 'site', label: 'Site' },
      { name: 'rack', api: 'rack', label: 'Rack' },
      { name: 'serial', api: 'serial', label: 'Serial' },
      { name: 'project', api: 'project_id', label: 'Project (id)', hidden: true },
      { name: 'location', api: 'location_id', label: 'In (id)', hidden: true },
      { name: 'stuck', api: 'stuck', label: 'only stuck', check: 'true' },
    ],
    tools: exportButton({ path: '/v1/assets', name: 'servers', query: list.query, columns: EXPORTED }),
    columns: [
      {
        title: 'Name',
        head: true,
        cell: (asset) => h('a', { href: `/ui/assets/${asset.id}` }, asset.name ?? asset.serial ?? asset.id),
      },
      { title: 'State', cell: (asset) => chip(asset.state, asset.state_reason ?? undefined) },
      { title: 'Since', cell: since },
      { title: 'Serial', cell: (asset) => h('code', null, cell(asset.serial)) },
      {
        title: 'Model',
        wide: true,
        cell: (asset) => h('span', { class: 'clip', title: modelOf(asset) }, modelOf(asset) || cell(null)),
      },
      { title: 'Site', cell: (asset) => cell(asset.site) },
      { title: 'Rack', cell: (asset) => cell(asset.rack) },
      { title: 'U', number: true, cell: (asset) => cell(asset.position) },
      { title: 'BMC', wide: true, cell: (asset) => h('code', { title: asset.bmc.mac ?? '' }, cell(asset.bmc.address)) },
      { title: 'Looked into', wide: true, cell: (asset) => when(asset.inspected_at, { only: 'age' }) },
    ],
    key: (asset) => asset.id,
    onRows: (rows) => rows.forEach(keepName),
    empty: [
      h('p', null, 'There are no servers yet.'),
      h(
        'p',
        null,
        'A server comes here when its BMC asks for an address: say at ',
        h('a', { href: '/ui/arrivals' }, 'Arrivals'),
        ' which machines you expect, or adopt one that nobody expected.',
      ),
    ],
  }));
}

/** @param {any} asset */
function modelOf(asset) {
  return [asset.manufacturer, asset.model].filter(Boolean).join(' ');
}

/** @param {any} asset */
function since(asset) {
  const now = Date.now();
  const late = isStuck(asset, now)
    ? h(
        'span',
        { class: 'chip bad', title: `It should have left this state by ${asset.state_due}` },
        `stuck ${duration(now - Date.parse(asset.state_due))}`,
      )
    : null;
  return [when(asset.state_since, { only: 'age' }), late && ' ', late];
}

import { existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { atLeast } from './api-version.ts';
import { mismatches, type OpenApi } from './compare-contract.ts';
import { FILTERS, RESOURCES, type Resource } from './resources.ts';
import { corpusPath } from '../../../test/kit/corpus.ts';

const folder = import.meta.dirname;
const contract = parse(readFileSync(path.join(folder, 'contract.yaml'), 'utf8')) as OpenApi;

test('contract.d.ts is what openapi-typescript makes of contract.yaml', () => {
  const program = path.join(folder, 'node_modules', 'openapi-typescript', 'bin', 'cli.js');
  const hoisted = path.join(folder, '..', '..', '..', 'node_modules', 'openapi-typescript', 'bin', 'cli.js');
  const generated = execFileSync(process.execPath, [existsSync(program) ? program : hoisted, 'contract.yaml'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(readFileSync(path.join(folder, 'contract.d.ts'), 'utf8').trim()).toBe(generated.trim());
}, 30_000);

test('the filters that are allowed at run time are those of the contract', () => {
  const paging = ['limit', 'offset', 'start', 'fields'];
  for (const [resource, at] of Object.entries(RESOURCES) as [Resource, string][]) {
    const parameters = (contract.paths[at]?.get?.parameters ?? []).map((one) => one.$ref?.split('/').pop());
    expect([...FILTERS[resource]].toSorted(), at).toEqual(
      parameters.filter((name) => !paging.includes(name ?? '')).toSorted(),
    );
  }
});

describe('the comparison itself', () => {
  const document = (): OpenApi => structuredClone(contract);

  test('finds nothing wrong with the contract against itself', () => {
    expect(mismatches(contract, document(), '4.7.3')).toEqual([]);
  });

  test('sees a missing path, parameter and field, and another type', () => {
    const other = document();
    delete other.paths['/api/extras/tags/'];
    const devices = other.paths['/api/dcim/devices/']?.get;
    if (devices) devices.parameters = devices.parameters?.filter((one) => !one.$ref?.endsWith('/serial')) ?? [];
    delete other.components.schemas.Device?.properties?.serial;
    const site = other.components.schemas.Site?.properties;
    if (site) site.name = { type: 'integer' };
    const found = mismatches(contract, other, '4.7.3');
    expect(found).toEqual(
      expect.arrayContaining(['no path /api/extras/tags/', 'GET /api/dcim/devices/: no parameter serial']),
    );
    expect(found.some((line) => line.includes('results[].serial'))).toBe(true);
    expect(found.some((line) => line.includes('GET /api/dcim/sites/') && line.includes('name'))).toBe(true);
  });

  test('sees a field that may be null there and not here', () => {
    const other = document();
    const device = other.components.schemas.Device?.properties;
    if (device) device.serial = { type: 'string', nullable: true };
    expect(mismatches(contract, other, '4.7.3')).toContainEqual(expect.stringContaining('serial: may be null'));
  });
});

const corpus = corpusPath('netbox');
for (const version of ['4.5.10', '4.6.0', '4.7.3']) {
  const file = path.join(corpus, `openapi-${version}.json`);
  const absent = !existsSync(file);
  if (absent)
    process.stderr.write(`skipped: NetBox's published document ${version} is not at ${file} (REANIMATOR_CORPUS)\n`);
  test.skipIf(absent)(`everything of ours stands in NetBox's document for ${version}`, { timeout: 60_000 }, () => {
    expect(mismatches(contract, JSON.parse(readFileSync(file, 'utf8')) as OpenApi, version)).toEqual([]);
  });
}

const { NETBOX_URL: url, NETBOX_TOKEN: token } = process.env;
if (!url || !token)
  process.stderr.write('skipped: the contract against a running NetBox (NETBOX_URL, NETBOX_TOKEN are not set)\n');
test.skipIf(!url || !token)(
  'everything of ours stands in the document of the running NetBox',
  { timeout: 120_000 },
  async () => {
    const authorization = `${token?.startsWith('nbt_') ? 'Bearer' : 'Token'} ${token}`;
    const answer = await fetch(`${url}/api/schema/?format=json`, { headers: { authorization } });
    expect(answer.status).toBe(200);
    const version = answer.headers.get('api-version') ?? '';
    expect(atLeast(version, '4.4')).toBe(true);
    expect(mismatches(contract, (await answer.json()) as OpenApi, version)).toEqual([]);
  },
);

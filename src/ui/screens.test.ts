import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { LIFECYCLE_STATES } from '../assets/model.ts';
import { COMPONENT_KINDS } from '../ports/hardware-inventory.ts';
import { isStuck, LIFECYCLE } from './screens/lifecycle.js';
import { KIND_NAMES, KIND_TITLES, KINDS, notLookedAt } from './screens/part-kinds.js';

const folder = path.join(import.meta.dirname, 'screens');
const files = readdirSync(folder);
const modules = files.filter((file) => file.endsWith('.js') && file !== 'take-key.js');
const shell = readFileSync(path.join(folder, 'index.html'), 'utf8');

describe('the screens know what the hub knows', () => {
  test('the states of a server, in their order', () => {
    expect(LIFECYCLE).toEqual(LIFECYCLE_STATES);
  });

  test('the kinds of parts', () => {
    expect(KINDS.toSorted()).toEqual(COMPONENT_KINDS.toSorted());
  });

  test('a word for each of them', () => {
    for (const kind of KINDS) expect([KIND_TITLES[kind], KIND_NAMES[kind]]).not.toContain(undefined);
  });

  test('kinds that few sources list are not missed where nobody looked', () => {
    expect(notLookedAt(['drive'])).toContain('dimm');
    expect(notLookedAt(['drive'])).not.toContain('drive');
    for (const kind of ['transceiver', 'battery', 'tpm']) expect(notLookedAt([])).not.toContain(kind);
  });
});

describe('the shell', () => {
  test('preloads every module and nothing else', () => {
    const preloaded = [...shell.matchAll(/rel="modulepreload" href="\/ui\/static\/([\w-]+\.js)"/g)].map(
      (match) => match[1],
    );
    expect(preloaded.toSorted()).toEqual(modules.toSorted());
  });

  test('names only files that are there, and nothing from outside', () => {
    for (const [, address] of shell.matchAll(/(?:href|src)="([^"]+)"/g)) {
      expect(address).toMatch(/^(?:\/ui\/|\/api\/|#)/);
      if (address?.startsWith('/ui/static/')) expect(files).toContain(address.slice('/ui/static/'.length));
    }
  });

  test('takes the key out of the address before anything else is loaded', () => {
    expect(shell.indexOf('take-key.js')).toBeLessThan(shell.indexOf('rel="stylesheet"'));
    expect(shell).toMatch(/<script src="\/ui\/static\/take-key\.js">/);
  });

  test('has no script or style in itself: the content policy would refuse it', () => {
    expect(shell).not.toMatch(/<style|style="|\son\w+="|<script>/);
  });
});

test.each(modules)('%s never makes HTML out of data and calls nobody but the hub', (file) => {
  const code = readFileSync(path.join(folder, file), 'utf8');
  expect(code).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
  expect(code).not.toMatch(/(?:fetch|get|post)\(\s*['"`]https?:/);
  expect(code).not.toMatch(/localStorage/);
});

test('a server is stuck once it is due, and never where its state has no limit', () => {
  const now = Date.parse('2026-08-01T12:00:00Z');
  expect(isStuck({ state_due: '2026-08-01T11:59:59Z' }, now)).toBe(true);
  expect(isStuck({ state_due: '2026-08-01T12:00:01Z' }, now)).toBe(false);
  expect(isStuck({ state_due: null }, now)).toBe(false);
});

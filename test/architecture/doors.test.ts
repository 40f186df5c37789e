import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseText, ROOT, sourceFiles } from '#test/kit/source-files.ts';
import { whyClosed } from './doors.ts';

const sources = sourceFiles();

test('all of our code is looked at', () => {
  const files = sources.map(({ file }) => file);
  expect(files.length).toBeGreaterThan(150);
  for (const known of [
    'src/core/tx.ts',
    'src/main.ts',
    'jobs/worker.ts',
    'adapters/redfish/client.ts',
    'test/architecture/doors.test.ts',
  ])
    expect(files).toContain(known);
});

test('every import goes through an open door', () => {
  const closed = sources.flatMap(({ file, imports }) =>
    imports.flatMap(({ target, typeOnly }) => {
      const reason = target === undefined ? undefined : whyClosed(file, target, typeOnly);
      return reason === undefined ? [] : [reason];
    }),
  );
  expect(closed).toEqual([]);
});

test('every import names a file that is there, with its ending', () => {
  const missing = sources.flatMap(({ file, imports }) =>
    imports.flatMap(({ target, specifier }) =>
      target === undefined || (/\.\w+$/.test(target) && existsSync(path.join(ROOT, target)))
        ? []
        : [`${file}: ${specifier}`],
    ),
  );
  expect(missing).toEqual([]);
});

test('no file imports itself round about', () => {
  const edges = new Map(
    sources.map(({ file, imports }) => [
      file,
      imports.flatMap(({ target, typeOnly }) => (target === undefined || typeOnly ? [] : [target])),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, way: string[]): void => {
    const at = way.indexOf(file);
    if (at >= 0) return void circles.push([...way.slice(at), file].join(' → '));
    if (done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const file of edges.keys()) visit(file, []);
  expect(circles).toEqual([]);
});

test('only adapters, the kit and the composition speak to the outside', () => {
  const clients = /^(node:)?(http|https|http2|net|tls|dgram)$|^(undici|axios|got)$/;
  const speaking = sources.flatMap(({ file, imports }) => {
    const inside =
      /^(src\/|jobs\/)/.test(file) && !/^src\/(kit\/|[\w-]+\.ts$)/.test(file) && !file.endsWith('.test.ts');
    return inside ? imports.flatMap(({ specifier }) => (clients.test(specifier) ? [`${file}: ${specifier}`] : [])) : [];
  });
  expect(speaking).toEqual([]);
});

describe('the table', () => {
  test.each([
    ['src/core/tx.ts', 'src/ports/tickets.ts'],
    ['src/ports/adapter.ts', 'src/kit/kit.ts'],
    ['src/kit/http.ts', 'src/ports/adapter-error.ts'],
    ['src/events/relay.ts', 'src/journal/store.ts'],
    ['src/assets/routes.ts', 'src/events/timeline-view.ts'],
    ['src/tickets/commands/open-ticket.ts', 'src/assets/reads.ts'],
    ['adapters/jira/client.ts', 'src/kit/http.ts'],
    ['adapters/alertmanager/mapping.ts', 'src/core/yaml-file.ts'],
    ['adapters/index.ts', 'adapters/jira/index.ts'],
    ['jobs/tasks/inspect-asset.ts', 'src/assets/model.ts'],
    ['src/compose.ts', 'jobs/worker.ts'],
    ['demo/stage.ts', 'adapters/jira/simulator.ts'],
    ['src/core/page.test.ts', 'test/kit/seeded.ts'],
  ])('lets %s import %s', (from, to) => expect(whyClosed(from, to, false)).toBeUndefined());

  test.each([
    ['src/core/tx.ts', 'src/assets/reads.ts'],
    ['src/core/tx.ts', 'src/kit/http.ts'],
    ['src/ports/adapter.ts', 'src/core/error.ts'],
    ['src/kit/http.ts', 'src/core/error.ts'],
    ['src/events/relay.ts', 'src/journal/perform.ts'],
    ['src/journal/perform.ts', 'src/events/append.ts'],
    ['src/assets/routes.ts', 'src/events/store.ts'],
    ['src/assets/routes.ts', 'src/journal/store.ts'],
    ['src/tickets/commands/open-ticket.ts', 'src/assets/store.ts'],
    ['src/tickets/commands/open-ticket.ts', 'src/assets/commands/move-asset.ts'],
    ['src/assets/routes.ts', 'jobs/catalogue.ts'],
    ['src/assets/routes.ts', 'adapters/jira/client.ts'],
    ['src/assets/routes.ts', 'src/compose.ts'],
    ['adapters/jira/client.ts', 'src/core/error.ts'],
    ['adapters/jira/client.ts', 'adapters/awx/client.ts'],
    ['adapters/jira/client.ts', 'src/assets/model.ts'],
    ['jobs/worker.ts', 'src/compose.ts'],
    ['jobs/worker.ts', 'adapters/jira/client.ts'],
    ['migrations/0001-commits.ts', 'src/core/id.ts'],
    ['src/ui/screens/app.ts', 'src/assets/model.ts'],
  ])('keeps %s from importing %s', (from, to) => expect(whyClosed(from, to, false)).toBeDefined());

  test('sees imports, re-exports and imports at run time', () => {
    const { imports } = parseText(
      'src/assets/x.ts',
      `import type { A } from './a.ts'; import { type B } from '#src/b.ts'; export { c } from '../core/c.ts'; await import('#jobs/d.ts'); import 'pino';`,
    );
    expect(imports).toEqual([
      { specifier: './a.ts', typeOnly: true, target: 'src/assets/a.ts' },
      { specifier: '#src/b.ts', typeOnly: true, target: 'src/b.ts' },
      { specifier: 'pino', typeOnly: false, target: undefined },
      { specifier: '../core/c.ts', typeOnly: false, target: 'src/core/c.ts' },
      { specifier: '#jobs/d.ts', typeOnly: false, target: 'jobs/d.ts' },
    ]);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { adapters } from '#adapters/index.ts';
import { CODE, filesUnder, foldersIn, isFolder, isTest, parse, ROOT, sourceFiles } from '#test/kit/source-files.ts';

const sources = sourceFiles();

describe('rooms', () => {
  const parts = ['src', 'adapters', 'test'].flatMap((top) => foldersIn(top).map((name) => `${top}/${name}`));
  const rooms = [
    ...parts,
    'adapters',
    'jobs',
    'jobs/reactions',
    'jobs/tasks',
    'migrations',
    'mappings',
    'demo',
    'setup',
    'test',
    'deploy',
    'bench',
    'prove',
    'agent',
  ].filter(isFolder);

  test.each(rooms)('%s says in a README what lives there', (room) => {
    const readme = path.join(ROOT, room, 'README.md');
    expect(existsSync(readme), `${room}/README.md`).toBe(true);
    expect(readFileSync(readme, 'utf8').trim().length).toBeGreaterThan(100);
  });

  test('no room without a name', () => {
    const nameless = /^(utils?|helpers?|common|types?|services?|managers?|lib|misc|shared)$/;
    const allowed = new Set(['setup/services', 'setup/services.ts']); // MariaDB and Redis: they are services
    const found = CODE.flatMap(filesUnder).flatMap((file) => {
      const steps = file.split('/').map((_, index, all) => all.slice(0, index + 1).join('/'));
      return steps.filter(
        (step) => nameless.test(path.basename(step).replace(/(\.test)?\.ts$/, '')) && !allowed.has(step),
      );
    });
    expect([...new Set(found)]).toEqual([]);
  });
});

describe('files', () => {
  test('are named in kebab-case', () => {
    const odd = sources
      .map(({ file }) => path.basename(file))
      .filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.integration)?(\.test|\.config)?\.ts$/.test(name));
    expect(odd).toEqual([]);
  });

  test('export by name, never everything, never by default', () => {
    const bad = sources.flatMap(({ file, program }) =>
      program.body.flatMap((node) => {
        if (node.type === 'ExportDefaultDeclaration') return [`${file}: default export`];
        return node.type === 'ExportAllDeclaration' ? [`${file}: export *`] : [];
      }),
    );
    expect(bad).toEqual([]);
  });

  test('say something themselves: no barrels but the contents page of an adapter', () => {
    const barrels = sources.filter(({ file, program }) => {
      const onlyPassesOn =
        program.body.length > 0 &&
        program.body.every((node) => node.type === 'ExportNamedDeclaration' && node.source !== null);
      return onlyPassesOn && !/^adapters\/[\w-]+\/index\.ts$/.test(file);
    });
    expect(barrels.map(({ file }) => file)).toEqual([]);
  });

  test('are at most 300 lines, tests at most 500', () => {
    // Data, not code: what machines answered, and what a generator wrote.
    const isData = (file: string): boolean => file.includes('/simulator/trees/') || file.includes('/fixtures/');
    const long = sources.flatMap(({ file, text }) => {
      const lines = text.split('\n').length - 1;
      return lines > (isTest(file) || file.endsWith('/contract-suite.ts') ? 500 : 300) && !isData(file)
        ? [`${file}: ${lines}`]
        : [];
    });
    expect(long).toEqual([]);
  });

  test('name no path of the machine that they were written on', () => {
    const around = path.dirname(ROOT);
    const home = os.homedir();
    // Where the checkout stands at the top of the disk, or home is a system folder, the words say nothing.
    const words = [ROOT, around.length > 1 ? `${around}/` : ROOT, home.split('/').length > 2 ? home : ROOT];
    const texts = [...CODE, 'mappings', 'deploy']
      .flatMap(filesUnder)
      .filter((file) => /\.(ts|mts|mjs|js|md|ya?ml|json|sh|html|css|py)$/.test(file));
    const at = new RegExp(
      `(?<![\\w.])(${words.map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|')})`,
    );
    expect(texts.filter((file) => at.test(readFileSync(path.join(ROOT, file), 'utf8')))).toEqual([]);
  });
});

describe('lists', () => {
  test('adapters/index.ts has every adapter that has a folder, under its name', () => {
    expect(adapters.map(({ id }) => id).toSorted()).toEqual(foldersIn('adapters').toSorted());
  });

  // What belongs together is listed together: `jobs/ticket-work.ts`, which `jobs/index.ts` takes in.
  const top = parse('jobs/index.ts').imports.map(({ target }) => target);
  const lists = top.filter((file) => /^jobs\/[\w-]+-work\.ts$/.test(file ?? ''));
  const listed = new Set([...top, ...lists.flatMap((file) => parse(file ?? '').imports.map(({ target }) => target))]);

  test('jobs/index.ts, or a list that it takes in, has every reaction', () => {
    const reactions = filesUnder('jobs/reactions').filter((file) => file.endsWith('.ts') && !isTest(file));
    expect(reactions.filter((file) => !listed.has(file))).toEqual([]);
    expect(reactions.length).toBeGreaterThan(5);
  });

  test('jobs/index.ts, or a list that it takes in, has every file that handles a job', () => {
    const handling = sources.filter(
      ({ file, text }) => /^jobs\/(tasks|reconcile|sagas)\//.test(file) && !isTest(file) && /\bhandle\(/.test(text),
    );
    expect(handling.map(({ file }) => file).filter((file) => !listed.has(file))).toEqual([]);
    expect(handling.length).toBeGreaterThan(5);
  });

  test('reactions and handlers stand in files of their names', () => {
    const names = sources.flatMap(({ file, text }) => {
      const name = /^jobs\/reactions\//.test(file) && !isTest(file) ? /\bname: '([\w-]+)'/.exec(text)?.[1] : undefined;
      return name === undefined || name === path.basename(file, '.ts') ? [] : [`${file}: ${name}`];
    });
    expect(names).toEqual([]);
  });

  test('migrations are numbered without a gap, each number once', () => {
    const numbers = filesUnder('migrations').flatMap((file) => /\/(\d{4})-[\w-]+\.ts$/.exec(file)?.[1] ?? []);
    expect(numbers.map(Number).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: numbers.length }, (_, index) => index + 1),
    );
  });
});

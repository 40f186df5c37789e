import { describe, expect, test } from 'vitest';
import { isTest, lineOf, parseText, type SourceFile, sourceFiles } from '#test/kit/source-files.ts';
import { environmentReads, outsideCallsInTransactions, requestNames, sqlOf } from './words.ts';

const program = sourceFiles().filter(({ file }) => /^(src|jobs|adapters|migrations)\//.test(file) && !isTest(file));
const places = (find: (source: SourceFile) => ReturnType<typeof sqlOf>, where: (file: string) => boolean): string[] =>
  program.filter(({ file }) => where(file)).flatMap((source) => find(source).map((node) => lineOf(source, node)));

describe('a line of code knows its room', () => {
  test('process.env: in the command line only, which hands it to the configuration', () => {
    expect(places(environmentReads, (file) => !['src/config.ts', 'src/cli.ts'].includes(file))).toEqual([]);
    expect(places(environmentReads, () => true)).not.toEqual([]);
  });

  test('SQL: in store.ts, reads.ts, *-store.ts, *-reads.ts, migrations, and what opens and keeps the database', () => {
    const mayHold = (file: string): boolean =>
      /(\/|-)(store|reads)\.ts$|^migrations\//.test(file) ||
      ['src/core/insert-rows.ts', 'src/core/tx.ts', 'src/database.ts', 'src/migrate.ts'].includes(file);
    expect(places(sqlOf, (file) => !mayHold(file) && !file.startsWith('adapters/'))).toEqual([]);
    expect(places(sqlOf, mayHold).length).toBeGreaterThan(50);
  });

  test('req and res: in core/route.ts, core/problem.ts and web.ts only', () => {
    const doors = ['src/core/route.ts', 'src/core/problem.ts', 'src/web.ts'];
    expect(places(requestNames, (file) => !doors.includes(file))).toEqual([]);
    expect(places(requestNames, (file) => doors.includes(file))).not.toEqual([]);
    const express = program.filter(
      ({ file, imports }) => !doors.includes(file) && imports.some(({ specifier }) => specifier === 'express'),
    );
    expect(express.map(({ file }) => file)).toEqual([]);
  });

  test('no call of another system inside a transaction', () => {
    expect(places(outsideCallsInTransactions, () => true)).toEqual([]);
  });
});

describe('the eyes see', () => {
  const seen = (find: (source: SourceFile) => unknown[], text: string): number =>
    find(parseText('src/x.ts', text)).length;

  test.each([
    ['ctx.db("jobs").where({ id })', 1],
    ['db("jobs")', 1],
    ['db.raw("x")', 1],
    ['const sql = `SELECT * FROM jobs WHERE id = ?`', 1],
    ['const sql = "INSERT IGNORE INTO jobs (id) VALUES (1)"', 1],
    ['express.raw({ limit })', 0],
    ['const help = "SELECT a server from the list"', 0],
    ['findAsset(ctx.db, id)', 0],
  ])('SQL in %s: %i', (text, count) => expect(seen(sqlOf, text)).toBe(count));

  test.each([
    ['await tx(ctx, (inside) => ctx.adapters.use("tickets").create(key, draft))', 1],
    [
      'const tickets = ctx.adapters.use("tickets"); await tx(ctx, async (inside) => { await tickets.create(key, draft); })',
      1,
    ],
    ['await tx(ctx, async () => { await fetch(url); })', 1],
    ['await tx(ctx, async () => { await ctx.effect({ act }); })', 1],
    ['post({ path }, async (tx) => { await fetch(url); })', 1],
    [
      'const tickets = ctx.adapters.use("tickets"); const made = await tickets.create(key); await tx(ctx, (inside) => link(inside, made))',
      0,
    ],
    ['await tx(ctx, (inside) => note(inside, { system: ctx.adapters.providerOf("tickets") }))', 0],
  ])('calls in a transaction in %s: %i', (text, count) => expect(seen(outsideCallsInTransactions, text)).toBe(count));

  test('nothing where there is nothing', () => {
    const clean =
      'const tickets = ctx.adapters.use("tickets"); await tickets.create(key); await tx(ctx, (inside) => link(inside, made))';
    expect(outsideCallsInTransactions(parseText('jobs/x.ts', clean))).toEqual([]);
    expect(seen(environmentReads, 'read(process.argv)')).toBe(0);
    expect(seen(environmentReads, 'process.env["HOME"]; process.env.PATH')).toBe(2);
    expect(seen(requestNames, '(req, res) => res.end()')).toBeGreaterThan(0);
  });
});

import { type Command, Option } from 'commander';
import { bundleFormats } from './bundle-formats.ts';
import { inspectFiles } from './bundles/inspect.ts';
import type { Hub } from './compose.ts';
import { checkHistory } from './history/check-history.ts';
import { rebuildHistory } from './history/intake/rebuild-history.ts';
import { reclassifyComponents } from './lots/commands/reclassify-components.ts';
import { createClassifier } from './lots/classify.ts';
import { checkLotRules, loadLotRules } from './lots/rules.ts';
import { readFileSync } from 'node:fs';
import { type Format, print } from './print.ts';

/** `history`, `bundle` and `lots` on the command line. */
export function addHistoryCommands(
  program: Command,
  withHub: (act: (hub: Hub) => Promise<void>) => Promise<void>,
): void {
  const format = new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');
  const tell = (text: string): void => void process.stderr.write(`${text}\n`);

  const history = program.command('history').description('the history of servers and parts');
  history
    .command('check')
    .description('compare what is believed with what was seen; changes nothing')
    .option('--objects', "also look for every bundle's bytes in the object store")
    .addOption(format)
    .action((options: { output: Format; objects?: boolean }) =>
      withHub(async (hub) => {
        const faults = await checkHistory(hub.ctx, hub.intake, { objects: options.objects === true, tell });
        print(options.output, faults, 'what is believed is what was seen');
        if (faults.length > 0) process.exitCode = 1;
      }),
    );
  history
    .command('rebuild')
    .description('read every bundle again from its bytes and work every history out again; changes only what differs')
    .addOption(format)
    .action((options: { output: Format }) =>
      withHub(async (hub) => {
        const done = await rebuildHistory(hub.ctx, hub.intake, { folder: hub.config.UPLOAD_PATH, tell });
        print(options.output, [{ ...done, lost: done.lost.length }], '');
        for (const { sha256, why } of done.lost) tell(`bundle ${sha256}: ${why}`);
        if (done.lost.length > 0) process.exitCode = 1;
      }),
    );

  program
    .command('bundle')
    .description('uploads')
    .command('inspect')
    .description('say what the hub would take from files and folders, without a hub and without keeping anything')
    .argument('<files...>')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'jsonl']).default('table'))
    .action(async (files: string[], options: { output: 'table' | 'jsonl' }) => {
      const failed = await inspectFiles(files, bundleFormats, options.output, (text) => process.stdout.write(text));
      if (failed > 0) process.exitCode = 1;
    });

  const lots = program.command('lots').description('classes of parts');
  lots
    .command('check')
    .description('check mappings/lot-rules.yaml and run the tests in it')
    .argument('[file]', 'another file of rules')
    .addOption(format)
    .action((file: string | undefined, options: { output: Format }) => {
      const text = readFileSync(file ?? new URL('../mappings/lot-rules.yaml', import.meta.url), 'utf8');
      const faults = checkLotRules(text);
      print(
        options.output,
        faults.map(({ line, message }) => ({ line: line ?? '', message })),
        'the rules are sound',
      );
      if (faults.length > 0) process.exitCode = 1;
    });
  lots
    .command('reclassify')
    .description('go through all parts after the rules have changed')
    .addOption(format)
    .action((options: { output: Format }) =>
      withHub(async (hub) => {
        const done = await reclassifyComponents(hub.ctx, createClassifier(loadLotRules()));
        print(options.output, [{ ...done }], '');
      }),
    );
}

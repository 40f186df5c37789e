import { expect, test } from 'vitest';
import { runChild } from '#setup/run-child.ts';

/** The kinds of attack come in turn by seed; `npm run prove -- tickets --seed N --runs N` runs more. */
test('faults of many at once hold under kills and a Jira that forgets to answer: one issue each', async () => {
  const { code, output } = await runChild(
    process.execPath,
    ['prove/main.ts', 'tickets', '--seed', '1', '--runs', '1', '--quiet'],
    { collect: true },
  );
  expect(output).toContain('prove tickets: 1 run(s) held');
  expect(code).toBe(0);
});

import { expect, test } from 'vitest';
import { runChild } from '#setup/run-child.ts';

/** The kinds of attack come in turn by seed; `npm run prove -- story --seed N --runs N` runs more. */
test('the story holds under kills, outages and lost answers', async () => {
  const { code, output } = await runChild(
    process.execPath,
    ['prove/main.ts', 'story', '--seed', '1000', '--runs', '2', '--quiet'],
    { collect: true },
  );
  expect(output).toContain('prove story: 2 run(s) held');
  expect(code).toBe(0);
});

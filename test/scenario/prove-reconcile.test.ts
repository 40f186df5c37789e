import { expect, test } from 'vitest';
import { runChild } from '#setup/run-child.ts';

/** Versions of NetBox and ways to die come in turn by seed; `npm run prove -- reconcile --seed N --runs N` runs more. */
test('NetBox and the hub come to rest as the reference model says', async () => {
  const { code, output } = await runChild(
    process.execPath,
    ['prove/main.ts', 'reconcile', '--seed', '1', '--runs', '2', '--quiet'],
    { collect: true },
  );
  expect(output).toContain('prove reconcile: 2 run(s) held');
  expect(code).toBe(0);
}, 600_000);

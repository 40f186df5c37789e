import { expect, test } from 'vitest';
import { runChild } from '#setup/run-child.ts';

/** The first 120 seeds kill at each request that changes something; `npm run prove -- redfish --seed N --runs N` runs more. */
test('updates, erasures and new passwords hold under kills at the requests that begin them', async () => {
  const { code, output } = await runChild(
    process.execPath,
    ['prove/main.ts', 'redfish', '--seed', '6', '--runs', '4', '--quiet'],
    { collect: true },
  );
  expect(output).toContain('prove redfish: 4 run(s) held');
  expect(code).toBe(0);
}, 400_000);

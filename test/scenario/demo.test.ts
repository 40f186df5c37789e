import { expect, test } from 'vitest';
import { runChild } from '#setup/run-child.ts';

test('the demo tells its story to the end, and ends with 0', async () => {
  const { code, output } = await runChild(process.execPath, ['demo/main.ts', '--once'], { collect: true });
  expect(output).toContain('The story held');
  expect(code).toBe(0);
});

import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Kit } from '../../src/kit/kit.ts';
import { dhcpAdapter } from './index.ts';

test('opens a door and asks nothing of anybody', async () => {
  const settings = dhcpAdapter.Settings.parse({ secret: 'sixteen letters!' });
  expect(settings.maxAgeMs).toBe(7 * 86_400_000);
  const connection = dhcpAdapter.connect(settings, {} as Kit);
  expect(connection.provides).toEqual({});
  expect(connection.webhook).toBeDefined();
  expect(await connection.probe(AbortSignal.timeout(1000))).toMatchObject([{ name: 'configuration', ok: true }]);
});

test('the secret is marked as one, and a short one is refused', () => {
  expect(z.globalRegistry.get(dhcpAdapter.Settings.shape.secret)).toMatchObject({ secret: true });
  expect(dhcpAdapter.Settings.safeParse({ secret: 'short' }).success).toBe(false);
});

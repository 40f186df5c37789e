import { z } from 'zod';
import { defineAdapter } from '#src/ports/adapter.ts';
import { probe } from './probe.ts';
import { createDirectoryStore } from './store.ts';

const Settings = z.object({
  path: z
    .string()
    .min(1)
    .default('var/objects')
    .meta({ description: 'Folder of the objects, on a file system that keeps what it synced; made on the first put' }),
  compression: z
    .enum(['zstd', 'none'])
    .default('zstd')
    .meta({ description: 'zstd: objects that get smaller by it are stored compressed, as <key>.zst' }),
});

export const directoryAdapter = defineAdapter({
  id: 'directory',
  title: 'Directory (objects in a file system)',
  testedWith: ['ext4'],
  capabilities: ['objectStore'],
  standsIn: true,
  hasWebhook: false,
  Settings,
  connect({ path, compression }, kit) {
    const store = createDirectoryStore({ root: path, compress: compression === 'zstd' }, kit);
    return {
      provides: { objectStore: store.objectStore },
      probe: () => probe(path),
      close: store.close,
    };
  },
});

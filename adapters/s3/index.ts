import { defineAdapter } from '#src/ports/adapter.ts';
import { openS3 } from './client.ts';
import { probe } from './probe.ts';
import { Settings } from './settings.ts';
import { createS3Store } from './store.ts';

export const s3Adapter = defineAdapter({
  id: 's3',
  title: 'S3 (object storage)',
  testedWith: ['Versity S3 Gateway 1.8.0'],
  capabilities: ['objectStore'],
  hasWebhook: false,
  Settings,
  connect(settings, kit) {
    const line = openS3(settings, kit.system);
    return {
      provides: { objectStore: createS3Store(settings, line, kit) },
      probe: (signal) => probe(settings, line, kit.system, signal),
      close: () => line.close(),
    };
  },
});

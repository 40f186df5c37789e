import type { TicketDraft } from '#src/ports/tickets.ts';

export const draftForTests: TicketDraft = {
  project: null,
  summary: 'Drive failed',
  paragraphs: ['Bay 4 reports reallocated sectors.'],
  links: [{ title: 'History', url: 'https://hub.example/assets/1' }],
  priority: 'HIGH',
  labels: ['hardware'],
  type: 'REPLACE_DISK',
  template: null,
  assigneeGroup: null,
  facts: {},
};

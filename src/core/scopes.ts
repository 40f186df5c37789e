/** What an API key may be for. */
export const SCOPES = [
  'assets:read',
  'assets:write',
  'assets:secrets',
  'components:read',
  'components:write',
  'registry:read',
  'registry:write',
  'bundles:read',
  'bundles:write',
  'arrivals:read',
  'arrivals:write',
  'telemetry:write',
  'tickets:read',
  'tickets:write',
  'reconcile:read',
  'reconcile:write',
  'jobs:read',
  'jobs:write',
  'events:read',
  'system:read',
] as const;
export type Scope = (typeof SCOPES)[number];

import type { HealthReport } from '../ports/bmc-health.ts';

/** Of a server that is well, except for what is said. */
export function healthReport(changed: Partial<HealthReport>): HealthReport {
  return {
    collectedAt: '2026-01-01T00:00:00.000Z',
    ...{ power: 'On', system: 'OK', manager: 'OK', faults: [], sensors: [], turns: [], complete: true, bootMark: null },
    ...{ warnings: [], requests: 3, fingerprint256: null },
    ...changed,
  };
}

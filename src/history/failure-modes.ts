/** How a part failed. A closed list, so that failures can be counted; what fits none is `other`, with a note. */
export const FAILURE_MODES = [
  'media-errors',
  'not-detected',
  'ecc-uncorrectable',
  'ecc-correctable-rate',
  'no-power',
  'overheating',
  'link-errors',
  'physical-damage',
  'performance',
  'predicted',
  'other',
] as const;
export type FailureMode = (typeof FAILURE_MODES)[number];

export const FAILURE_SOURCES = ['person', 'ticket', 'telemetry', 'vetting', 'bundle'] as const;
export type FailureSource = (typeof FAILURE_SOURCES)[number];

/** How sure a failure is where its source does not say. A symptom alone does not explain why somebody took a part out. */
export const CONFIDENCE: Record<FailureSource, number> = {
  person: 0.9,
  ticket: 0.9,
  vetting: 0.8,
  bundle: 0.6,
  telemetry: 0.4,
};

const MODE_OF_SYMPTOM: Record<string, FailureMode> = {
  SMART_FAIL: 'predicted',
  ECC_ERRORS: 'ecc-correctable-rate',
  ECC_UNCORRECTABLE: 'ecc-uncorrectable',
  OVERHEAT: 'overheating',
  PSU_FAIL: 'no-power',
  LINK_DOWN: 'link-errors',
};

/** Of what telemetry reports, by the names in `mappings/telemetry-rules.yaml`. */
export function modeOfSymptom(symptom: string): FailureMode {
  return MODE_OF_SYMPTOM[symptom] ?? 'other';
}

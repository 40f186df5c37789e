export interface Status {
  id: string;
  name: string;
  category: 'new' | 'indeterminate' | 'done';
}

/** What the screen of a transition asks for. */
export interface TransitionField {
  id: string;
  name: string;
  required: boolean;
  allowed?: { id: string; name: string }[];
}

export interface SimulatedTransition {
  id: string;
  name: string;
  /** Ids of statuses; every status where left out. */
  from?: string[];
  to: Status;
  screen?: TransitionField[];
}

export interface Workflow {
  initial: Status;
  transitions: SimulatedTransition[];
}

const TO_DO: Status = { id: '10000', name: 'To Do', category: 'new' };
const IN_PROGRESS: Status = { id: '3', name: 'In Progress', category: 'indeterminate' };
const DONE: Status = { id: '10001', name: 'Done', category: 'done' };

export const RESOLUTIONS = [
  { id: '10000', name: 'Done' },
  { id: '10001', name: "Won't Do" },
  { id: '10002', name: 'Duplicate' },
];

/** Jira's own for a new project: each transition is open from every status. */
const simple: Workflow = {
  initial: TO_DO,
  transitions: [
    { id: '11', name: 'To Do', to: TO_DO },
    { id: '21', name: 'In Progress', to: IN_PROGRESS },
    { id: '31', name: 'Done', to: DONE },
  ],
};

/** Closing asks for a resolution. */
const resolution: Workflow = {
  initial: TO_DO,
  transitions: [
    { id: '11', name: 'Start', from: [TO_DO.id], to: IN_PROGRESS },
    {
      id: '21',
      name: 'Close',
      from: [TO_DO.id, IN_PROGRESS.id],
      to: DONE,
      screen: [{ id: 'resolution', name: 'Resolution', required: true, allowed: RESOLUTIONS }],
    },
    { id: '31', name: 'Reopen', from: [DONE.id], to: TO_DO },
  ],
};

const TRIAGED: Status = { id: '10010', name: 'Triaged', category: 'new' };
const REVIEW: Status = { id: '10011', name: 'In Review', category: 'indeterminate' };
const REJECTED: Status = { id: '10012', name: 'Rejected', category: 'done' };
const CLOSED: Status = { id: '10013', name: 'Closed', category: 'done' };

/** A way of several steps, with a side door that nobody means and a way round in a circle. */
const steps: Workflow = {
  initial: TO_DO,
  transitions: [
    { id: '11', name: 'Triage', from: [TO_DO.id], to: TRIAGED },
    { id: '12', name: 'Back to the pile', from: [TRIAGED.id], to: TO_DO },
    { id: '21', name: 'Start', from: [TRIAGED.id], to: IN_PROGRESS },
    { id: '22', name: 'Stop', from: [IN_PROGRESS.id], to: TRIAGED },
    { id: '31', name: 'Review', from: [IN_PROGRESS.id], to: REVIEW },
    { id: '41', name: 'Reject', from: [REVIEW.id], to: REJECTED },
    { id: '42', name: 'Close', from: [REVIEW.id], to: CLOSED },
    { id: '51', name: 'Reopen', from: [CLOSED.id, REJECTED.id], to: TO_DO },
  ],
};

/** Nobody closes without a field that only people can fill. */
const guarded: Workflow = {
  initial: TO_DO,
  transitions: [
    { id: '11', name: 'Start', from: [TO_DO.id], to: IN_PROGRESS },
    {
      id: '21',
      name: 'Sign off',
      from: [IN_PROGRESS.id],
      to: DONE,
      screen: [{ id: 'customfield_10900', name: 'Signed by', required: true }],
    },
  ],
};

export const WORKFLOWS = { simple, resolution, steps, guarded } as const satisfies Record<string, Workflow>;

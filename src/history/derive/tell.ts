import type { Subject } from '../../core/event.ts';
import { idFrom } from '../../core/id.ts';
import { DERIVED_TYPES, type DerivedType, type Happening } from './derive.ts';
import type { Moment, Place } from './look.ts';

/** An event as it stands on the timelines of its subjects. */
export interface DerivedEvent {
  id: string;
  type: DerivedType;
  at: Moment;
  subjects: Subject[];
  sentence: string;
  data: Record<string, unknown>;
}

/**
 * The same happening always has the same id: deriving again says nothing new. The first byte is the rank of the type, so that events of
 * one moment stand in the order in which they make sense, on every page of every timeline.
 */
export function derivedId(type: DerivedType, at: Moment, subjects: readonly Subject[], rule: string): string {
  const told = [type, at, ...subjects.map((subject) => `${subject.type}/${subject.id}`), rule];
  const rank = 0x20 + DERIVED_TYPES.indexOf(type);
  return `${rank.toString(16)}${idFrom(...told).slice(2)}`;
}

export interface Told {
  id: string;
  kind: string;
  serial: string | null;
}

export function tell(component: Told, happening: Happening): DerivedEvent {
  const { type, at, after, places, data } = happening;
  const subjects: Subject[] = [{ type: 'component', id: component.id }, ...places.map(subjectOf)];
  const { kind, serial } = component;
  return {
    id: derivedId(type, at, subjects, `${data['from'] ?? ''}>${data['to'] ?? data['slot'] ?? ''}`),
    type,
    at,
    // Whose first sight it was is of no interest to the server.
    subjects: type === 'FIRST_SEEN' ? subjects.slice(0, 1) : subjects,
    sentence: sentenceOf(`${kind} ${serial ?? 'without a serial'}`, happening),
    data: {
      component_id: component.id,
      kind,
      serial,
      after: after === null ? null : `${after.replace(' ', 'T')}Z`,
      ...placesOf(places),
      ...data,
    },
  };
}

function subjectOf(place: Place): Subject {
  return { type: place.type, id: place.id };
}

function placesOf(places: readonly Place[]): Record<string, string> {
  const last = places.at(-1);
  return last === undefined ? {} : { [`${last.type}_id`]: last.id };
}

function sentenceOf(name: string, { type, after, data }: Happening): string {
  const slot = data['slot'] ?? null;
  const place = slot === null ? '' : ` in ${slot}`;
  switch (type) {
    case 'FIRST_SEEN':
      return `${name}: seen for the first time`;
    case 'INSTALLED':
      return after === null ? `${name}: found${place}; nobody had looked before` : `${name}: installed${place}`;
    case 'STORED':
      return `${name}: put into store${place}`;
    case 'REMOVED':
      return `${name}: removed${slot === null ? '' : ` from ${slot}`} (${data['reason'] ?? 'unknown'})`;
    case 'MOVED':
      return `${name}: moved here from another place${slot === null ? '' : `, now in ${slot}`}`;
    case 'SLOT_CHANGED':
      return `${name}: changed from slot ${data['from']} to ${data['to']}`;
    case 'FIRMWARE_CHANGED':
      return `${name}: firmware ${data['from']} → ${data['to']}`;
    case 'CONFLICTING_SIGHTING':
      return `${name}: seen in two places at the same time`;
    case 'LOG_COLLECTED':
      return name;
  }
}

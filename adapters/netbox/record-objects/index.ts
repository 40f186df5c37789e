import type { NetBoxClient } from 'netbox-client';
import { AdapterError } from '#src/ports/adapter-error.ts';
import type { RecordObjects, RecordType, WriteMore } from '#src/ports/record-objects.ts';
import type { Settings } from '../settings.ts';
import { allocateAddress, findAllocated } from './allocate-address.ts';
import { createRecords } from './create-records.ts';
import { findRecords } from './find-records.ts';
import { readChanges } from './read-changes.ts';
import { readPorts } from './read-ports.ts';
import { countRecords, readMany, readOf, readPage, readSample } from './read-records.ts';
import type { Reading } from './read-rows.ts';
import { typeNamed, TYPES, type NetboxType } from './record-types.ts';
import { removeRecords } from './remove-records.ts';
import { updateRecords } from './update-records.ts';
import { writeNote } from './write-note.ts';
import type { Writing } from './writing.ts';

export type RecordSettings = Pick<Settings, 'url' | 'tag' | 'bulkSize' | 'changeOverlapMs' | 'createMissing'>;

/** NetBox's objects by type, whole fleets of them. */
export function recordObjects(client: NetBoxClient, system: string, settings: RecordSettings): RecordObjects {
  const site = settings.url.replace(/\/+$/, '');
  const named = (name: string): NetboxType => typeNamed(system, name);
  const reading = (signal: AbortSignal): Reading => ({ client, system, signal });
  const writing = (more: WriteMore, signal: AbortSignal): Writing & WriteMore => ({
    ...{ client, system, settings, signal, ...more },
  });
  function writable(name: string, may: 'canCreate' | 'canRemove'): NetboxType {
    const type = named(name);
    if (type[may]) return type;
    throw new AdapterError('unsupported', `${system}: a ${name} is only read, never written`, { system });
  }
  return {
    types: () => PUBLIC,
    urlOf: (type, id) => `${site}${named(type).page}${id}/`,
    count: async (type, signal) => countRecords(reading(signal), named(type)),
    page: async (type, query, signal) => readPage(reading(signal), named(type), query),
    sample: async (type, signal) => readSample(reading(signal), named(type)),
    readMany: async (type, query, signal) => readMany(reading(signal), named(type), query),
    readOf: async (type, query, signal) => readOf(reading(signal), named(type), query),
    portsOf: (level, deviceIds, signal) => readPorts(reading(signal), level, deviceIds),
    find: async (type, query, signal) => findRecords(reading(signal), named(type), query),
    update: async (type, writes, more, signal) =>
      updateRecords(writing(more, signal), writable(type, 'canCreate'), writes),
    create: async (type, drafts, more, signal) =>
      createRecords(writing(more, signal), writable(type, 'canCreate'), drafts),
    remove: async (type, objects, more, signal) =>
      removeRecords(writing(more, signal), writable(type, 'canRemove'), objects),
    changes: (query, signal) => readChanges(reading(signal), query, settings.changeOverlapMs),
    note: async (type, id, note, key, signal) => writeNote(reading(signal), named(type), { id, note, key }),
    allocateAddress: (wanted, key, signal) => allocateAddress(reading(signal), wanted, key),
    findAllocated: (key, signal) => findAllocated(reading(signal), key),
  };
}

const PUBLIC: readonly RecordType[] = TYPES.map(({ name, parent, findBy, canCreate, canRemove, isCabling }) => ({
  ...{ name, parent, findBy, canCreate, canRemove, isCabling },
}));

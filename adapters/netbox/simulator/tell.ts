import type { AnswerCache } from './answer-cache.ts';
import type { ChangeLogRow, Database, Row } from './database.ts';
import { MODELS, titleOf, type ModelName } from './model.ts';
import { render, rendering } from './render.ts';
import { snapshot } from './snapshot.ts';
import type { EventRequest, ModelEvent, WebhookSender } from './webhooks.ts';
import type { Body, WriteContext } from './write.ts';

export interface World {
  database: Database;
  version: string;
  webhooks: WebhookSender;
  answers: AnswerCache;
  /** Names of all users; their ids count from 1. */
  users: string[];
}

export interface Operation {
  world: World;
  request: EventRequest;
  /** Collected until the request ends. */
  events: ModelEvent[];
  /** When the rows that it writes into the change log are seen, in milliseconds since the epoch. */
  visibleFrom(row: ChangeLogRow): number;
  /** What its user may view; undefined: everything. */
  views?: ((model: ModelName, row: Row) => boolean) | undefined;
}

/** Columns that NetBox itself changes on the way, saving the object: seen like any change. */
export function save(operation: Operation, name: ModelName, row: Row, columns: Record<string, unknown>): void {
  const { database } = operation.world;
  const prechange = snapshot(database, name, row);
  database.set(name, row, { ...columns, last_updated: database.now() });
  told(operation, 'updated', name, row, prechange, {});
}

export function contextOf({ world: { database, version, users }, request, views }: Operation): WriteContext {
  return { database, version, userId: users.indexOf(request.user) + 1 || null, views };
}

/** Into the events, and into the change log if anything changed. */
export function told(
  operation: Operation,
  event: ModelEvent['event'],
  name: ModelName,
  row: Row,
  prechange: Record<string, unknown> | null,
  body: Body,
): void {
  const { database, version, webhooks } = operation.world;
  const postchange = event === 'deleted' ? null : snapshot(database, name, row);
  if (webhooks.wanted(name)) {
    const data = render(rendering(database, version, ''), name, row);
    operation.events.push({ event, model: name, id: row.id, data, prechange, postchange });
  }
  if (event === 'updated' && JSON.stringify(prechange) === JSON.stringify(postchange)) return;
  const entry: ChangeLogRow = {
    id: database.nextChangeId(),
    time: database.now(),
    user_name: operation.request.user,
    request_id: operation.request.id,
    action: ACTIONS[event],
    changed_object_type: MODELS[name].objectType,
    changed_object_id: row.id,
    object_repr: titleOf(database, name, row),
    message: typeof body.changelog_message === 'string' ? body.changelog_message : '',
    prechange,
    postchange,
    visibleFrom: 0,
  };
  entry.visibleFrom = operation.visibleFrom(entry);
  database.changeLog.push(entry);
}

const ACTIONS = { created: 'create', updated: 'update', deleted: 'delete' } as const;

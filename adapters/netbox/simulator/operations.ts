import type { ChangeLogRow, Database, Row } from './database.ts';
import { MODELS, titleOf, type ModelName } from './model.ts';
import { planRemoval, remove } from './remove.ts';
import { render, snapshot, type Rendering } from './render.ts';
import { changeRow, createRow } from './write.ts';
import type { EventRequest, ModelEvent, WebhookSender } from './webhooks.ts';

export interface World {
  database: Database;
  version: string;
  webhooks: WebhookSender;
}

export interface Operation {
  world: World;
  request: EventRequest;
  /** Collected until the whole request has succeeded. */
  events: ModelEvent[];
}

type Body = Record<string, unknown>;

function withoutOrigin({ database, version }: World): Rendering {
  return { database, version, origin: '' };
}

export function create(operation: Operation, name: ModelName, body: Body): Row {
  const { world, events } = operation;
  const row = createRow(world.database, name, body, world.version);
  const postchange = snapshot(world.database, name, row);
  events.push({
    event: 'created',
    model: name,
    id: row.id,
    data: render(withoutOrigin(world), name, row),
    prechange: null,
    postchange,
  });
  log(operation, 'create', name, row, body);
  return row;
}

/** A change that changes nothing still moves `last_updated` and sends a webhook, but stands in no change log: so the real one. */
export function change(operation: Operation, name: ModelName, row: Row, body: Body): void {
  const { world, events } = operation;
  const prechange = snapshot(world.database, name, row);
  changeRow(world.database, name, row, body, world.version);
  const postchange = snapshot(world.database, name, row);
  events.push({
    event: 'updated',
    model: name,
    id: row.id,
    data: render(withoutOrigin(world), name, row),
    prechange,
    postchange,
  });
  if (JSON.stringify(prechange) !== JSON.stringify(postchange)) log(operation, 'update', name, row, body);
}

export function destroy(operation: Operation, name: ModelName, row: Row, body: Body): void {
  const { world, events } = operation;
  const plan = planRemoval(world.database, name, row);
  for (const one of plan) {
    const data = render(withoutOrigin(world), one.model, one.row);
    events.push({
      event: 'deleted',
      model: one.model,
      id: one.row.id,
      data,
      prechange: snapshot(world.database, one.model, one.row),
      postchange: null,
    });
    log(operation, 'delete', one.model, one.row, body);
  }
  for (const one of plan) remove(world.database, one);
}

function log(
  { world, request }: Operation,
  action: ChangeLogRow['action'],
  name: ModelName,
  row: Row,
  body: Body,
): void {
  const { changeLog } = world.database;
  changeLog.push({
    id: (changeLog.at(-1)?.id ?? 0) + 1,
    time: world.database.now(),
    user_name: request.user,
    request_id: request.id,
    action,
    changed_object_type: MODELS[name].objectType,
    changed_object_id: row.id,
    object_repr: titleOf(world.database, name, row),
    message: typeof body.changelog_message === 'string' ? body.changelog_message : '',
  });
}

import type { z } from 'zod';
import type { HttpAnswer, HttpRequest } from '../../../src/kit/http.ts';
import type { components } from './contract.d.ts';
import type { CreateBody, PatchBody, Query, Resource, Row } from './resources.ts';
import type { BulkAnswer, BulkOptions, PageQuery, RawPage } from './rows.ts';

/** The reader's schema: every field of it must stand in the contract, with a type that it accepts. */
export type Reads<R extends Resource, S extends z.ZodObject> = Row<R> extends z.input<S> ? S : never;

export interface Stored<T> {
  value: T;
  /** Guards the next write (`If-Match`); null before 4.6. */
  etag: string | null;
}
export interface Change<T> extends Stored<T> {
  /** As the webhooks and the change log will name this write. */
  requestId: string | null;
}
export interface ReadOptions {
  signal: AbortSignal;
}
export interface WriteOptions {
  signal: AbortSignal;
  /** For the change log; cut at 200 characters, which is what the column holds. */
  message: string;
}

/** Thin and typed: one call, one request (a list: one per page). Throws AdapterError only. Never repeats a write. */
export interface NetBoxClient {
  /** Every match. @throws AdapterError malformed where the pages do not add up to the count, so a list is never silently incomplete */
  list<R extends Resource, S extends z.ZodObject>(
    resource: R,
    query: Query<R>,
    schema: Reads<R, S>,
    options: ReadOptions,
  ): Promise<z.output<S>[]>;
  /** Undefined when NetBox itself says that there is none (a proxy's 404 page does not count). */
  get<R extends Resource, S extends z.ZodObject>(
    resource: R,
    id: number,
    schema: Reads<R, S>,
    options: ReadOptions,
  ): Promise<Stored<z.output<S>> | undefined>;
  create<R extends Resource, S extends z.ZodObject>(
    resource: R,
    body: CreateBody<R>,
    schema: Reads<R, S>,
    options: WriteOptions,
  ): Promise<Change<z.output<S>>>;
  /** @throws AdapterError throttled, status 412, when `etag` is given and the object changed since */
  update<R extends Resource, S extends z.ZodObject>(
    resource: R,
    id: number,
    body: PatchBody<R>,
    schema: Reads<R, S>,
    options: WriteOptions & { etag?: string | null },
  ): Promise<Change<z.output<S>>>;
  /** Full version, e.g. `4.7.3`. */
  status(options: ReadOptions): Promise<{ version: string; workers: number | null }>;
  /** Whose token it is. 4.5+. */
  user(options: ReadOptions): Promise<{ username: string }>;
  /** What the token may do with the list: `POST` for adding, `PUT` for changing. */
  actions(resource: Resource, options: ReadOptions): Promise<string[]>;
  /** The bare answer, whatever its status, for finding out what the token may do. Never for writing. */
  ask(request: HttpRequest & { method: 'GET' | 'OPTIONS' | 'DELETE' }): Promise<HttpAnswer>;
  /** One page of raw rows; in a page without `ordering` and `start` they may come in any order. @throws AdapterError malformed */
  readPage(resource: Resource, query: PageQuery, options: ReadOptions): Promise<RawPage>;
  /** All entries in one request, all or none. Never repeated. @throws AdapterError where it is not known what was written */
  bulk(
    method: 'POST' | 'PATCH' | 'DELETE',
    resource: Resource,
    entries: readonly object[],
    options: BulkOptions,
  ): Promise<BulkAnswer>;
  /** The next free address of a prefix, made with these fields. Never repeated. */
  allocate(
    prefixId: number,
    body: components['schemas']['AvailableIpRequest'],
    options: ReadOptions,
  ): Promise<{ id: number; address: string } | 'exhausted' | 'unknown'>;
  /** Whether the server is of this version or newer, e.g. `4.6`. Asks once, where no answer has told yet. */
  isAtLeast(version: string, options: ReadOptions): Promise<boolean>;
}

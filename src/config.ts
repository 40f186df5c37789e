import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { pollSettings } from './config-polls.ts';
import { ticketSettings } from './config-tickets.ts';
import { telemetryFault, telemetrySettings } from './config-telemetry.ts';
import type { AdapterDefinition } from './ports/adapter.ts';
import type { ConfiguredAdapter } from './kit/registry.ts';

const Port = z.coerce.number().int().min(0).max(65_535);
const Ms = z.coerce.number().int().min(1);
const text = (description: string) => z.string().min(1).meta({ description });
const secret = (description: string) => z.string().min(1).meta({ description, secret: true });

/** Every setting of the hub itself. The environment's names are these; each may be given as `<NAME>_FILE`, a file with the value. */
export const Config = z.object({
  DATABASE_URL: secret(
    'MariaDB ≥ 10.11: mysql://user:password@host:3306/database, or …?socketPath=/run/mysqld/mysqld.sock',
  ),
  REDIS_URL: secret('Redis ≥ 7 or Valkey, with AOF on and maxmemory-policy noeviction: redis://:password@host:6379/0'),
  SECRET_KEY: z
    .string()
    .min(32, 'at least 32 characters; make one with: openssl rand -base64 48')
    .meta({ description: 'Seals stored secrets and API keys; keep it, losing it loses them', secret: true }),
  PUBLIC_URL: z
    .url()
    .default('http://127.0.0.1:8080')
    .transform((url) => url.replace(/\/+$/, ''))
    .meta({ description: 'Where people and webhooks reach the hub' }),
  HTTP_HOST: text('Address that web listens on').default('127.0.0.1'),
  HTTP_PORT: Port.default(8080).meta({ description: 'Port that web listens on; 0: any free one' }),
  METRICS_PORT: Port.default(0).meta({
    description: "The worker's port for /healthz, /readyz and /metrics on HTTP_HOST; 0: any free one",
  }),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .meta({ description: 'Least level that is logged' }),
  DATABASE_POOL: z.coerce
    .number()
    .int()
    .min(2)
    .max(500)
    .default(20)
    .meta({ description: 'Connections to MariaDB per process' }),
  WORKER_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .meta({ description: 'Jobs at a time per worker' }),
  WORKER_LEASE_MS: Ms.default(30_000).meta({
    description: 'A job whose worker gives no sign of life for so long is taken over, in milliseconds',
  }),
  BMC_SCHEME: z
    .enum(['https', 'http'])
    .default('https')
    .meta({ description: 'How BMCs are spoken to; http is for simulators' }),
  BMC_PORT: Port.optional().meta({ description: 'Port of the BMCs, where it is not the usual one' }),
  BMC_PASSWORD_DAYS: z.coerce.number().int().min(0).max(3650).default(0).meta({
    description:
      'A BMC whose password is older, or that never got one from the hub, gets a new one by itself; 0: only when asked for',
  }),
  BMC_PASSWORD_KEEP_DAYS: z.coerce.number().int().min(1).max(3650).default(90).meta({
    description: 'How long a password of a BMC that was replaced is kept, sealed',
  }),
  BMC_ACCOUNT: z
    .string()
    .regex(/^([A-Za-z][A-Za-z0-9_-]{2,15})?$/, '3 to 16 letters, digits, dashes and underscores, a letter first')
    .default('')
    .meta({
      description:
        "The hub's own account at BMCs, made where a password is changed by its age; empty: the account that is used already",
    }),
  HARDEN_TEMPLATE: text('Name of the AWX job template that hardens a server').default('harden'),
  FOLLOW_MS: Ms.default(5_000).meta({
    description: 'Between two looks at a run outside that has not ended, in milliseconds',
  }),
  SETTLE_MS: Ms.default(60_000).meta({
    description:
      'A call outside that nobody heard back from may take effect for so long, on top of the search lag; longer than every time-out of a call, in milliseconds',
  }),
  FIRMWARE_DEADLINE_MS: Ms.default(7_200_000).meta({
    description: 'For one step of a firmware update until its version shows, in milliseconds',
  }),
  FIRMWARE_QUIET_MS: Ms.default(900_000).meta({
    description:
      'So long the wanted version may still appear once a BMC says no more of an update: its task ended or is gone, in milliseconds',
  }),
  ERASE_DEADLINE_MS: Ms.default(172_800_000).meta({
    description: 'For the erasure of a drive until it is proven, in milliseconds; some run for a day',
  }),
  RECONCILE_FOLLOW_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(60_000)
    .meta({ description: 'Between two readings of the change logs of compared systems, in milliseconds; 0: never' }),
  RECONCILE_AT: z
    .string()
    .regex(/^(([01]\d|2[0-3]):[0-5]\d|off)$/, 'a time of day such as 02:30, or off')
    .default('02:30')
    .meta({
      description: 'Time of day, in UTC, at which everything is compared with other systems; off: only when asked for',
    }),
  ...pollSettings,
  ...ticketSettings,
  STOCK_HOLD_HOURS: z.coerce.number().min(0.01).max(8760).default(72).meta({
    description:
      'How long a spare part is kept for a ticket before others may have it, in hours; one that is still open gets one again, three times at most',
  }),
  ...telemetrySettings,
  UPLOAD_PATH: text('Folder where uploads wait until they are in whole').default('var/uploads'),
  UPLOAD_MAX_BYTES: z.coerce
    .number()
    .int()
    .min(1)
    .max(4 * 1024 ** 3)
    .default(512 * 1024 ** 2)
    .meta({ description: 'The largest upload that is taken, in bytes' }),
  CHECK_ANSWERS: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .meta({ description: 'Check every answer against the published schema: for tests' }),
});
export type Config = z.infer<typeof Config>;

export interface Configuration extends Config {
  adapters: ConfiguredAdapter[];
  /** Adapters without any setting in the environment. */
  notConfigured: string[];
}

export class ConfigError extends Error {
  readonly faults: string[];

  constructor(faults: string[]) {
    super(
      `The settings have ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** `webhookSecret` of `netbox` → `NETBOX_WEBHOOK_SECRET`. */
export function envName(adapter: string, field: string): string {
  return `${adapter}_${field.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')}`.toUpperCase();
}

/**
 * Reads all settings at once. An adapter with no setting at all is left out; one with some must have all that it needs.
 * @throws ConfigError listing every fault
 */
export function readConfig(
  env: Record<string, string | undefined>,
  definitions: readonly AdapterDefinition[],
): Configuration {
  const faults: string[] = [];
  const value = (name: string): string | undefined => readValue(env, name, faults);
  const own = Object.fromEntries(Object.keys(Config.shape).map((name) => [name, value(name)]));
  const config = Config.safeParse(own);
  if (!config.success)
    faults.push(
      ...config.error.issues.map((issue) => explain(String(issue.path[0]), own[String(issue.path[0])], issue.message)),
    );
  const unfit = config.success ? telemetryFault(config.data) : undefined;
  if (unfit !== undefined) faults.push(`${unfit.setting}: ${unfit.message}`);
  const adapters: ConfiguredAdapter[] = [];
  const notConfigured: string[] = [];
  for (const definition of definitions) {
    const names = new Map(fieldsOf(definition.Settings).map(([field]) => [envName(definition.id, field), field]));
    const given: Record<string, unknown> = {};
    for (const [name, field] of names) {
      const found = value(name);
      if (found !== undefined) given[field] = coerce(fieldSchema(definition.Settings, field), found);
    }
    if (Object.keys(given).length === 0) {
      notConfigured.push(definition.id);
      continue;
    }
    const settings = definition.Settings.safeParse(given);
    if (settings.success) adapters.push({ definition, settings: settings.data });
    else {
      faults.push(
        ...settings.error.issues.map((issue) => {
          const field = String(issue.path[0] ?? '');
          return explain(field === '' ? definition.id : envName(definition.id, field), given[field], issue.message);
        }),
      );
    }
  }
  if (faults.length > 0 || !config.success) throw new ConfigError(faults);
  for (const definition of definitions) {
    const missing = definition.capabilities.some(
      (one) => !adapters.some((has) => has.definition.capabilities.includes(one)),
    );
    if (!definition.standsIn || !missing || !notConfigured.includes(definition.id)) continue;
    adapters.push({ definition, settings: definition.Settings.parse({}) });
    notConfigured.splice(notConfigured.indexOf(definition.id), 1);
  }
  return { ...config.data, adapters, notConfigured };
}

function readValue(env: Record<string, string | undefined>, name: string, faults: string[]): string | undefined {
  const direct = env[name];
  const file = env[`${name}_FILE`];
  if (direct !== undefined && direct !== '' && file !== undefined && file !== '') {
    faults.push(`${name} and ${name}_FILE are both set: keep one`);
    return direct;
  }
  if (file === undefined || file === '') return direct === '' ? undefined : direct;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    faults.push(`${name}_FILE: cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? 'error'})`);
    return undefined;
  }
}

function explain(name: string, given: unknown, message: string): string {
  return given === undefined ? `${name} is missing (or ${name}_FILE)` : `${name}: ${message}`;
}

export function fieldsOf(schema: z.ZodType): [string, z.ZodType][] {
  return schema instanceof z.ZodObject ? Object.entries(schema.shape as Record<string, z.ZodType>) : [];
}

function fieldSchema(schema: z.ZodType, field: string): z.ZodType | undefined {
  return fieldsOf(schema).find(([name]) => name === field)?.[1];
}

/** Environment values are text: what the schema wants as a number or a boolean is made one, where the text is one. */
function coerce(schema: z.ZodType | undefined, given: string): unknown {
  if (schema?.safeParse(given).success) return given;
  if (/^-?\d+(\.\d+)?$/.test(given)) return Number(given);
  if (given === 'true' || given === 'false') return given === 'true';
  return given;
}

export interface SettingRow {
  name: string;
  needed: string;
  secret: boolean;
  description: string;
}

/** For the README's table. */
export function settingRows(definitions: readonly AdapterDefinition[]): SettingRow[] {
  const rows = fieldsOf(Config).map(([name, schema]) => toRow(name, schema));
  for (const definition of definitions) {
    rows.push(...fieldsOf(definition.Settings).map(([field, schema]) => toRow(envName(definition.id, field), schema)));
  }
  return rows;
}

function toRow(name: string, schema: z.ZodType): SettingRow {
  const meta = schema.meta() ?? innerMeta(schema) ?? {};
  const empty = schema.safeParse(undefined);
  const standard = empty.data === undefined || empty.data === '' ? 'optional' : `\`${String(empty.data)}\``;
  const needed = empty.success ? standard : 'needed';
  return { name, needed, secret: meta['secret'] === true, description: String(meta['description'] ?? '') };
}

/** `.meta()` may stand before `.default()` or `.optional()`. */
function innerMeta(schema: z.ZodType): Record<string, unknown> | undefined {
  const { innerType, in: before } = schema.def as { innerType?: z.ZodType; in?: z.ZodType };
  const inner = innerType ?? before;
  return inner ? ((inner.meta() as Record<string, unknown> | undefined) ?? innerMeta(inner)) : undefined;
}

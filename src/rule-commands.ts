import { existsSync, readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { Ctx } from './core/ctx.ts';
import { HubError } from './core/error.ts';
import type { TelemetryJudge } from './health/commands/report-telemetry.ts';
import { explainDraft, explainKept } from './health/explain-kept.ts';
import { durationText } from './health/rule-words.ts';
import { findSymptom } from './health/symptom-reads.ts';
import { type ExplanationView, viewExplanation } from './health/telemetry-views.ts';
import { type Format, print } from './print.ts';
import { becameOf } from './tickets/reads.ts';

interface WithJudge {
  ctx: Ctx;
  judge: TelemetryJudge;
}
type WithHub = (act: (hub: WithJudge) => Promise<void>) => Promise<void>;

/** `reanimator rules …`: which rules there are, and what they make, or made, of a symptom. */
export function addRuleCommands(program: Command, withHub: WithHub): void {
  const rules = program.command('rules').description('the rules that open tickets (mappings/telemetry-rules.yaml)');
  const output = new Option('-o, --output <format>', 'how to print').choices(['table', 'json']).default('table');

  rules
    .command('list', { isDefault: true })
    .description('all of them, in their order')
    .addOption(output)
    .action((options: { output: Format }) =>
      withHub(async ({ judge }) => {
        const rows = judge.rules().rules.map(({ id, rule, types }) => ({
          ...{ rule: id, types: types.join(', '), ticket: rule.opens.ticket, priority: rule.opens.priority },
          ...{ for: rule.for === undefined ? '' : durationText(rule.for), says: rule.says },
        }));
        print(options.output, rows, 'no rules');
      }),
    );

  rules
    .command('explain')
    .description('which rules looked at a symptom, what their windows held, what they did, and what became of it')
    .argument('<event>', 'hash of a kept symptom; or one as JSON, or a file with it: what would come of it now')
    .addOption(output)
    .action((event: string, options: { output: Format }) =>
      withHub(async (hub) => tell(await explain(hub, event), options.output)),
    );
}

async function explain({ ctx, judge }: WithJudge, event: string): Promise<ExplanationView> {
  if (/^[0-9a-f]{32}$/.test(event)) {
    const symptom = await findSymptom(ctx, event);
    if (symptom === undefined) throw new HubError('not-found', `There is no symptom ${event}`);
    return viewExplanation(await explainKept(ctx, judge, becameOf, symptom), symptom);
  }
  const { explained, kept } = await explainDraft(ctx, judge, becameOf, readItem(event));
  return viewExplanation(explained, kept);
}

/** A symptom as one would report it: one object, or a list of one. */
function readItem(event: string): unknown {
  const isText = /^\s*[[{]/.test(event);
  if (!isText && !existsSync(event))
    throw new HubError('invalid', `${event} is no hash of a symptom (32 hex digits), no JSON and no file`);
  try {
    const json: unknown = JSON.parse(isText ? event : readFileSync(event, 'utf8'));
    return Array.isArray(json) ? json[0] : json;
  } catch (cause) {
    throw new HubError('invalid', `${isText ? 'the event' : event} is not JSON: ${String(cause)}`, { cause });
  }
}

function tell(explained: ExplanationView, format: Format): void {
  if (format === 'json') return print('json', explained as unknown as Record<string, unknown>[], '');
  const rows = explained.rules.map(({ rule, did, held, alerts }) => {
    const [alert] = alerts;
    const ticket = alert === undefined ? '' : (alert.ticket_key ?? alert.ticket_id ?? alert.why ?? 'none yet');
    return { rule, did, window: held ?? '', alert: alert?.event_id ?? '', ticket };
  });
  print('table', rows, explained.note ?? 'no rule looks at it');
  if (explained.note !== null && rows.length > 0) process.stdout.write(`${explained.note}\n`);
  process.stdout.write(`${explained.other_rules} rules look at other types\n`);
}

import type { SimulatedAnswer } from '#src/kit/simulator.ts';
import { phaseOf } from './job-clock.ts';
import { awxTime } from './render.ts';
import type { AwxStore, SimulatedJob } from './store.ts';

type Outcome = (job: SimulatedJob) => 'successful' | 'failed';

/**
 * What a person sees, without login or script. The real address of a job is `/#/jobs/playbook/<id>`: what follows the `#` never reaches a
 * server, so the first page shows all jobs and names each by that anchor.
 */
export function page(path: string, store: AwxStore, outcome: Outcome): SimulatedAnswer | undefined {
  if (path === '/') return jobsPage(store, outcome);
  const id = /^\/jobs\/playbook\/(\d+)\/?$/.exec(path)?.[1];
  if (id === undefined) return undefined;
  const job = store.jobs.get(Number(id));
  return job === undefined ? html('No such job', '<p>It does not exist.</p>', 404) : jobPage(job, store, outcome);
}

function jobsPage(store: AwxStore, outcome: Outcome): SimulatedAnswer {
  const rows = [...store.jobs.values()].reverse().map((job) => {
    const { status } = phaseOf(job, store.runMs, outcome);
    return `<tr id="/jobs/playbook/${job.id}"><td><a href="/jobs/playbook/${job.id}">${job.id}</a></td><td>${escapeHtml(job.template.name)}</td><td>${escapeHtml(job.limit)}</td><td>${status}</td><td>${awxTime(job.created)}</td></tr>`;
  });
  return html(
    `${rows.length} jobs`,
    `<table><tr><th>Job</th><th>Template</th><th>Limit</th><th>Status</th><th>Created</th></tr>${rows.join('')}</table>`,
  );
}

function jobPage(job: SimulatedJob, store: AwxStore, outcome: Outcome): SimulatedAnswer {
  const phase = phaseOf(job, store.runMs, outcome);
  const facts = {
    Status: phase.status,
    Template: job.template.name,
    Playbook: job.template.playbook,
    Limit: job.limit,
    Variables: JSON.stringify(job.extraVars),
  };
  const rows = Object.entries(facts).map(([name, value]) => `<tr><th>${name}</th><td>${escapeHtml(value)}</td></tr>`);
  return html(
    `Job ${job.id}`,
    `<p><a href="/">All jobs</a></p><table>${rows.join('')}</table><pre>${escapeHtml(stdoutOf(job, store, outcome))}</pre>`,
  );
}

/** What ansible-playbook would have said. */
export function stdoutOf(job: SimulatedJob, store: AwxStore, outcome: Outcome): string {
  const { status } = phaseOf(job, store.runMs, outcome);
  if (status === 'pending' || status === 'waiting') return '';
  if (job.hosts.length === 0)
    return (
      '[WARNING]: Could not match supplied host pattern, ignoring: ' +
      `${job.limit}\nERROR! Specified inventory, host pattern and/or --limit leaves us with no hosts to target.\n`
    );
  const lines = [`PLAY [${job.template.playbook}] ${'*'.repeat(40)}`, '', `TASK [run] ${'*'.repeat(40)}`];
  if (status === 'successful' || status === 'failed') {
    const word = status === 'successful' ? 'ok' : 'fatal';
    for (const host of job.hosts) lines.push(`${word}: [${host}]`);
    lines.push('', `PLAY RECAP ${'*'.repeat(40)}`);
    for (const host of job.hosts)
      lines.push(
        `${host} : ok=${status === 'successful' ? 2 : 1} changed=0 unreachable=0 failed=${status === 'successful' ? 0 : 1}`,
      );
  }
  return `${lines.join('\n')}\n`;
}

function html(title: string, body: string, status = 200): SimulatedAnswer {
  const style =
    'body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}td,th{padding:.25rem .75rem;text-align:left;border-bottom:1px solid #ddd}tr:target{background:#ffd}';
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><style>${style}</style><small>AWX (simulated)</small><h1>${title}</h1>${body}</html>\n`,
  };
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

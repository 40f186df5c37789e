import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A folder with one `jira-default.yaml` that has these templates (YAML, indented by two). */
export function templatesForTests(templates: string, project: string | null = null): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'jira-templates-'));
  writeFileSync(path.join(folder, 'jira-default.yaml'), fileForTests(templates, project));
  return folder;
}

export function fileForTests(templates: string, project: string | null = null): string {
  const own = templates.replace(/^\n/, '').trimEnd();
  return `version: 1\ntickets: jira\nproject: ${project ?? 'null'}\ntemplates:\n${own}\ntests:\n  - draft: {}\n`;
}

import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { draftForTests } from '../draft-for-tests.ts';
import { fillTemplate } from './fill-template.ts';
import { loadTemplates } from './load-templates.ts';
import { TemplateFile, templateSchema } from './template-file.ts';
import { fileForTests } from './templates-for-tests.ts';

const FACTS = { server_serial: 'ABC1234', u: 7, site: 'ams1', warranty_until: '2027-01-31T00:00:00.000Z', rack: null };

function read(templates: string): TemplateFile {
  return TemplateFile.parse(parse(fileForTests(templates)));
}
function faultsOf(text: string): string[] {
  const result = TemplateFile.safeParse(parse(text));
  return (result.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`);
}

const FILE = read(`
  default:
    summary: '[{site}] {summary}'
    description: ['Rack {rack}', '{paragraphs}', { text: 'Serial {server_serial}', when: server_serial }, { text: 'Bin {spare_bin}', when: spare_bin }]
    labels: ['{type}', 'lot-{lot}']
    fields:
      - { name: Serial, type: text, from: server_serial }
      - { name: Rack, type: text, from: rack, else: unknown }
      - { name: Unit, type: number, from: u }
      - { name: Warranty, type: date, from: warranty_until }
      - { name: Site, type: option, from: site, words: { ams1: Amsterdam 1 } }
      - { name: Bin, type: text, from: spare_bin }
      - { name: Sentence, type: text, value: '{server_serial} in {site}' }
      - { name: Half a sentence, type: text, value: '{server_serial} in {rack}' }
  disk:
    for: [REPLACE_DISK]
    issueType: Incident
    priorities: { LOW: P4, MEDIUM: P3, HIGH: null, CRITICAL: P1 }
    fields: []
  urgent: { project: URG }
`);

describe('a template', () => {
  test('fills what it names: what is not known is said to people and kept from fields', () => {
    const filled = fillTemplate(FILE, { ...draftForTests, type: 'CHECK_FAN', facts: FACTS });
    expect(filled).toMatchObject({
      ...{ template: 'default', project: null, issueType: null, summary: '[ams1] Drive failed', priority: 'High' },
      paragraphs: ['Rack not known', 'Bay 4 reports reallocated sectors.', 'Serial ABC1234'],
      labels: ['hardware', 'CHECK_FAN'],
    });
    expect(Object.fromEntries(filled.fields.map(({ name, value }) => [name, value]))).toEqual({
      ...{ Serial: 'ABC1234', Rack: 'unknown', Unit: 7, Warranty: '2027-01-31', Site: 'Amsterdam 1' },
      Sentence: 'ABC1234 in ams1',
    });
  });

  test('is chosen by the rule’s name, else by the kind of work; what it does not say is as in default', () => {
    const disk = fillTemplate(FILE, { ...draftForTests, facts: FACTS });
    expect(disk).toMatchObject({
      template: 'disk',
      issueType: 'Incident',
      summary: '[ams1] Drive failed',
      priority: null,
      fields: [],
    });
    const urgent = fillTemplate(FILE, { ...draftForTests, template: 'urgent', facts: FACTS });
    expect([urgent.template, urgent.project, urgent.fields.length]).toEqual(['urgent', 'URG', 6]);
    expect(fillTemplate(FILE, { ...draftForTests, template: 'nosuch' }).template).toBe('disk');
  });

  test('puts no value of another type into a field', () => {
    const facts = { ...FACTS, u: 'seven', warranty_until: 'next year' };
    const names = fillTemplate(FILE, { ...draftForTests, type: 'X', facts }).fields.map(({ name }) => name);
    expect(names).not.toContain('Unit');
    expect(names).not.toContain('Warranty');
  });

  test('has no words but its own: a fact is text, whatever it says', () => {
    const facts = { ...FACTS, site: '{server_serial} ${x} {paragraphs}' };
    expect(fillTemplate(FILE, { ...draftForTests, facts }).summary).toBe(
      '[{server_serial} ${x} {paragraphs}] Drive failed',
    );
  });
});

describe('a file', () => {
  test.each([
    ["  default: { summary: '{serial}' }", /templates\.default\.summary: \{serial\} is unknown; there are: site, rack/],
    ['  disk: {}', /templates: there is no template `default`/],
    ['  default: {}\n  a: { for: [X] }\n  b: { for: [X] }', /templates\.b\.for\.0: X is for a already/],
    ['  default: { fields: [{ name: A, type: text }] }', /either `from` or `value`/],
    ['  default: { fields: [{ name: A, type: tex, from: u }] }', /templates\.default\.fields\.0\.type/],
    ['  default: { priorities: { HIGH: High } }', /priorities/],
    ['  default: { code: 1 }', /code/],
  ])('%s is refused', (templates, fault) => {
    expect(faultsOf(fileForTests(templates)).join('\n')).toMatch(fault);
  });

  test('whose tests do not hold is refused, with what came instead', () => {
    const text = fileForTests('  default: {}').replace('draft: {}', 'draft: { priority: LOW }\n    priority: Lowest');
    expect(faultsOf(text)).toEqual(['tests.0.priority: is "Low"']);
  });

  test('fits the schema for editors, which mappings/schema holds: `reanimator mappings schema jira-tickets` prints it', () => {
    const file = new URL('../../../mappings/schema/jira-tickets.schema.json', import.meta.url);
    const published = JSON.parse(readFileSync(file, 'utf8')) as object;
    expect(published).toEqual(JSON.parse(JSON.stringify(templateSchema())));
    const fits = new Ajv({ strict: false }).compile(published);
    const own = readFileSync(new URL('../../../mappings/jira-default.yaml', import.meta.url), 'utf8');
    expect(fits(parse(own))).toBe(true);
    expect(fits(parse(own.replace('tickets: jira', 'tickets: other')))).toBe(false);
  });
});

describe('a folder', () => {
  function folderOf(files: Record<string, string>): string {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'jira-templates-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
    return folder;
  }
  const sound = fileForTests('  default: {}');

  test('has one file for a project, or the one for all others', () => {
    const own = fileForTests('  default: { issueType: Incident }', 'OPS');
    const templates = loadTemplates(
      folderOf({ 'jira-default.yaml': sound, 'jira-ops.yaml': own, 'netbox-x.yaml': '[' }),
    );
    expect(templates.of('OPS').templates['default']?.issueType).toBe('Incident');
    expect(templates.of('HW').project).toBeNull();
  });

  test('with a fault stops the start, and names file and line', () => {
    expect(() => loadTemplates(folderOf({ 'jira-default.yaml': sound, 'jira-b.yaml': sound }))).toThrow(
      'jira-default.yaml: another file is for all other projects already',
    );
    expect(() => loadTemplates(folderOf({ 'jira-ops.yaml': fileForTests('  default: {}', 'OPS') }))).toThrow(
      'project: null',
    );
    const bad = fileForTests("  default:\n    labels: ['{nosuch}']");
    expect(() => loadTemplates(folderOf({ 'jira-default.yaml': bad }))).toThrow(
      /^jira-default\.yaml:6: templates\.default\.labels\.0: \{nosuch\} is unknown/,
    );
    expect(() => loadTemplates(folderOf({ 'jira-default.yaml': 'a: [' }))).toThrow(/^jira-default\.yaml:\d+: /);
  });

  test('of the hub is sound', () => {
    expect(loadTemplates().files.length).toBeGreaterThan(0);
  });
});

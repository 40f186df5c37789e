// `npm run readme`: writes the generated parts of the READMEs. A test compares them, so that they cannot fall behind.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { adapters } from '#adapters/index.ts';
import { lifecycle } from '#src/assets/model.ts';
import { settingRows } from '#src/config.ts';

const root = path.dirname(import.meta.dirname);

export interface GeneratedPart {
  file: string;
  /** Stands between `<!-- begin NAME -->` and `<!-- end NAME -->`. */
  name: string;
  text: string;
}

export function generatedParts(): GeneratedPart[] {
  return [
    { file: 'README.md', name: 'settings', text: settingsTable() },
    { file: 'README.md', name: 'life of a server', text: lifecyclePicture() },
    { file: 'adapters/README.md', name: 'adapters', text: adaptersTable() },
  ];
}

/** @throws Error where the marks are missing */
export function withPart(document: string, { file, name, text }: GeneratedPart): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from === -1 || to < from)
    throw new Error(`${file}: put "${begin}" and "${end}" where the generated part belongs`);
  return `${document.slice(0, from + begin.length)}\n${text}\n${document.slice(to)}`;
}

function settingsTable(): string {
  const rows = settingRows(adapters).map(
    ({ name, needed, secret, description }) =>
      `| \`${name}\`${secret ? ' 🔑' : ''} | ${needed} | ${description.replaceAll('|', '\\|')} |`,
  );
  return ['| setting | default | what it is |', '|---|---|---|', ...rows].join('\n');
}

function lifecyclePicture(): string {
  const lines = Object.entries(lifecycle.moves).flatMap(([move, { from, to }]) => {
    const roads = from as readonly string[];
    // A move that starts from many states would hide all others.
    return roads.length > 4 ? [] : roads.map((state) => `  ${state} --> ${to}: ${move}`);
  });
  return [
    '```mermaid',
    'stateDiagram-v2',
    '  direction LR',
    '  [*] --> ORDERED',
    ...lines,
    '  any_before_DISCOVERED --> DISCOVERED: discover',
    '  any_from_DISCOVERED_to_MAINTENANCE --> BROKEN: break',
    '```',
  ].join('\n');
}

function adaptersTable(): string {
  const rows = adapters.map(
    ({ id, title, capabilities, hasWebhook, testedWith }) =>
      `| [${id}](${id}/README.md) | ${title} | ${capabilities.join(', ') || '–'} | ${hasWebhook ? `\`/hooks/${id}\`` : '–'} | ${testedWith.join(', ')} |`,
  );
  return ['| adapter | system | provides | webhook | tested with |', '|---|---|---|---|---|', ...rows].join('\n');
}

if (import.meta.main) {
  for (const part of generatedParts()) {
    const file = path.join(root, part.file);
    writeFileSync(file, withPart(readFileSync(file, 'utf8'), part));
  }
}

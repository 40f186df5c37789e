export type Fact = string | number | boolean;

const PLACE = /\{([a-zA-Z]{1,40})(?::(\d)(?:\.(\d))?)?\}/g;

/** The facts that a template names, in their order, each once. */
export function factsIn(template: string): string[] {
  return [...new Set([...template.matchAll(PLACE)].map((match) => match[1] ?? ''))];
}

/** `{name}`, `{name:4}` (zeros in front), `{name:2.2}` (and at least two decimals). What is not known is left out. */
export function fillTemplate(template: string, facts: Readonly<Record<string, Fact | undefined>>): string {
  return template.replaceAll(PLACE, (_all, name: string, width?: string, decimals?: string) => {
    const fact = facts[name];
    if (typeof fact !== 'number' || width === undefined) return String(fact ?? '');
    const [whole = '', fraction = ''] = String(fact).split('.');
    const front = whole.padStart(Number(width), '0');
    return decimals === undefined && fraction === ''
      ? front
      : `${front}.${fraction.padEnd(Number(decimals ?? 0), '0')}`;
  });
}

import { parse as parseYaml } from 'yaml';

/**
 * The variables of a host with our address in them, as JSON text; undefined when nothing has to change. Others stay: people and
 * inventory sources put theirs there too. AWX keeps variables as text, JSON or YAML.
 * @throws Error where the text there is neither, or is not a mapping: it is not ours to overwrite
 */
export function withAddress(text: string, address: string | null): string | undefined {
  if (address === null) return undefined;
  const variables = parseVariables(text);
  if (variables['ansible_host'] === address) return undefined;
  return JSON.stringify({ ...variables, ansible_host: address });
}

function parseVariables(text: string): Record<string, unknown> {
  if (text.trim() === '' || text.trim() === '---') return {};
  const value: unknown = parseYaml(text); // JSON is YAML
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error('variables are not a mapping');
  return value as Record<string, unknown>;
}

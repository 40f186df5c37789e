import type { Node } from 'oxc-parser';
import { dotted, nodesOf, type SourceFile } from '#test/kit/source-files.ts';

/** Where a file reads the environment. */
export function environmentReads(source: SourceFile): Node[] {
  return [...nodesOf(source.program)].filter((node) => dotted(node) === 'process.env');
}

/** Where a file speaks SQL: calls a knex by name, `.raw(…)`, or holds a statement. */
export function sqlOf(source: SourceFile): Node[] {
  return [...nodesOf(source.program)].filter((node) => {
    if (node.type === 'CallExpression') {
      const callee = dotted(node.callee) ?? '';
      if (/(^|\.)(db|trx)$/.test(callee)) return true;
      return /\.raw$/.test(callee) && callee !== 'express.raw' && callee !== 'String.raw';
    }
    return /^\s*(SELECT\s.+\sFROM|INSERT\s+(IGNORE\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\s/s.test(textOf(node));
  });
}

function textOf(node: Node): string {
  if (node.type === 'TemplateElement') return node.value.raw;
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : '';
}

/** Where a file names Express' request or answer. */
export function requestNames(source: SourceFile): Node[] {
  return [...nodesOf(source.program)].filter(
    (node) => node.type === 'Identifier' && (node.name === 'req' || node.name === 'res'),
  );
}

/**
 * Calls of another system inside of a transaction: in what is handed to `tx(…)` (or as the handler of a route that writes)
 * nothing may be used that came from `adapters.use(…)`, no effect be done and nothing be fetched.
 */
export function outsideCallsInTransactions(source: SourceFile): Node[] {
  const all = [...nodesOf(source.program)];
  const capabilities = new Set(
    all.flatMap((node) =>
      node.type === 'VariableDeclarator' && node.id.type === 'Identifier' && node.init && isUse(node.init)
        ? [node.id.name]
        : [],
    ),
  );
  return all.flatMap((node) => {
    if (
      node.type !== 'CallExpression' ||
      node.callee.type !== 'Identifier' ||
      !['tx', 'post'].includes(node.callee.name)
    )
      return [];
    const bodies = node.arguments.filter(
      (given) => given.type === 'ArrowFunctionExpression' || given.type === 'FunctionExpression',
    );
    return bodies.flatMap((body) => [...nodesOf(body)].filter((inner) => isOutsideCall(inner, capabilities)));
  });
}

function isUse(node: Node): boolean {
  return node.type === 'CallExpression' && /(^|\.)adapters\.use$/.test(dotted(node.callee) ?? '');
}

function isOutsideCall(node: Node, capabilities: ReadonlySet<string>): boolean {
  if (node.type !== 'CallExpression') return false;
  const callee = dotted(node.callee) ?? '';
  if (isUse(node) || /(^|\.)(effect|performEffect|fetch)$/.test(callee) || /^(https?|undici|axios)\./.test(callee))
    return true;
  return callee.includes('.') && capabilities.has(callee.split('.')[0] ?? '');
}

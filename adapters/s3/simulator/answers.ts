import type { SimulatedAnswer } from '#src/kit/simulator.ts';

/** Elements in the order of their entries; a list becomes repeated elements, undefined none. */
export interface Xml {
  [name: string]: string | number | boolean | undefined | Xml | Xml[];
}

export function xml(status: number, root: string, content: Xml): SimulatedAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${write(content)}</${root}>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

/** An error as S3 says it, without the namespace. */
export function refuse(status: number, code: string, message: string): SimulatedAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${write({ Code: code, Message: message })}</Error>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

function write(content: Xml): string {
  return Object.entries(content)
    .flatMap(([name, value]) => {
      if (value === undefined) return [];
      const values = Array.isArray(value) ? value : [value];
      return values.map((one) => `<${name}>${typeof one === 'object' ? write(one) : escape(String(one))}</${name}>`);
    })
    .join('');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

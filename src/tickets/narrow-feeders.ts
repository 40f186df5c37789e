import type { Feeder } from '../feeds/reads.ts';

/**
 * Of what a server hangs on that which the part of an alert hangs on, where its name tells: it is the port's (`eth0`), or has its number
 * (`PSU.Slot.2` is the socket `PSU2`) where the sockets are numbered from 1 on. All of them where it does not tell.
 */
export function narrowed(feeders: readonly Feeder[], component: string): Feeder[] {
  const all = [...feeders];
  if (component === '' || all.length < 2) return all;
  const by = (isIt: (port: string) => boolean): Feeder[] =>
    all.filter(({ feeds }) => feeds.some(({ port }) => isIt(port)));
  const named = by((port) => squeezed(port) === squeezed(component));
  if (named.length > 0) return named;
  const number = numberOf(component);
  const numbers = new Set(all.flatMap(({ feeds }) => feeds.map(({ port }) => numberOf(port))));
  const isNumbered = [...numbers].every((one) => one !== undefined && one >= 1 && one <= numbers.size);
  if (all.some(({ level }) => level !== 'pdu') || !isNumbered || number === undefined) return all;
  const numbered = by((port) => numberOf(port) === number);
  return numbered.length > 0 ? numbered : all;
}

function squeezed(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** A number alone may be counted from 0 on as well as from 1: it says nothing. */
function numberOf(text: string): number | undefined {
  const digits = /[a-z].*?(\d+)$/i.exec(text.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

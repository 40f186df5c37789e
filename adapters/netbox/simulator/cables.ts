import type { Row } from './database.ts';
import { save, told, type Operation } from './tell.ts';
import type { Body } from './write.ts';
import { Crash, Invalid } from './refusals.ts';

/** Undefined: the write does not speak of this end. */
export interface CableEnds {
  A: Row[] | undefined;
  B: Row[] | undefined;
}

/** The ends that a write names; `cable`: the one that is changed. Only interfaces can be connected here. @throws Invalid, Crash */
export function readEnds({ world: { database } }: Operation, body: Body, cable?: Row): CableEnds {
  const ends: CableEnds = { A: portsOf(body.a_terminations), B: portsOf(body.b_terminations) };
  if (!cable && (!ends.A?.length || !ends.B?.length))
    throw new Invalid({ __all__: ['Must define A and B terminations when creating a new cable.'] });
  if (ends.A?.some((one) => ends.B?.includes(one)))
    throw new Invalid({ __all__: ['A and B terminations cannot connect to the same object.'] });
  for (const port of [...(ends.A ?? []), ...(ends.B ?? [])]) {
    const taken = port.cable !== null && port.cable !== cable?.id;
    if (!taken) continue;
    const message = `Duplicate termination found for dcim.interface ${port.id}: cable ${String(port.cable)}`;
    throw new Invalid({ __all__: [message] });
  }
  return ends;

  function portsOf(given: unknown): Row[] | undefined {
    if (!Array.isArray(given)) return undefined;
    return given.map((one: Body) => {
      if (one.object_type !== 'dcim.interface')
        throw new Invalid({ a_terminations: [`${String(one.object_type)} cannot be connected in this simulator.`] });
      const port = database.find('interface', one.object_id);
      // The real one fails without a word about which.
      if (!port) throw new Crash('Interface matching query does not exist.', 'DoesNotExist');
      return port;
    });
  }
}

export function connectCable(operation: Operation, cable: Row, ends: CableEnds): void {
  const { database } = operation.world;
  for (const end of ['A', 'B'] as const) {
    const wanted = ends[end];
    if (!wanted) continue;
    const have = database.by('cableTermination', 'cable', cable.id).filter((one) => one.cable_end === end);
    for (const old of have) if (!wanted.some((port) => port.id === old.termination_id)) disconnect(operation, old);
    for (const port of wanted) if (port.cable !== cable.id) connect(operation, cable, port, end);
  }
}

function connect(operation: Operation, cable: Row, port: Row, end: 'A' | 'B'): void {
  const termination = operation.world.database.insert('cableTermination', {
    cable: cable.id,
    cable_end: end,
    termination_type: 'dcim.interface',
    termination_id: port.id,
  });
  told(operation, 'created', 'cableTermination', termination, null, {});
  save(operation, 'interface', port, { cable: cable.id, cable_end: end });
}

function disconnect(operation: Operation, termination: Row): void {
  const { database } = operation.world;
  const port = database.find('interface', termination.termination_id);
  if (port) save(operation, 'interface', port, { cable: null, cable_end: null });
  told(operation, 'deleted', 'cableTermination', termination, { ...termination }, {});
  database.delete('cableTermination', termination.id);
}

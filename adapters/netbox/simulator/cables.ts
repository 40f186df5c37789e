import type { Row } from './database.ts';
import { type CABLED, cabledOfType, MODELS } from './model.ts';
import { snapshot } from './snapshot.ts';
import { save, told, type Operation } from './tell.ts';
import type { Body } from './write.ts';
import { Crash, Invalid } from './refusals.ts';

interface End {
  model: (typeof CABLED)[number];
  port: Row;
}
/** Undefined: the write does not speak of this end. */
export interface CableEnds {
  A: End[] | undefined;
  B: End[] | undefined;
}

const FITS = { interface: 'interface', powerPort: 'powerOutlet', powerOutlet: 'powerPort' } as const;

/** The ends that a write names; `cable`: the one that is changed. Interfaces go to interfaces, power ports to outlets. @throws Invalid, Crash */
export function readEnds({ world: { database } }: Operation, body: Body, cable?: Row): CableEnds {
  const ends: CableEnds = { A: portsOf(body.a_terminations), B: portsOf(body.b_terminations) };
  if (!cable && (!ends.A?.length || !ends.B?.length))
    throw new Invalid({ __all__: ['Must define A and B terminations when creating a new cable.'] });
  if (ends.A?.some((one) => ends.B?.some(({ port }) => port === one.port)))
    throw new Invalid({ __all__: ['A and B terminations cannot connect to the same object.'] });
  for (const one of ends.A ?? [])
    for (const other of ends.B ?? [])
      if (FITS[one.model] !== other.model)
        throw new Invalid({ __all__: [`Incompatible termination types: ${typeOf(one)} and ${typeOf(other)}`] });
  for (const end of [...(ends.A ?? []), ...(ends.B ?? [])]) {
    const { port } = end;
    const taken = port.cable !== null && port.cable !== cable?.id;
    if (!taken) continue;
    const message = `Duplicate termination found for ${typeOf(end)} ${port.id}: cable ${String(port.cable)}`;
    throw new Invalid({ __all__: [message] });
  }
  return ends;

  function portsOf(given: unknown): End[] | undefined {
    if (!Array.isArray(given)) return undefined;
    return given.map((one: Body) => {
      const model = cabledOfType(one.object_type);
      if (model === undefined)
        throw new Invalid({ a_terminations: [`${String(one.object_type)} cannot be connected in this simulator.`] });
      const port = database.find(model, one.object_id);
      // The real one fails without a word about which.
      if (!port) throw new Crash(`${MODELS[model].label} matching query does not exist.`, 'DoesNotExist');
      return { model, port };
    });
  }
}

function typeOf({ model }: End): string {
  return MODELS[model].objectType;
}

export function connectCable(operation: Operation, cable: Row, ends: CableEnds): void {
  const { database } = operation.world;
  for (const end of ['A', 'B'] as const) {
    const wanted = ends[end];
    if (!wanted) continue;
    const have = database.by('cableTermination', 'cable', cable.id).filter((one) => one.cable_end === end);
    for (const old of have) if (!wanted.some((one) => isAt(one, old))) disconnect(operation, old);
    for (const one of wanted) if (one.port.cable !== cable.id) connect(operation, cable, one, end);
  }
}

function isAt(end: End, termination: Row): boolean {
  return typeOf(end) === termination.termination_type && end.port.id === termination.termination_id;
}

function connect(operation: Operation, cable: Row, { model, port }: End, end: 'A' | 'B'): void {
  const termination = operation.world.database.insert('cableTermination', {
    cable: cable.id,
    cable_end: end,
    termination_type: MODELS[model].objectType,
    termination_id: port.id,
  });
  told(operation, 'created', 'cableTermination', termination, null, {});
  save(operation, model, port, { cable: cable.id, cable_end: end });
}

function disconnect(operation: Operation, termination: Row): void {
  const { database } = operation.world;
  const model = cabledOfType(termination.termination_type);
  const port = model && database.find(model, termination.termination_id);
  if (port) save(operation, model, port, { cable: null, cable_end: null });
  told(operation, 'deleted', 'cableTermination', termination, snapshot(database, 'cableTermination', termination), {});
  database.delete('cableTermination', termination.id);
}

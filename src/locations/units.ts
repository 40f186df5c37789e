/** What fills some units of a rack. `position` is the lowest number that it fills; halves are allowed. */
export interface InRack {
  id: string;
  name: string | null;
  serial: string | null;
  position: number;
  heightU: number;
}

export interface Unit {
  unit: number;
  free: boolean;
  assets: InRack[];
}

/** From the top of the rack to its bottom, each unit with what is in it. */
export function drawUnits(rack: { heightU: number; unitsFrom: 'bottom' | 'top' }, inside: readonly InRack[]): Unit[] {
  const units = Array.from({ length: rack.heightU }, (_, index) => {
    const unit = rack.unitsFrom === 'top' ? index + 1 : rack.heightU - index;
    const assets = inside.filter((one) => one.position < unit + 1 && unit < one.position + one.heightU);
    return { unit, free: assets.length === 0, assets };
  });
  return units;
}

/** Why something does not fit into the rack at all; undefined when it does. */
export function whyNotWithin(
  rack: { name: string; heightU: number },
  wanted: { position: number; heightU: number },
): string | undefined {
  const top = wanted.position + wanted.heightU;
  if (wanted.position >= 1 && top <= rack.heightU + 1) return undefined;
  return `${rack.name} has the units 1 to ${rack.heightU}; ${wanted.heightU} U from U${wanted.position} do not fit`;
}

/** The first that fills a unit, or half of one, that is wanted. */
export function inTheWay(
  inside: readonly InRack[],
  wanted: { id: string | null; position: number; heightU: number },
): InRack | undefined {
  return inside.find(
    (one) =>
      one.id !== wanted.id &&
      one.position < wanted.position + wanted.heightU &&
      wanted.position < one.position + one.heightU,
  );
}

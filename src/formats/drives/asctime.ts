/** Hours before UTC of the zones whose letters mean one thing only; `CST`, `IST`, `BST` and `MSK` (which has moved) are left out. */
const ZONES: Record<string, number> = {
  UTC: 0,
  GMT: 0,
  UCT: 0,
  Z: 0,
  WET: 0,
  WEST: 1,
  CET: 1,
  CEST: 2,
  EET: 2,
  EEST: 3,
  EST: -5,
  EDT: -4,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  JST: 9,
};
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** 'Wed Sep 30 08:30:21 2020 UTC' or '… +03' as ISO 8601; null where the zone does not say when that was. */
export function asctimeToIso(text: string): string | null {
  const found =
    /^(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}):(\d{2}):(\d{2}) (\d{4}) ([A-Z]{1,5}|[+-]\d{2}(?::?\d{2})?)$/.exec(
      text.trim(),
    );
  if (found === null) return null;
  const [, month = '', day, hour, minute, second, year, zone = ''] = found;
  const offset = zoneMinutes(zone);
  const index = MONTHS.indexOf(month);
  if (offset === null || index < 0) return null;
  const time = Date.UTC(Number(year), index, Number(day), Number(hour), Number(minute), Number(second));
  return new Date(time - offset * 60_000).toISOString();
}

function zoneMinutes(zone: string): number | null {
  const hours = ZONES[zone];
  if (hours !== undefined) return hours * 60;
  const found = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (found === null) return null;
  const minutes = Number(found[2]) * 60 + Number(found[3] ?? 0);
  return found[1] === '-' ? -minutes : minutes;
}

/** Maker and model, without saying the maker twice. @param {{ manufacturer: string | null, model: string | null }} part */
export function partName({ manufacturer, model }) {
  if (manufacturer && model && model.toLowerCase().startsWith(manufacturer.toLowerCase())) return model;
  return [manufacturer, model].filter(Boolean).join(' ');
}

/**
 * Upper case with colons; null for what is none. Accepts dashes (Intel) and bare digits; drops what identifies nothing
 * (all zeros, broadcast) and the 64-bit GUIDs and WWNs that stand in the same fields.
 */
export function asMac(text: string | null): string | null {
  const digits = (text ?? '').replaceAll(/[:-]/g, '').toUpperCase();
  if (!/^[0-9A-F]{12}$/.test(digits) || /^(0{12}|F{12})$/.test(digits)) return null;
  return digits.replaceAll(/(..)(?!$)/g, '$1:');
}

export function asMacs(texts: readonly (string | null)[]): string[] {
  return [...new Set(texts.map(asMac).filter((mac) => mac !== null))];
}

interface Interface {
  Id: string | null;
  EthernetInterfaceType: string | null;
  Links: { HostInterface: string | null };
}

/** Software ends: the USB network between host and BMC, VLANs, bridges. They have MACs of their own making and are no hardware. */
export function isVirtual(one: Interface): boolean {
  if (one.EthernetInterfaceType?.toLowerCase() === 'virtual' || one.Links.HostInterface !== null) return true;
  return /^(to(host|manager)|.*usb\d+|tmfifo.*|vlan.*|bond\d+|br\d+|lo)$/i.test(one.Id ?? '');
}

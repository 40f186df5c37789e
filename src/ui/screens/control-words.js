/**
 * What a server can be told, in the words of the buttons.
 * @typedef {{ action: string, text: string, says: string, from: ('On' | 'Off')[] }} PowerButton
 */

/** `from`: the power states in which it makes sense. Where the state is unknown, all of them. @type {PowerButton[]} */
export const POWER_BUTTONS = [
  { action: 'on', text: 'Switch on', says: 'The server starts.', from: ['Off'] },
  { action: 'off', text: 'Shut down', says: 'Its operating system is asked to shut down.', from: ['On'] },
  {
    action: 'force-off',
    text: 'Switch off at once',
    says: 'Its operating system is not asked: what is not written to disk is lost.',
    from: ['On'],
  },
  { action: 'restart', text: 'Restart', says: 'Its operating system is asked to restart.', from: ['On'] },
  {
    action: 'force-restart',
    text: 'Restart at once',
    says: 'Its operating system is not asked: what is not written to disk is lost.',
    from: ['On'],
  },
  {
    action: 'cycle',
    text: 'Cycle the power',
    says: 'Its power is taken away for a moment: what is not written to disk is lost.',
    from: ['On'],
  },
];

/** Where a server may boot from, once. @type {[string, string][]} */
export const BOOT_CHOICES = [
  ['pxe', 'Network (PXE)'],
  ['uefi-http', 'Network (UEFI HTTP)'],
  ['hdd', 'Disk'],
  ['cd', 'CD, also a virtual one'],
  ['usb', 'USB stick'],
  ['bios-setup', 'Firmware setup'],
  ['diags', 'Diagnostics'],
  ['none', 'As usual: take the choice back'],
];

/** @param {string | null} state as the BMC said last; null: it did not say, or nobody has asked */
export function powerButtons(state) {
  const side = sideOf(state);
  return POWER_BUTTONS.filter(({ from }) => side === null || from.includes(side));
}

/** @param {string | null} state @returns {'On' | 'Off' | null} */
function sideOf(state) {
  if (state === 'On' || state === 'PoweringOn') return 'On';
  return state === 'Off' ? 'Off' : null;
}

/** @param {{ enabled: string | null, target: string | null, mode: string | null } | null} boot */
export function bootText(boot) {
  if (boot === null) return null;
  if (boot.enabled === 'Disabled') return 'as usual';
  if (boot.target === null) return null;
  const often = boot.enabled === 'Continuous' ? 'every time' : 'once';
  return `${boot.target}, ${often}${boot.mode === null ? '' : ` (${boot.mode})`}`;
}

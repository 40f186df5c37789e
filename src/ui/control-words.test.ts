import { describe, expect, test } from 'vitest';
import { BOOT_TARGETS, POWER_ACTIONS } from '../ports/bmc-control.ts';
import { BOOT_CHOICES, bootText, POWER_BUTTONS, powerButtons } from './screens/control-words.js';

const actions = (state: string | null) => powerButtons(state).map(({ action }) => action);

describe('what a server can be told', () => {
  test('only what the hub knows, and every boot target', () => {
    for (const { action } of POWER_BUTTONS) expect(POWER_ACTIONS).toContain(action);
    expect(BOOT_CHOICES.map(([target]) => target).toSorted()).toEqual([...BOOT_TARGETS].toSorted());
  });

  test('what makes sense in its state; all of it where that is unknown', () => {
    expect(actions('Off')).toEqual(['on']);
    expect(actions('On')).not.toContain('on');
    for (const unknown of [null, 'PoweringOff', 'Paused']) expect(actions(unknown)).toHaveLength(POWER_BUTTONS.length);
  });

  test('the next boot in words', () => {
    expect(bootText(null)).toBeNull();
    expect(bootText({ enabled: 'Disabled', target: 'Pxe', mode: 'UEFI' })).toBe('as usual');
    expect(bootText({ enabled: 'Once', target: 'Pxe', mode: 'UEFI' })).toBe('Pxe, once (UEFI)');
    expect(bootText({ enabled: 'Continuous', target: 'Hdd', mode: null })).toBe('Hdd, every time');
    expect(bootText({ enabled: null, target: null, mode: null })).toBeNull();
  });
});

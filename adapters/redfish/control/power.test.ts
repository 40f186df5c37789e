import { describe, expect, test } from 'vitest';
import { AdapterError } from '../../../src/ports/adapter-error.ts';
import { controlLab, SYSTEM } from './lab-for-tests.ts';

describe('power', () => {
  test('switches off and on, says what was sent, and sends nothing where it is so already', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('dell');
    const off = await control.setPower(target, 'off', signal);
    expect(off).toEqual({ outcome: 'accepted', resetType: 'GracefulShutdown', before: 'On', after: 'Off' });
    const again = await control.setPower(target, 'force-off', signal);
    expect(again).toEqual({ outcome: 'already', resetType: null, before: 'Off', after: 'Off' });
    const on = await control.setPower(target, 'on', signal);
    expect(on).toMatchObject({ outcome: 'accepted', resetType: 'On', before: 'Off', after: 'On' });
    expect(await control.setPower(target, 'on', signal)).toMatchObject({ outcome: 'already' });
    expect(writes().map(({ json }) => json)).toEqual([{ ResetType: 'GracefulShutdown' }, { ResetType: 'On' }]);
    expect(bmc.powerState()).toBe('On');
  });

  test.each(['hpe', 'supermicro', 'openbmc'] as const)(
    '%s: reads what is allowed, inline or from ActionInfo',
    async (tree) => {
      const { control, target, signal } = await controlLab(tree);
      const { state, allowed } = await control.readPower(target, signal);
      expect(state).not.toBeNull();
      expect(allowed).toContain('ForceRestart');
    },
  );

  test('a power state that nobody knows is unknown, not off', async () => {
    const { bmc, control, target, signal } = await controlLab('dell');
    bmc.change(SYSTEM.dell, { PowerState: 'Sleeping' });
    expect((await control.readPower(target, signal)).state).toBeNull();
    bmc.change(SYSTEM.dell, { PowerState: null });
    expect((await control.readPower(target, signal)).state).toBeNull();
    expect(await control.setPower(target, 'on', signal)).toMatchObject({ outcome: 'accepted', before: null });
  });

  test('nothing that does it: says what there is, and sends nothing', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('dell');
    const action = '#ComputerSystem.Reset';
    const target_ = `${SYSTEM.dell}/Actions/ComputerSystem.Reset`;
    const values = { target: target_, 'ResetType@Redfish.AllowableValues': ['On', 'ForceOff'] };
    bmc.change(SYSTEM.dell, { Actions: { [action]: values } });
    const error = await control.setPower(target, 'restart', signal).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(AdapterError);
    expect(error).toMatchObject({
      kind: 'rejected',
      message: expect.stringMatching(/GracefulRestart.*offers On, ForceOff/),
    });
    expect(writes()).toEqual([]);
  });

  test('the power button only for who knows the state', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('dell');
    const path = `${SYSTEM.dell}/Actions/ComputerSystem.Reset`;
    const button = { target: path, 'ResetType@Redfish.AllowableValues': ['PushPowerButton'] };
    bmc.change(SYSTEM.dell, { Actions: { '#ComputerSystem.Reset': button }, PowerState: null });
    await expect(control.setPower(target, 'on', signal)).rejects.toMatchObject({ kind: 'rejected' });
    expect(writes()).toEqual([]);
    bmc.change(SYSTEM.dell, { PowerState: 'Off' });
    expect(await control.setPower(target, 'on', signal)).toMatchObject({ resetType: 'PushPowerButton', after: 'On' });
  });

  test('a restart of a server that is off is refused before anything is sent', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('dell');
    bmc.change(SYSTEM.dell, { PowerState: 'Off' });
    for (const action of ['restart', 'force-restart', 'cycle', 'nmi'] as const)
      await expect(control.setPower(target, action, signal)).rejects.toMatchObject({ kind: 'rejected' });
    expect(writes()).toEqual([]);
  });

  test('a cycle where the BMC has none is made of off and on', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('hpe');
    bmc.change(SYSTEM.hpe, { PowerState: 'On' });
    const done = await control.setPower(target, 'cycle', signal);
    expect(done).toMatchObject({ outcome: 'accepted', resetType: 'ForceOff, On', before: 'On', after: 'On' });
    expect(writes().map(({ json }) => json)).toEqual([{ ResetType: 'ForceOff' }, { ResetType: 'On' }]);
  });

  test('409 shortly after a change is waited out, and not for ever', async () => {
    const { control, target, signal, writes } = await controlLab(
      'dell',
      { busyMs: 700 },
      { busyMs: 100, busyTries: 50 },
    );
    await control.setPower(target, 'force-off', signal);
    expect(await control.setPower(target, 'on', signal)).toMatchObject({ outcome: 'accepted', after: 'On' });
    expect(writes().length).toBeGreaterThan(2);
    const stuck = await controlLab('dell', { busyMs: 60_000 });
    await stuck.control.setPower(stuck.target, 'force-off', stuck.signal);
    await expect(stuck.control.setPower(stuck.target, 'on', stuck.signal)).rejects.toMatchObject({ status: 409 });
    expect(stuck.writes()).toHaveLength(1 + 5);
  });

  test('400 because somebody else was quicker is "already"', async () => {
    const { bmc, control, target, signal } = await controlLab('hpe', { whenAlready: 400 });
    bmc.change(SYSTEM.hpe, { PowerState: 'Off' });
    bmc.watch((request, phase) => {
      if (phase === 'before' && /ComputerSystem.Reset/.test(request.path)) bmc.change(SYSTEM.hpe, { PowerState: 'On' });
    });
    const done = await control.setPower(target, 'on', signal);
    expect(done).toEqual({ outcome: 'already', resetType: null, before: 'Off', after: 'On' });
  });

  test('a state that changes late is waited for; one that takes longer is told as it is', async () => {
    const late = await controlLab('openbmc', { powerStates: 'late', powerDelayMs: 80 });
    late.bmc.change(SYSTEM.openbmc, { PowerState: 'Off' });
    expect(await late.control.setPower(late.target, 'on', late.signal)).toMatchObject({ before: 'Off', after: 'On' });
    const slow = await controlLab('openbmc', { powerStates: 'late', powerDelayMs: 5_000 }, { powerMs: 40 });
    slow.bmc.change(SYSTEM.openbmc, { PowerState: 'Off' });
    const done = await slow.control.setPower(slow.target, 'on', slow.signal);
    expect(done).toMatchObject({ outcome: 'accepted', before: 'Off', after: 'Off' });
  });

  test('no answer after sending: unreachable, sent, asked for once; the next read tells', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('dell');
    bmc.addFault({ match: 'POST .*ComputerSystem.Reset', kind: 'drop-answer', times: 1 });
    const error = await control.setPower(target, 'force-off', signal).catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'unreachable', detail: { sent: true } });
    expect(writes()).toHaveLength(1);
    await expect.poll(() => bmc.powerState()).toBe('Off');
    expect(await control.setPower(target, 'force-off', signal)).toMatchObject({ outcome: 'already' });
  });

  test('is announced once, right before it is sent, and not where nothing is sent', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('hpe');
    bmc.change(SYSTEM.hpe, { PowerState: 'On' });
    const announced: number[] = [];
    const announce = async (): Promise<void> => void announced.push(writes().length);
    await control.setPower(target, 'on', signal, announce);
    expect(announced).toEqual([]);
    const stops = (): Promise<void> => Promise.reject(new Error('not now'));
    await expect(control.setPower(target, 'force-restart', signal, stops)).rejects.toThrow(AdapterError);
    expect(writes()).toEqual([]);
    await control.setPower(target, 'cycle', signal, announce);
    expect(writes().map(({ json }) => json)).toEqual([{ ResetType: 'ForceOff' }, { ResetType: 'On' }]);
    expect(announced).toEqual([0]);
  });

  test('no answer before anything was sent says so', async () => {
    const { bmc, control, target, signal } = await controlLab('dell');
    bmc.addFault({ match: 'GET .*Systems', kind: 'reset' });
    const error = await control.setPower(target, 'restart', signal).catch((one: unknown) => one);
    expect(error).toMatchObject({ kind: 'unreachable', detail: { sent: false } });
  });

  test('two servers behind one BMC: neither is touched', async () => {
    const { bmc, control, target, signal, writes } = await controlLab('openbmc');
    const one = bmc.read(SYSTEM.openbmc) ?? {};
    const other = `${SYSTEM.openbmc}2`;
    bmc.change(other, { ...one, '@odata.id': other, Id: 'system2' });
    const Members = [{ '@odata.id': SYSTEM.openbmc }, { '@odata.id': other }];
    bmc.change('/redfish/v1/Systems', { Members, 'Members@odata.count': 2 });
    const error = await control.setPower(target, 'force-off', signal).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'rejected', message: expect.stringContaining('system, system2') });
    expect(writes()).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redactSecrets, secretAttributesIn, withoutSecrets } from './redact.ts';
import { REDACTED, withoutSecretText } from './secret-shapes.ts';

const SECRET = 'Tr0ub4dor-&3x';

describe('what is taken out by its name', () => {
  test.each([
    'Password',
    'password',
    'PASSWORD',
    'AdminPassword',
    'Users.1.SHA256Password',
    'Users.1.SHA256PasswordSalt',
    'Users.2.MD5v3Key',
    'Users.2.SHA1v3Key',
    'Users.16.IPMIKey',
    'IPMILan.1.EncryptionKey',
    'IPMILan.1.CommunityName',
    'SNMP.1.AgentCommunity',
    'ReadCommunity',
    'CommunityString',
    'TrapCommunity',
    'iSCSIReverseChapSecret',
    'RadiusSecret',
    'MutualCHAPSecret',
    'AuthenticationKey',
    'EncryptionPassphrase',
    'user_pwd',
    'X-Auth-Token',
    'AccessToken',
    'LicenseKey',
    'ProductKey',
    'PrivateKey',
    'PreSharedKey',
    'WPA_PSK',
    'BindPassword_0119',
    'TimeBasedOneTimePassword',
    'Cookie',
    'Oem/Dell/SMBPasswd',
  ])('%s', (name) => {
    expect(withoutSecrets({ [name]: SECRET })).toEqual({ [name]: REDACTED });
    expect(withoutSecrets({ Oem: { Any: [{ [name]: SECRET }] } })).toEqual({ Oem: { Any: [{ [name]: REDACTED }] } });
  });

  test.each([
    'MinPasswordLength',
    'PasswordExpiration',
    'PasswordName',
    'PasswordGuidanceMessage',
    'TokenType',
    'CommunityAccessMode',
    'Security.1.PasswordRequireRegex',
    'SlotKey',
    'HotKeySequenceDisplay',
    'SSHHostKey',
    'SgxLePublicKeyHash0',
    'SerialNumber',
    'PassThrough',
    'Compass',
    'Monkey',
    'TokenServiceEndpoint',
    'Password@Redfish.AllowableValues',
    'KeyLocation',
  ])('%s stays', (name) => {
    const body = { [name]: 'Something said' };
    expect(withoutSecrets(body)).toBe(body);
  });

  test('numbers, lists and maps under such a name, but no links', () => {
    const link = { '@odata.id': '/redfish/v1/AccountService/Keys' };
    const body = {
      ...{
        Password: 12345678,
        ReadCommunities: ['public', 'rO-4711', ''],
        TrustedKeys: link,
        Passwords: { root: SECRET },
      },
      SNMP: { CommunityStrings: [{ Name: 'ops', CommunityString: 'rO-4711', AccessMode: 'Limited' }] },
      HttpHeaders: [{ 'X-Sender': SECRET }],
    };
    const text = JSON.stringify(withoutSecrets(body));
    for (const secret of [SECRET, '12345678', 'rO-4711', 'public']) expect(text).not.toContain(secret);
    expect(withoutSecrets(body)).toMatchObject({
      Password: 0,
      ReadCommunities: [REDACTED, REDACTED, ''],
      TrustedKeys: link,
    });
  });

  test('what is empty, masked or a yes is left as it is', () => {
    const body = {
      Password: null,
      OldPassword: '',
      PowerOnPassword: 0,
      LicenseKey: '*****',
      ForceChangePassword: 'False',
    };
    expect(withoutSecrets(body)).toBe(body);
  });

  test('a name beside its value', () => {
    const body = { Attributes: [{ Name: 'Users.2#Password', Value: SECRET, 'Set On Import': 'True' }] };
    expect(withoutSecrets(body)).toEqual({
      Attributes: [{ Name: 'Users.2#Password', Value: REDACTED, 'Set On Import': 'True' }],
    });
  });

  test('what a registry marks as a password', () => {
    const registry = {
      RegistryEntries: { Attributes: [{ AttributeName: 'SETUP002', Type: 'Password', DefaultValue: SECRET }] },
    };
    expect(secretAttributesIn(registry)).toEqual(['setup002']);
    expect(JSON.stringify(withoutSecrets(registry))).not.toContain(SECRET);
    const marked = new Set(secretAttributesIn(registry));
    expect(withoutSecrets({ Attributes: { SETUP002: SECRET } }, { marked })).toEqual({
      Attributes: { SETUP002: REDACTED },
    });
  });

  test('a hash in an account, whatever it is called, and not in firmware', () => {
    const hash = '5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8';
    const account = { '@odata.type': '#ManagerAccount.v1_9_0.ManagerAccount', Oem: { V: { Verifier: hash } } };
    expect(JSON.stringify(withoutSecrets(account))).not.toContain(hash);
    expect(withoutSecrets({ 'Users.3.Verifier': hash })).toEqual({ 'Users.3.Verifier': REDACTED });
    const firmware = { '@odata.type': '#SoftwareInventory.v1_9_0.SoftwareInventory', Digest: hash };
    expect(withoutSecrets(firmware)).toBe(firmware);
  });

  test('where events go, for people outside only', () => {
    const body = {
      '@odata.type': '#EventDestination.v1_9_0.EventDestination',
      Destination: 'https://hub/e/4711',
      Context: 'x1',
    };
    expect(withoutSecrets(body)).toBe(body);
    expect(withoutSecrets(body, { forOthers: true })).toMatchObject({ Destination: REDACTED, Context: REDACTED });
  });
});

describe('what shows itself by its look', () => {
  test.each([
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----', 'MIIEow'],
    [
      'root:$6$saltsalt$qFmFH.bQmmtXzyBY0s9v7Oicd2z4XSIecDzlB5KiA2/jctKu9YterLp8wwnSq.qc.eoxqOmSuNp2xS0ktL3nh/:0',
      'qFmFH',
    ],
    ['$2b$12$eImiTXuWVxfM37uY4JANjQ.abcdefghij', 'eImiTXu'],
    ['{SSHA}0c0blFTXXNuAMHECS4uxrj3ZieMoWImr', '0c0blFT'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U', 'dozjg'],
    ['DHHC-1:00:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNk:', 'QUJDREV'],
    ['installed AB1CD-2EF3G-H4J5K-L6M7N-P8Q9R today', '2EF3G'],
    ['Authorization: Basic cm9vdDpjYWx2aW4=', 'cm9vdDp'],
    ['//nas/share mounted from cifs://ops:hunter22@nas/share', 'hunter22'],
    ['https://hub/e?token=4711abc&x=1', '4711abc'],
    ['<Attribute Name="Users.2#Password">hunter22</Attribute>', 'hunter22'],
    ['<IPMIPassword a="1">hunter22</IPMIPassword>', 'hunter22'],
    ['set User.Password=hunter22 from CLI', 'hunter22'],
    ['password: hunter22', 'hunter22'],
    ['The password was "correct horse" before', 'correct'],
    ['racadm -r 10.0.0.1 -u root -p hunter22 get', 'hunter22'],
    ['ipmitool -I lanplus -U admin -P hunter22 sel', 'hunter22'],
    ['The value hunter22 for the property Password is not in the list', 'hunter22'],
    ['{"UserName":"root","Password":"hunter22"}', 'hunter22'],
  ])('%s', (text, secret) => {
    const { body, found } = redactSecrets({ Message: text });
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(JSON.stringify(found)).not.toContain(secret);
    expect(found).toHaveLength(1);
    expect(withoutSecretText(JSON.stringify(body))).not.toContain(secret);
  });

  test.each([
    'The password must contain at least three of the following.',
    'A password was changed by root.',
    'Basic input output system',
    'Press ~. to exit console',
    'PCIe Slot 2: pass-through module',
    'Invalid password entered for user admin.',
    'https://management-fed-node-0:1234/redfish/v1/AccountService',
    '4c4c4544-0033-4c10-8052-b5c04f533032',
    '00:11:22:33:44:55',
    'urn:uuid:4c4c4544-0033-4c10-8052-b5c04f533032',
  ])('%s stays', (text) => {
    const body = { Message: text };
    expect(withoutSecrets(body)).toBe(body);
  });

  test("a message's arguments", () => {
    const body = { MessageId: 'Base.1.8.PropertyValueFormatError', MessageArgs: [SECRET, 'Password'] };
    expect(withoutSecrets(body).MessageArgs).toEqual([REDACTED, 'Password']);
  });
});

describe('whatever the body', () => {
  const names = [
    'Password',
    'AuthToken',
    'SNMPCommunity',
    'LicenseKey',
    'SharedSecret',
    'Users.4.IPMIKey',
    'Oem_AdminPasswd',
  ];
  const planted = fc
    .tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(...names), fc.array(fc.nat(5), { maxLength: 6 }))
    .map(([json, name, way]) => ({ body: plant(json, name, way), name }));

  /** Puts the secret in somewhere, as what a BMC could have written. */
  function plant(json: unknown, name: string, way: readonly number[]): unknown {
    const [how = 0, ...rest] = way;
    if (way.length === 0) return { [name]: SECRET, rest: json };
    if (how === 0) return { Oem: plant(json, name, rest), also: json };
    if (how === 1) return [json, plant(json, name, rest), null];
    if (how === 2) return { text: JSON.stringify({ [name]: SECRET }), deeper: plant(json, name, rest) };
    if (how === 3) return { [name]: [SECRET, { inner: SECRET }], deeper: plant(json, name, rest) };
    if (how === 4) return { Attributes: [{ Name: name, Value: SECRET }, plant(json, name, rest)] };
    return { __proto__x: json, '': plant(json, name, rest) };
  }

  test('no planted secret stays, and a second time changes nothing', () => {
    fc.assert(
      fc.property(planted, ({ body }) => {
        const before = JSON.stringify(body);
        const once = withoutSecrets(body);
        expect(JSON.stringify(once)).not.toContain(SECRET);
        expect(JSON.stringify(body)).toBe(before);
        expect(withoutSecrets(once)).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });

  test('names that belong to objects themselves, and depth without end', () => {
    const odd = JSON.parse(`{"__proto__":{"Password":"${SECRET}"},"constructor":{"Password":"${SECRET}"}}`) as object;
    const clean = withoutSecrets(odd);
    expect(JSON.stringify(clean)).not.toContain(SECRET);
    expect(Object.keys(clean)).toEqual(['__proto__', 'constructor']);
    const deep = JSON.parse(`${'{"a":'.repeat(3000)}{"Password":"${SECRET}"}${'}'.repeat(3000)}`) as object;
    expect(JSON.stringify(withoutSecrets(deep))).not.toContain(SECRET);
  });

  test('texts made to be slow take no time', () => {
    const texts = ['password'.repeat(20_000), '<passwordx'.repeat(20_000), 'a://'.repeat(40_000), '$6$'.repeat(40_000)];
    const started = performance.now();
    for (const text of texts) withoutSecretText(`${text} password=`);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

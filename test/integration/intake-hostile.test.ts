import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deflatedZeros, gzipOfZeros, tarOf } from '#src/archives/archives-for-tests.ts';
import { zipOf } from '#src/archives/zip-for-tests.ts';
import { seeded } from '#test/kit/seeded.ts';
import { type Door, driveOf, expectProblem, openDoor, reportOf, smartctlOf } from './intake-door.ts';

let door: Door;
beforeAll(async () => void (door = await openDoor()));
afterAll(() => door.close());

interface Bundle {
  sha256: string;
  snapshots: { components: number; identified: number; warnings: string[] }[];
  files: { path: string; format: string | null; components: number; warnings: string[] }[];
  warnings: string[];
}

const allWarnings = ({ snapshots, files, warnings }: Bundle): string =>
  [warnings, ...files.map((file) => file.warnings), ...snapshots.map((snapshot) => snapshot.warnings)]
    .flat()
    .join('\n');

/** Refused with a sentence, and no row, no file and no object more than before. */
async function expectRefused(body: string | Buffer, kinds: Record<number, string>): Promise<string> {
  const before = await door.traces();
  const answer = await door.send(body);
  expect(Object.keys(kinds), answer.text.slice(0, 500)).toContain(String(answer.status));
  expectProblem(answer, answer.status, kinds[answer.status] ?? '');
  expect(await door.traces()).toEqual(before);
  return String(answer.json['detail']);
}

async function expectTaken(body: string | Buffer, headers: Record<string, string> = {}): Promise<Bundle> {
  const answer = await door.send(body, { headers });
  expect(answer.status, answer.text.slice(0, 500)).toBe(201);
  const shown = await door.ask(`/v1/bundles/${answer.json['sha256']}`);
  expect(shown.text).toBe(answer.text);
  expect((await door.traces()).uploads).toEqual([]);
  return answer.json as unknown as Bundle;
}

const noise = (chance: () => number, bytes: number): Buffer =>
  Buffer.from(Array.from({ length: bytes }, () => Math.floor(chance() * 256)));

const TOO_LARGE = { 413: 'too-large' };
const INVALID = { 400: 'invalid' };
const EITHER = { ...TOO_LARGE, ...INVALID };

describe('a bomb', () => {
  /** 2 GB in 2 MB. */
  const PIECES = 128;

  test('of one gzip file: 413', async () => {
    const bomb = gzipOfZeros(PIECES);
    expect(bomb.length).toBeLessThan(3_000_000);
    expect(await expectRefused(bomb, TOO_LARGE)).toMatch(/nothing of it was kept/);
  });

  test('of a zip: 413; one that lies about its size: refused', async () => {
    const { packed, bytes, crc } = deflatedZeros(PIECES);
    await expectRefused(zipOf([{ name: 'zeros.log', packed, bytes, crc }]), TOO_LARGE);
    await expectRefused(zipOf([{ name: 'zeros.log', packed, bytes: 1000, crc }]), EITHER);
  });

  test('of a tar in gzip: 413', async () => {
    const bytes = 16 * 1024 ** 2 * PIECES;
    const header = (await tarOf([{ name: 'zeros.log', content: 'x' }])).subarray(0, 512);
    header.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    header.fill(' ', 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
      'latin1',
    );
    await expectRefused(Buffer.concat([gzipSync(header), gzipOfZeros(PIECES)]), TOO_LARGE);
  });

  test('of archives in archives: 413', async () => {
    let deep = zipOf([{ name: 'a.txt', content: Buffer.from('x') }]);
    for (let depth = 0; depth < 12; depth += 1) deep = zipOf([{ name: `${depth}.zip`, content: deep }]);
    await expectRefused(deep, TOO_LARGE);
    let packed: Buffer = Buffer.from('x');
    for (let depth = 0; depth < 12; depth += 1) packed = depth % 2 === 0 ? gzipSync(packed) : zstdCompressSync(packed);
    await expectRefused(packed, TOO_LARGE);
    const small = gzipOfZeros(8);
    const many = Array.from({ length: 20 }, (_, at) => ({ name: `${at}.gz`, content: small }));
    await expectRefused(await tarOf(many), TOO_LARGE);
  });

  test('of 30,000 files: 413', async () => {
    const entry = (await tarOf([{ name: 'empty' }])).subarray(0, 512);
    const all = Buffer.concat([...Array.from({ length: 30_000 }, () => entry), Buffer.alloc(1024)]);
    expect(await expectRefused(gzipSync(all), TOO_LARGE)).toContain('20000');
  });
});

describe('an archive', () => {
  test.each(['../../../etc/cron.d/x', '/etc/passwd', 'a/../../b', '..\\..\\windows\\x', 'C:\\x'])(
    'with a path that leads out (%s): 400',
    async (name) => {
      await expectRefused(
        await tarOf([
          { name: 'good.json', content: reportOf('PATH0001') },
          { name, content: 'x' },
        ]),
        INVALID,
      );
      await expectRefused(zipOf([{ name, content: Buffer.from('x') }]), INVALID);
    },
  );

  test('that is cut off anywhere: refused, never half of it taken', async () => {
    const parts = [
      { name: 'a.json', content: reportOf('TRUNC001') },
      { name: 'b.txt', content: smartctlOf('ZL2TRUNC') },
    ];
    const tar = await tarOf(parts);
    const zip = zipOf(parts.map(({ name, content }) => ({ name, content: Buffer.from(content) })));
    for (const whole of [tar.subarray(0, 2700), gzipSync(tar), zstdCompressSync(tar), zip])
      for (const share of [0.3, 0.6, 0.95])
        await expectRefused(whole.subarray(0, Math.floor(whole.length * share)), INVALID);
  });

  test('with links, devices and a strange file among good ones: the good ones are taken, the others said', async () => {
    const bundle = await expectTaken(
      await tarOf([
        { name: 'report.json', content: reportOf('LINKS001') },
        { name: 'link', type: 'symlink', linkname: '/etc/passwd' },
        { name: 'device', type: 'character-device' },
        { name: 'noise.bin', content: noise(seeded(1), 3000) },
      ]),
    );
    expect(bundle.snapshots).toMatchObject([{ components: 1, identified: 1 }]);
    expect(bundle.files.map(({ path }) => path).toSorted()).toEqual(['noise.bin', 'report.json']);
    expect(allWarnings(bundle)).toMatch(/link/);
  });

  test('whose bytes were changed by chance: taken or refused, never a failure of the hub', async () => {
    const chance = seeded(20261121);
    const tar = await tarOf([
      { name: 'a.json', content: reportOf('FUZZ0001') },
      { name: 'b.txt', content: smartctlOf('ZL2FUZZ1') },
    ]);
    const zip = zipOf([{ name: 'a.json', content: Buffer.from(reportOf('FUZZ0001')) }]);
    const wholes = [
      tar,
      gzipSync(tar),
      zip,
      zstdCompressSync(tar),
      Buffer.from(reportOf('FUZZ0002')),
      noise(chance, 2000),
    ];
    for (const [at, whole] of wholes.entries())
      for (let run = 0; run < 4; run += 1) {
        const changed = Buffer.from(whole);
        for (let count = 0; count <= run; count += 1)
          changed[Math.floor(chance() * changed.length)] = Math.floor(chance() * 256);
        const answer = await door.send(changed);
        expect([200, 201, 400, 413], `${at} ${run}: ${answer.text.slice(0, 300)}`).toContain(answer.status);
      }
    expect((await door.traces()).uploads).toEqual([]);
  });
});

describe('XML', () => {
  const laughs = [
    '<?xml version="1.0"?>',
    '<!DOCTYPE node [',
    '<!ENTITY a0 "ha">',
    ...Array.from({ length: 12 }, (_, at) => `<!ENTITY a${at + 1} "${`&a${at};`.repeat(10)}">`),
    ']>',
    '<node id="x" class="system"><description>&a12;</description><serial>&a12;</serial></node>',
  ].join('\n');

  test('that multiplies itself: kept as it is with a warning, by itself and within a tar', async () => {
    for (const body of [laughs, await tarOf([{ name: 'lshw.xml', content: laughs }]), gzipSync(laughs)]) {
      const bundle = await expectTaken(body);
      expect(bundle.snapshots.flatMap(({ components }) => components).every((count) => count === 0)).toBe(true);
      expect(allWarnings(bundle)).not.toBe('');
      expect(JSON.stringify(bundle)).not.toContain('hahaha');
    }
  });

  test('that names a file of the hub: the file is not read', async () => {
    const bundle = await expectTaken(
      '<?xml version="1.0"?><!DOCTYPE node [<!ENTITY f SYSTEM "file:///etc/passwd">]>\n<node id="x" class="system"><serial>&f;</serial></node>',
    );
    expect(JSON.stringify(bundle)).not.toContain('root:');
  });
});

describe('text in another encoding', () => {
  test.each([
    ['UTF-16 with its mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16, the other way round', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['UTF-8 with a mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['Latin-1', (text: string) => Buffer.from(text.replace('PASSED', 'PASSÉ'), 'latin1')],
    ['broken UTF-8', (text: string) => Buffer.concat([Buffer.from(text), Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x80])])],
  ])('%s: read', async (name, encode) => {
    const serial = `ZL2E${name.replaceAll(/\W/g, '').slice(0, 8).toUpperCase()}`;
    const bundle = await expectTaken(encode(smartctlOf(serial)));
    expect(bundle.snapshots).toMatchObject([{ components: 1, identified: 1 }]);
  });

  test('our own format in UTF-16: read, and held to its schema too', async () => {
    expect((await expectTaken(Buffer.from(`\ufeff${reportOf('UTF16001')}`, 'utf16le'))).snapshots).toMatchObject([
      { components: 1 },
    ]);
    expect(await expectTaken(Buffer.from(`\ufeff${reportOf('UTF16002', { sorce: 1 })}`, 'utf16le'))).toMatchObject({
      files: [{ components: 0 }],
    });
  });
});

describe('what no part has', () => {
  const huge = 'S'.repeat(10 * 1024);

  test('a serial of 10 KB in our own format: 400, and where it is', async () => {
    const before = await door.traces();
    const answer = await door.send(
      reportOf('HUGE0001', { components: [driveOf('DRVHUGE1'), { ...driveOf(huge), slot: '2' }] }),
    );
    expect(expectProblem(answer, 400, 'invalid')).toMatchObject([{ field: '/components/1/serial' }]);
    expect(answer.text.length).toBeLessThan(2000);
    expect(await door.traces()).toEqual(before);
  });

  test('a serial of 10 KB from a foreign tool: left out, and said', async () => {
    const bundle = await expectTaken(smartctlOf(huge));
    expect(allWarnings(bundle)).toMatch(/without a serial|10240 characters/);
    expect(JSON.stringify(bundle)).not.toContain(huge);
    expect(bundle.snapshots.every(({ identified }) => identified === 0)).toBe(true);
  });

  test('half signs, zero bytes and signs that steer, in every text: taken as text', async () => {
    const odd = '\\ud83d\\u0000\\u001b[2J\\u202e';
    const smartctl = `{"json_format_version":[1,0],"smartctl":{"version":[7,4]},"device":{"name":"/dev/sda${odd}","type":"sat","protocol":"ATA"},"model_name":"ST16${odd}","serial_number":"ZL2ODD${odd}1","firmware_version":"${odd}","user_capacity":{"bytes":16000900661248},"smart_status":{"passed":true}}`;
    await expectTaken(smartctl);
    await expectTaken(
      reportOf('ODD00001', { warnings: ['WARN'], system: { osName: 'OSNAME' } })
        .replace('WARN', odd)
        .replace('OSNAME', odd)
        .replace('h-odd00001', odd)
        .replace('DRVODD00001', `DRV${odd}`),
    );
    await expectTaken(
      await tarOf([{ name: `odd-😀-${'n'.repeat(80)}.txt`, content: smartctl.replace('ZL2ODD', 'ZL2ODE') }]),
    );
    expect((await door.ask('/v1/bundles')).status).toBe(200);
  });

  test('a warning that is cut in the middle of a sign', async () => {
    const bundle = await expectTaken(
      JSON.stringify({
        json_format_version: [1, 0],
        smartctl: {
          version: [7, 4],
          messages: [{ string: `${'x'.repeat(999)}${'😀'.repeat(1000)}`, severity: 'error' }],
        },
        device: { name: '/dev/sda', type: 'sat', protocol: 'ATA' },
        model_name: `ST16${'😀'.repeat(2000)}`,
        serial_number: 'ZL2CUT01',
      }),
    );
    expect(JSON.stringify(bundle).isWellFormed()).toBe(true);
  });

  test('JSON of depth 100,000: kept as it is or refused, and the hub lives', async () => {
    const deep = (open: string, close: string): string => open.repeat(100_000) + close.repeat(100_000);
    for (const body of [
      deep('[', ']'),
      deep('{"a":', '1}')
        .replace(/1\}(?=1)/g, '}')
        .slice(0, -100_000),
      '['.repeat(100_000),
    ]) {
      const answer = await door.send(body);
      expect([201, 400, 413], answer.text.slice(0, 300)).toContain(answer.status);
    }
    for (const field of ['system', 'components', 'unknown'])
      expect(
        expectProblem(
          await door.send(reportOf('DEEP0001').replace(/\}$/, `,"${field}":${deep('[', ']')}}`)),
          400,
          'invalid',
        ).length,
      ).toBeGreaterThan(0);
    expect((await door.ask('/healthz')).status).toBe(200);
  });

  test('a thousand faults in one document: said in an answer that can be read', async () => {
    const faults = Array.from({ length: 5000 }, (_, at) => ({ kind: 'nothing', slot: 1, [`unknown${at}`]: 1 }));
    const answer = await door.send(reportOf('FAULTS01', { components: faults }));
    expect(expectProblem(answer, 400, 'invalid').length).toBeGreaterThan(10);
    expect(answer.text.length).toBeLessThan(50_000);
  });

  test('dates that are none, in the file', async () => {
    for (const [at, time] of ['2026-02-30T00:00:00Z', '9999-12-31T23:59:59-12:00', '0000-01-01T00:00:00Z'].entries()) {
      const answer = await door.send(reportOf(`DATE000${at}`, { collected_at: time }));
      expect([201, 400], answer.text).toContain(answer.status);
    }
    const local = smartctlOf('ZL2DATE1').replace(
      'SMART support',
      'Local Time is:    Tue Feb 31 25:61:61 99999 UTC\nSMART support',
    );
    await expectTaken(local);
  });
});

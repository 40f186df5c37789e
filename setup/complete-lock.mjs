// `node setup/complete-lock.mjs`, after each change of package-lock.json.
//
// From 11.6.2 on `npm ci` insists that the lock names the optional packages of every platform, but `npm install` leaves
// out those that it could not look up (a registry mirror that has only some platforms) or did not need (npm/cli#4828).
// This adds what is missing: name, version and platform follow from the package that asks for them. Without checksum,
// since they were not seen; on Linux x64 and arm64 none of them is installed.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];
const libraries = { gnu: 'glibc', musl: 'musl', gnueabihf: 'glibc', musleabihf: 'musl' };

/** The nearest entry of that name for a package in that place, as Node looks for it. */
function resolve(packages, place, name) {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const found = packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`];
    if (found !== undefined || folder === '') return found;
    if (!folder.includes('/node_modules/')) folder = '';
  }
}

function entryFor(name, version, asking) {
  const words = name.split(/[-/]/);
  const cpu = words.filter((word) => processors.includes(word));
  const libc = words.flatMap((word) => libraries[word] ?? []);
  const os = words.filter((word) => systems.includes(word));
  return {
    version,
    ...(cpu.length > 0 && { cpu }),
    ...(asking.dev && { dev: true }),
    ...(libc.length > 0 && { libc }),
    optional: true,
    ...(os.length > 0 && { os }),
  };
}

/** The entries that the lock lacks, by place. Only exact versions: a range could not be answered without the registry. */
export function missingEntries(packages) {
  const missing = {};
  for (const [place, asking] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(asking.optionalDependencies ?? {})) {
      if (!/^\d+\.\d+\.\d+[^ ]*$/.test(version) || resolve(packages, place, name)?.version === version) continue;
      const folder = place.slice(0, place.lastIndexOf('node_modules/'));
      missing[`${folder}node_modules/${name}`] = entryFor(name, version, asking);
    }
  }
  return missing;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2] ?? path.join(path.dirname(import.meta.dirname), 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lock.packages);
  lock.packages = Object.fromEntries(
    Object.entries({ ...lock.packages, ...missing }).toSorted(([a], [b]) => a.localeCompare(b, 'en')),
  );
  writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
  console.log(`${Object.keys(missing).length} entries added`);
}

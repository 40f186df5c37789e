import { arcconf } from './arcconf.ts';
import { areca } from './areca.ts';
import { dsu } from './dsu.ts';
import { flint } from './flint.ts';
import { megacliBbu } from './megacli-bbu.ts';
import { megacli } from './megacli.ts';
import { mlxup } from './mlxup.ts';
import { msecli } from './msecli.ts';
import { mvcli } from './mvcli.ts';
import { nvidiaSmi } from './nvidia-smi.ts';
import { rocmSmi } from './rocm-smi.ts';
import { ssacli } from './ssacli.ts';
import { storcliJson, storcliText } from './storcli.ts';
import type { FileFormat } from '#src/ports/bundle-format.ts';

export const controllerFormats: FileFormat[] = [
  nvidiaSmi,
  rocmSmi,
  storcliJson,
  storcliText,
  ssacli,
  megacli,
  megacliBbu,
  arcconf,
  areca,
  mvcli,
  msecli,
  mlxup,
  flint,
  dsu,
];

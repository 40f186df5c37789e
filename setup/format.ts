// `npm run format [-- paths]`: writes the one layout.

import { runChild } from './run-child.ts';

process.exitCode = (await runChild('oxfmt', ['--write', ...process.argv.slice(2)])).code;

// Runs the named test files, or all of them. Says what to do when the packages are missing or too old.
//
// usage: node run.mjs [file...]

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
const installed = 'node_modules/.package-lock.json';
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync('package-lock.json').mtimeMs) {
  console.error('The SDKs are not installed, or not in the locked versions: run `npm ci` in tests/sdk, or `./dev test`.');
  process.exit(1);
}
const named = process.argv.slice(2);
const files = named.length > 0 ? named : readdirSync('.').filter((name) => name.endsWith('.test.mjs'));
const { status } = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit' });
process.exit(status ?? 1);

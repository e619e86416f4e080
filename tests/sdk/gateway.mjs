// The gateway under test: the real binary with a configuration of its own, in front of the fake providers.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { startProviders } from './providers.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = process.env.BIFROST_BINARY || join(root, 'build/dev/bifrost');

// The wire of each provider is also the name of its key.
const wires = { openai: 'openai', anthropic: 'anthropic', gemini: 'gemini', deepseek: 'openai' };

// `more` are further sections.
function configuration(providers, more) {
  const entry = ([name, provider]) => [
    name,
    {
      keys: [{ name: 'main', value: `key-of-${wires[name]}`, models: ['*'], weight: 1 }],
      network_config: { base_url: provider.url },
    },
  ];
  return {
    server: { keep_alive_interval_in_seconds: '100ms', drain_delay_in_seconds: 0, drain_timeout_in_seconds: 5 },
    providers: Object.fromEntries(Object.entries(providers).map(entry)),
    ...more,
  };
}

class Gateway {
  #process;
  #directory;
  #log = [];

  // Resolves when it listens.
  async start(config) {
    this.#directory = await mkdtemp(join(tmpdir(), 'bifrost-sdk-'));
    const path = join(this.#directory, 'config.json');
    await writeFile(path, JSON.stringify(config));
    const wanted = ['serve', '--port', '0', '--workers', '1', '--config', path, '--app-dir', this.#directory];
    this.#process = spawn(binary, wanted, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.on('error', (error) => this.#log.push(String(error)));
    for await (const line of createInterface({ input: this.#process.stderr })) {
      this.#log.push(line);
      const address = /listening.* address=(127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (!address) continue;
      this.url = `http://${address}`;
      break;
    }
    if (!this.url) throw new Error(`${binary} did not start:\n${this.#log.join('\n')}`);
    this.#process.stderr.on('data', (bytes) => this.#log.push(String(bytes)));
    this.#process.stderr.resume();
  }

  // Asks it to go, and fails unless it goes in peace.
  async stop() {
    this.#process.kill('SIGTERM');
    const [code, signal] = this.#process.exitCode === null ? await once(this.#process, 'exit') : [this.#process.exitCode];
    await rm(this.#directory, { recursive: true });
    if (code !== 0) throw new Error(`the gateway ended with ${code ?? signal}:\n${this.#log.join('\n')}`);
  }
}

// A gateway and the providers behind it, for one test file.
export async function startAll(more = {}) {
  const providers = await startProviders();
  const gateway = new Gateway();
  await gateway.start(configuration(providers, more));
  return {
    providers,
    url: gateway.url,
    async stop() {
      await gateway.stop();
      for (const provider of Object.values(providers)) await provider.stop();
    },
  };
}

// Limits as the official SDKs meet them: a spent budget ends their retries at once, a full limit is waited for as long as they are
// told, and a stream that is stopped is read to its end like one that has reached `max_tokens`.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';

import * as cases from './cases.mjs';
import { startAll } from './gateway.mjs';

const long = 'LONG';
const sdks = ['openai', 'anthropic', 'genai'];
const stopped = Object.keys(cases.models).flatMap((provider) => sdks.map((sdk) => `${sdk}-${provider}`));
const perKey = {
  poor: { budgets: [{ max_limit: 0.000001, reset_duration: '1M' }] },
  hourly: { rate_limit_id: 'hourly' },
  quick: { rate_limit_id: 'quick' },
};
const keyOf = (id, more) => ({ id, name: id, value: `sk-bf-${id}`, allow_all_providers: true, ...more });

let all;
before(async () => {
  all = await startAll({
    client: { on_limit_reached: 'stop' },
    governance: {
      virtual_keys: [
        ...stopped.map((id) => keyOf(id, { rate_limit_id: id })),
        ...sdks.flatMap((sdk) => Object.entries(perKey).map(([name, more]) => keyOf(`${sdk}-${name}`, nameOf(sdk, more)))),
      ],
      rate_limits: [
        ...stopped.map((id) => ({ id, token_max_limit: 400, token_reset_duration: '1d' })),
        ...sdks.map((sdk) => ({ id: `${sdk}-hourly`, request_max_limit: 1, request_reset_duration: '1h' })),
        ...sdks.map((sdk) => ({ id: `${sdk}-quick`, request_max_limit: 1, request_reset_duration: '3s' })),
      ],
    },
  });
});
after(() => all?.stop());

// Each SDK has limits of its own.
function nameOf(sdk, more) {
  return more.rate_limit_id ? { rate_limit_id: `${sdk}-${more.rate_limit_id}` } : more;
}

const openai = (key, options = {}) =>
  new OpenAI({ baseURL: `${all.url}/v1`, apiKey: `sk-bf-${key}`, maxRetries: 0, logLevel: 'off', ...options });
const anthropic = (key, options = {}) =>
  new Anthropic({ baseURL: `${all.url}/anthropic`, apiKey: `sk-bf-${key}`, maxRetries: 0, logLevel: 'off', ...options });
const genai = (key) => new GoogleGenAI({ apiKey: `sk-bf-${key}`, httpOptions: { baseUrl: `${all.url}/genai` } });

// A fetch that remembers when it was called and what was answered.
function countingFetch() {
  const calls = [];
  const counting = async (url, options) => {
    const at = Date.now();
    const response = await fetch(url, options);
    calls.push({ at, status: response.status, headers: response.headers });
    return response;
  };
  return { fetch: counting, calls };
}

// What both SDKs that retry by themselves are asked.
const asking = {
  openai: (options, key) => {
    const client = openai(`openai-${key}`, { maxRetries: 2, ...options });
    return () => client.chat.completions.create({ model: cases.models.openai, messages: [{ role: 'user', content: 'Hi' }] });
  },
  anthropic: (options, key) => {
    const client = anthropic(`anthropic-${key}`, { maxRetries: 2, ...options });
    return () =>
      client.messages.create({ model: cases.models.anthropic, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] });
  },
};
const remaining = { openai: 'x-ratelimit-remaining-requests', anthropic: 'anthropic-ratelimit-requests-remaining' };

for (const [sdk, askWith] of Object.entries(asking)) {
  describe(`${sdk}'s SDK`, { timeout: cases.hangsAfter }, () => {
    test('does not ask again when a budget is spent', async () => {
      const { fetch, calls } = countingFetch();
      const ask = askWith({ fetch }, 'poor');
      await ask();
      const error = await ask().catch((thrown) => thrown);
      assert.equal(error.status, 402);
      assert.match(error.message, /budget exceeded/);
      assert.deepEqual(calls.map(({ status }) => status), [200, 402]);
    });

    test('does not ask again when a limit is full for an hour', async () => {
      const { fetch, calls } = countingFetch();
      const ask = askWith({ fetch }, 'hourly');
      await ask();
      const error = await ask().catch((thrown) => thrown);
      assert.equal(error.status, 429);
      assert.equal(error.headers.get(remaining[sdk]), '0');
      assert.deepEqual(calls.map(({ status }) => status), [200, 429]);
    });

    // The window may begin anew between two requests: then nobody waits, and they are made again.
    test('waits as long as it is told when a limit is full for a moment', async () => {
      const { fetch, calls } = countingFetch();
      const ask = askWith({ fetch }, 'quick');
      for (let i = 0; i < 20 && !calls.some(({ status }) => status === 429); ++i) await ask();
      const refused = calls.findIndex(({ status }) => status === 429);
      const told = Number(calls[refused].headers.get('retry-after-ms'));
      assert.ok(told > 0 && told <= 3000, String(told));
      const again = calls[refused + 1];
      assert.ok(again.at - calls[refused].at >= told, `${again.at - calls[refused].at} ms, told ${told}`);
      assert.equal(again.status, 200);
    });
  });
}

// The provider was hung up on before it was through.
async function assertCut(provider) {
  assert.equal(await all.providers[provider].last.ended, 'cut');
}

for (const [provider, model] of Object.entries(cases.models)) {
  describe(`a stream of ${provider} is stopped`, { timeout: cases.hangsAfter }, () => {
    test('for OpenAI\'s SDK', async () => {
      const request = { model, messages: [{ role: 'user', content: long }], stream_options: { include_usage: true } };
      const final = await openai(`openai-${provider}`).chat.completions.stream(request).finalChatCompletion();
      assert.equal(final.choices[0].finish_reason, 'length');
      assert.match(final.choices[0].message.content, /^word word/);
      assert.ok(final.usage.completion_tokens > 0);
      await assertCut(provider);
    });

    test('for Anthropic\'s SDK', async () => {
      const request = { model, max_tokens: 20_000, messages: [{ role: 'user', content: long }] };
      const final = await anthropic(`anthropic-${provider}`).messages.stream(request).finalMessage();
      assert.equal(final.stop_reason, 'max_tokens');
      assert.match(final.content[0].text, /^word word/);
      assert.ok(final.usage.output_tokens > 0);
      await assertCut(provider);
    });

    test('for Google\'s SDK', async () => {
      const stream = await genai(`genai-${provider}`).models.generateContentStream({ model, contents: long });
      const chunks = await cases.collect(stream);
      assert.match(chunks.map((chunk) => chunk.text ?? '').join(''), /^word word/);
      assert.equal(chunks.at(-1).candidates[0].finishReason, 'MAX_TOKENS');
      await assertCut(provider);
    });
  });
}

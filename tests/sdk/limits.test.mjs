// Limits as the official SDKs meet them: a stream that is stopped is read to its end like one that has reached `max_tokens`.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';

import * as cases from './cases.mjs';
import { startAll } from './gateway.mjs';

const long = 'LONG';
const keys = Object.keys(cases.models).flatMap((provider) => ['openai', 'anthropic', 'genai'].map((sdk) => `${sdk}-${provider}`));
const limit = (id, more) => ({ id, token_max_limit: 400, token_reset_duration: '1d', ...more });

let all;
before(async () => {
  all = await startAll({
    client: { on_limit_reached: 'stop' },
    governance: {
      virtual_keys: keys.map((id) => ({
        id, name: id, value: `sk-bf-${id}`, allow_all_providers: true, rate_limit_id: id,
      })),
      rate_limits: keys.map((id) => limit(id)),
    },
  });
});
after(() => all?.stop());

const openai = (key) => new OpenAI({ baseURL: `${all.url}/v1`, apiKey: `sk-bf-${key}`, maxRetries: 0, logLevel: 'off' });
const anthropic = (key) =>
  new Anthropic({ baseURL: `${all.url}/anthropic`, apiKey: `sk-bf-${key}`, maxRetries: 0, logLevel: 'off' });
const genai = (key) => new GoogleGenAI({ apiKey: `sk-bf-${key}`, httpOptions: { baseUrl: `${all.url}/genai` } });

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

// OpenAI's SDK asks for Responses of models whose providers have none: only the base URL is changed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import OpenAI from 'openai';

import * as cases from './cases.mjs';
import { startAll } from './gateway.mjs';
import { report, seen, signatureOf, spoken, thoughtAbout, usage } from './model.mjs';

let all;
before(async () => (all = await startAll()));
after(() => all?.stop());

const client = (base = '/v1', options = {}) =>
  new OpenAI({ baseURL: all.url + base, apiKey: 'none', maxRetries: 0, logLevel: 'off', ...options });

const tools = [{ type: 'function', ...cases.weather, strict: true }];
const models = { anthropic: cases.models.anthropic, gemini: cases.models.gemini, deepseek: 'deepseek/deepseek-chat' };
const callsOf = ({ output }) => output.filter(({ type }) => type === 'function_call');
const answersTo = (calls) =>
  calls.map(({ call_id: id, arguments: given }) => ({
    type: 'function_call_output',
    call_id: id,
    output: cases.results[JSON.parse(given).city],
  }));

function assertUsage(told) {
  assert.equal(told.input_tokens, usage.input);
  assert.equal(told.output_tokens, usage.output);
  assert.equal(told.total_tokens, usage.input + usage.output);
  assert.equal(told.input_tokens_details.cached_tokens, usage.cached);
}

for (const base of ['/v1', '/openai/v1']) {
  for (const [provider, model] of Object.entries(models)) {
    describe(`${base}/responses with ${model}`, () => {
      test('answers', async () => {
        const asked = { model, instructions: cases.system, input: cases.question, metadata: {} };
        const answer = await client(base).responses.create(asked);
        assert.equal(answer.object, 'response');
        assert.equal(answer.status, 'completed');
        assert.equal(answer.output_text, spoken({ system: cases.system, user: cases.question }));
        assert.equal(answer.instructions, cases.system);
        assertUsage(answer.usage);
      });

      test('streams', async () => {
        const stream = client(base).responses.stream({ model, input: [{ role: 'user', content: cases.question }] });
        const events = await cases.collect(stream);
        assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, index) => index));
        const final = await stream.finalResponse();
        assert.equal(final.status, 'completed');
        assert.equal(final.output_text, spoken({ user: cases.question }));
        assertUsage(final.usage);
      });

      for (const [name, text, cities] of [
        ['a tool', cases.oneCity, ['Tromsø']],
        ['parallel tools', cases.twoCities, ['Tromsø', 'Lima']],
      ]) {
        for (const streamed of [false, true]) {
          test(`calls ${name} and reads the results${streamed ? ', streamed' : ''}`, async () => {
            const input = [{ role: 'user', content: text }];
            const ask = (items) =>
              streamed
                ? client(base).responses.stream({ model, input: items, tools }).finalResponse()
                : client(base).responses.create({ model, input: items, tools });
            const first = await ask(input);
            const calls = callsOf(first);
            assert.deepEqual(calls.map((call) => JSON.parse(call.arguments)), cities.map(cases.argumentsFor));
            const second = await ask([...input, ...first.output, ...answersTo(calls)]);
            const told = cities.map((city) => ({ name: 'get_weather', text: cases.results[city] }));
            assert.equal(second.output_text, report(told));
          });
        }
      }

      test('calls the tool that it is made to call', async () => {
        const choice = { type: 'function', name: 'get_weather' };
        const answer = await client(base).responses.create({ model, input: 'Hello', tools, tool_choice: choice });
        assert.equal(callsOf(answer)[0].name, 'get_weather');
      });

      test('sees an image', async () => {
        const url = `data:${cases.image.type};base64,${cases.image.data}`;
        const content = [{ type: 'input_text', text: 'Look.' }, { type: 'input_image', image_url: url, detail: 'auto' }];
        const answer = await client(base).responses.create({ model, input: [{ role: 'user', content }] });
        assert.equal(answer.output_text, seen(cases.image));
      });

      if (provider !== 'deepseek') {
        test('answers in the form of a schema', async () => {
          const format = { type: 'json_schema', name: 'report', schema: cases.reportSchema, strict: true };
          const answer = await client(base).responses.parse({ model, input: 'Report.', text: { format } });
          assert.deepEqual(answer.output_parsed ?? JSON.parse(answer.output_text), cases.reportThatFits);
        });
      }

      test('fails as OpenAI does', async () => {
        for (const stream of [false, true]) {
          const failing = client(base).responses.create({ model, input: 'FAIL 429', stream });
          const error = await failing.catch((thrown) => thrown);
          assert.ok(error instanceof OpenAI.RateLimitError, String(error));
          assert.ok(error.requestID);
        }
      });

      test('fails inside of a stream', async () => {
        const stream = await client(base).responses.create({ model, input: 'BREAK', stream: true });
        const reading = (async () => {
          let released = false;
          for await (const event of stream) {
            if (event.type === 'response.output_text.delta' && !released) {
              all.providers[provider].release();
              released = true;
            }
            if (event.type === 'response.failed') throw new Error(event.response.error.message);
          }
        })();
        await assert.rejects(reading);
      });

      test('hangs up on the provider when the caller does', { timeout: cases.hangsAfter }, async () => {
        const stream = await client(base).responses.create({ model, input: 'STALL', stream: true });
        for await (const event of stream) {
          if (event.type === 'response.output_text.delta') break;
        }
        stream.controller.abort();
        assert.equal(await all.providers[provider].last.ended, 'cut');
      });

      test('does not mind signs of life', { timeout: cases.hangsAfter }, async () => {
        const { fetch, firstBytes } = cases.watchedFetch();
        const reading = client(base, { fetch }).responses.stream({ model, input: 'HOLD' }).finalResponse();
        await firstBytes;
        all.providers[provider].release();
        assert.equal((await reading).output_text, spoken({ user: 'HOLD' }));
      });
    });
  }
}

describe('thinking', () => {
  for (const streamed of [false, true]) {
    const how = streamed ? ' after a stream' : '';
    const ask = (request) =>
      streamed ? client().responses.stream(request).finalResponse() : client().responses.create(request);

    test(`Anthropic's signed thoughts return byte for byte${how}`, async () => {
      const input = [{ role: 'user', content: cases.oneCity }];
      const request = { model: cases.thinkers.anthropic, tools, reasoning: { effort: 'medium', summary: 'auto' } };
      const first = await ask({ ...request, input });
      const about = thoughtAbout({ user: cases.oneCity });
      const [thought] = first.output;
      assert.equal(thought.type, 'reasoning');
      assert.equal(thought.summary.map(({ text }) => text).join(''), about.text);
      await ask({ ...request, input: [...input, ...first.output, ...answersTo(callsOf(first))] });
      const { body } = all.providers.anthropic.last;
      assert.deepEqual(body.messages[1].content[0], { type: 'thinking', thinking: about.text, signature: about.signature });
    });

    test(`Gemini's signed calls return byte for byte${how}`, async () => {
      const input = [{ role: 'user', content: cases.twoCities }];
      const request = { model: cases.thinkers.gemini, tools, reasoning: { effort: 'medium' } };
      const first = await ask({ ...request, input });
      const second = await ask({ ...request, input: [...input, ...first.output, ...answersTo(callsOf(first))] });
      assert.match(second.output_text, /^I was told get_weather/);
      const sent = all.providers.gemini.last.body.contents[1].parts.filter((part) => part.functionCall);
      assert.equal(sent[0].thoughtSignature, signatureOf('get_weather' + JSON.stringify(cases.argumentsFor('Tromsø'))));
    });
  }
});

test('what needs a kept answer says so', async () => {
  const asked = client().responses.create({ model: models.gemini, input: 'And?', previous_response_id: 'resp_1' });
  const error = await asked.catch((thrown) => thrown);
  assert.ok(error instanceof OpenAI.BadRequestError, String(error));
  assert.equal(error.param, 'previous_response_id');
});

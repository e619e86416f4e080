// Anthropic's SDK against the gateway: only the base URL is changed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';

import * as cases from './cases.mjs';
import { startAll } from './gateway.mjs';
import { report, seen, signatureOf, spoken, thoughtAbout, usage } from './model.mjs';

let all;
before(async () => (all = await startAll()));
after(() => all?.stop());

const client = (options = {}) =>
  new Anthropic({ baseURL: `${all.url}/anthropic`, apiKey: 'none', maxRetries: 0, logLevel: 'off', ...options });

const { parameters: schema, ...named } = cases.weather;
const tools = [{ ...named, input_schema: schema }];
const user = (content) => ({ role: 'user', content });
const asked = (model, content, more = {}) => ({ model, max_tokens: 4096, messages: [user(content)], ...more });
const textOf = (message) => message.content.filter(({ type }) => type === 'text').map(({ text }) => text).join('');
const callsOf = (message) => message.content.filter(({ type }) => type === 'tool_use');
const thoughtOf = (message) => message.content.find(({ type }) => type === 'thinking');

// Tokens from the cache are not in `input_tokens`.
function assertUsage(told) {
  assert.equal(told.input_tokens, usage.input - usage.cached);
  assert.equal(told.cache_read_input_tokens, usage.cached);
  assert.equal(told.output_tokens, usage.output);
}

const answersTo = (calls) =>
  calls.map(({ id, input }) => ({ type: 'tool_result', tool_use_id: id, content: cases.results[input.city] }));

function assertCalls(message, cities) {
  const calls = callsOf(message);
  assert.equal(message.stop_reason, 'tool_use');
  assert.deepEqual(calls.map(({ input }) => input), cities.map(cases.argumentsFor));
  assert.ok(calls.every(({ name, id }) => name === 'get_weather' && /^[\w-]+$/.test(id)));
  assert.equal(new Set(calls.map(({ id }) => id)).size, cities.length);
}

for (const [provider, model] of Object.entries(cases.models)) {
  describe(model, () => {
    test('answers', async () => {
      const answer = await client().messages.create(asked(model, cases.question, { system: cases.system }));
      assert.equal(answer.type, 'message');
      assert.equal(answer.role, 'assistant');
      assert.equal(textOf(answer), spoken({ system: cases.system, user: cases.question }));
      assert.equal(answer.stop_reason, 'end_turn');
      assertUsage(answer.usage);
    });

    test('streams', async () => {
      const stream = client().messages.stream(asked(model, cases.question));
      let streamed = '';
      stream.on('text', (piece) => (streamed += piece));
      const final = await stream.finalMessage();
      assert.equal(textOf(final), spoken({ user: cases.question }));
      assert.equal(streamed, textOf(final));
      assert.equal(final.stop_reason, 'end_turn');
      assertUsage(final.usage);
    });

    for (const [name, text, cities] of [
      ['a tool', cases.oneCity, ['Tromsø']],
      ['parallel tools', cases.twoCities, ['Tromsø', 'Lima']],
    ]) {
      test(`calls ${name} and reads the results`, async () => {
        const first = await client().messages.create(asked(model, text, { tools }));
        assertCalls(first, cities);
        const messages = [user(text), { role: 'assistant', content: first.content }, user(answersTo(callsOf(first)))];
        const second = await client().messages.create({ ...asked(model, text, { tools }), messages });
        assert.equal(textOf(second), report(cities.map((city) => ({ name: 'get_weather', text: cases.results[city] }))));
      });

      test(`calls ${name} in a stream`, async () => {
        assertCalls(await client().messages.stream(asked(model, text, { tools })).finalMessage(), cities);
      });
    }

    test('runs the tools in the SDK\'s own loop', async () => {
      const run = ({ city }) => cases.results[city];
      const tool = betaTool({ name: 'get_weather', description: 'The weather in a city.', inputSchema: schema, run });
      const final = await client().beta.messages.toolRunner(asked(model, cases.twoCities, { tools: [tool] }));
      assert.equal(textOf(final), report(['Tromsø', 'Lima'].map((city) => ({ name: 'get_weather', text: cases.results[city] }))));
    });

    test('has message threads where the provider has them', async () => {
      const thread = client().beta.messages.thread({ model, max_tokens: 4096 });
      const sent = thread.send(user(cases.question));
      if (provider !== 'anthropic') {
        const code = (error) => error.error.error.details.error_code;
        await assert.rejects(sent, (error) => code(error) === 'thread_unsupported_request');
        return;
      }
      await sent;
      assert.equal(textOf(await thread.send(user('And?'))), spoken({ user: 'And?' }));
      assert.equal(all.providers.anthropic.last.body.messages.length, 1);
      assert.equal(all.providers.anthropic.last.turn.said, spoken({ user: cases.question }));
    });

    test('calls the tool that it is made to call', async () => {
      const choice = { type: 'tool', name: 'get_weather' };
      const answer = await client().messages.create(asked(model, 'Hello', { tools, tool_choice: choice }));
      assert.equal(callsOf(answer)[0].name, 'get_weather');
    });

    test('sees an image', async () => {
      const source = { type: 'base64', media_type: cases.image.type, data: cases.image.data };
      const content = [{ type: 'image', source }, { type: 'text', text: 'Look.' }];
      assert.equal(textOf(await client().messages.create(asked(model, content))), seen(cases.image));
    });

    test('answers in the form of a schema', async () => {
      const format = { type: 'json_schema', schema: cases.reportSchema };
      const answer = await client().messages.create(asked(model, 'Report.', { output_config: { format } }));
      assert.deepEqual(JSON.parse(textOf(answer)), cases.reportThatFits);
    });

    for (const [status, kind, type] of [
      [400, Anthropic.BadRequestError, 'invalid_request_error'],
      [401, Anthropic.AuthenticationError, 'authentication_error'],
      [404, Anthropic.NotFoundError, 'not_found_error'],
      [429, Anthropic.RateLimitError, 'rate_limit_error'],
      [500, Anthropic.InternalServerError, 'api_error'],
    ]) {
      test(`fails with ${kind.name}`, async () => {
        for (const stream of [false, true]) {
          const error = await client().messages.create(asked(model, `FAIL ${status}`, { stream })).catch((thrown) => thrown);
          assert.ok(error instanceof kind, String(error));
          assert.equal(error.status, status);
          assert.equal(error.error.type, 'error');
          assert.equal(error.type, type);
          assert.ok(error.error.error.message.length > 5);
          assert.ok(error.headers.get('x-request-id'));
          if (status === 429) assert.equal(error.headers.get('retry-after'), '2');
        }
      });
    }

    test('fails inside of a stream', async () => {
      const stream = client().messages.stream(asked(model, 'BREAK'));
      let text = '';
      stream.on('text', (piece) => (text += piece));
      stream.once('text', () => all.providers[provider].release());
      await assert.rejects(stream.finalMessage(), Anthropic.APIError);
      assert.ok(spoken({ user: 'BREAK' }).startsWith(text));
    });

    test('hangs up on the provider when the caller does', { timeout: cases.hangsAfter }, async () => {
      const stream = client().messages.stream(asked(model, 'STALL'));
      await new Promise((resolve) => stream.once('text', resolve));
      stream.abort();
      await assert.rejects(stream.done(), Anthropic.APIUserAbortError);
      assert.equal(await all.providers[provider].last.ended, 'cut');
    });

    test('does not mind signs of life', { timeout: cases.hangsAfter }, async () => {
      const { fetch, firstBytes } = cases.watchedFetch();
      const reading = client({ fetch }).messages.stream(asked(model, 'HOLD')).finalText();
      await firstBytes;
      all.providers[provider].release();
      assert.equal(await reading, spoken({ user: 'HOLD' }));
    });

    test('tells the request id and who answered', async () => {
      const call = client().messages.create(asked(model, cases.question), { headers: { 'x-request-id': 'mine-7' } });
      const { data, response } = await call.withResponse();
      assert.equal(response.headers.get('x-request-id'), 'mine-7');
      assert.equal(response.headers.get('x-bifrost-provider'), provider);
      assert.ok(data._request_id);
    });
  });
}

test('lists the models of all providers', async () => {
  const models = await cases.collect(client().models.list());
  const ids = models.map(({ id }) => id);
  for (const id of ['openai/gpt-4o', 'anthropic/claude-sonnet-4-5-20250929', 'gemini/gemini-3-pro-preview']) {
    assert.ok(ids.includes(id), `${id} in ${ids}`);
  }
  assert.ok(models.every(({ type }) => type === 'model'));

  const page = await client().models.list({ limit: 1 });
  assert.equal(page.data.length, 1);
  assert.deepEqual((await cases.collect(page)).map(({ id }) => id), ids, 'the SDK asks for page after page');
});

test('tells of one model', async () => {
  assert.equal((await client().models.retrieve('openai/gpt-4o')).id, 'openai/gpt-4o');
  await assert.rejects(client().models.retrieve('none'), Anthropic.NotFoundError);
});

test('says that there is no such route', async () => {
  const error = await client().get('/v1/nothing').catch((thrown) => thrown);
  assert.ok(error instanceof Anthropic.NotFoundError);
  assert.match(error.message, /no such route: GET/);
  assert.equal(error.error.type, 'error');
});

for (const base of ['/litellm', '/langchain', '/pydanticai', '/cursor']) {
  test(`${base} takes messages`, async () => {
    const answer = await client({ baseURL: all.url + base }).messages.create(asked(cases.models.openai, cases.question));
    assert.equal(answer.type, 'message');
  });
}

describe('thinking', () => {
  const think = (model, content, more = {}) =>
    asked(model, content, { thinking: { type: 'enabled', budget_tokens: 2048 }, ...more });

  // Asks for the weather, sends the thoughts and the calls back, and returns the first answer.
  async function roundTrip(model, text, stream) {
    const request = think(model, text, { tools });
    const first = await (stream ? client().messages.stream(request).finalMessage() : client().messages.create(request));
    const messages = [user(text), { role: 'assistant', content: first.content }, user(answersTo(callsOf(first)))];
    const second = await client().messages.create({ ...request, messages });
    assert.match(textOf(second), /^I was told get_weather/);
    return first;
  }

  test('a budget reaches OpenAI as an effort', async () => {
    await client().messages.create(think(cases.thinkers.openai, cases.question));
    assert.match(all.providers.openai.last.body.reasoning_effort, /^(low|medium|high)$/);
    assert.equal(all.providers.openai.last.body.max_tokens, undefined);
  });

  for (const stream of [false, true]) {
    const how = stream ? ' after a stream' : '';

    test(`Anthropic's signed thoughts return byte for byte${how}`, async () => {
      const first = await roundTrip(cases.thinkers.anthropic, cases.oneCity, stream);
      const about = thoughtAbout({ user: cases.oneCity });
      const wanted = { type: 'thinking', thinking: about.text, signature: about.signature };
      assert.deepEqual(thoughtOf(first), wanted);
      assert.deepEqual(all.providers.anthropic.last.body.messages[1].content[0], wanted);
    });

    test(`Gemini's signed calls return byte for byte${how}`, async () => {
      const first = await roundTrip(cases.thinkers.gemini, cases.twoCities, stream);
      assert.equal(thoughtOf(first).thinking, thoughtAbout({ user: cases.twoCities }).text);
      const sent = all.providers.gemini.last.body.contents[1].parts.filter((part) => part.functionCall);
      assert.equal(sent[0].thoughtSignature, signatureOf('get_weather' + JSON.stringify(cases.argumentsFor('Tromsø'))));
    });

    test(`thoughts of an OpenAI-compatible provider arrive${how}`, async () => {
      const first = await roundTrip('deepseek/deepseek-reasoner', cases.oneCity, stream);
      const about = thoughtAbout({ user: cases.oneCity }).text;
      assert.equal(thoughtOf(first).thinking, about);
      assert.equal(all.providers.deepseek.last.body.messages[1].reasoning_content, about);
    });
  }
});

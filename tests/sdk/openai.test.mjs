// OpenAI's SDK against the gateway: only the base URL is changed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import OpenAI, { AzureOpenAI } from 'openai';

import * as cases from './cases.mjs';
import { startAll } from './gateway.mjs';
import { report, seen, signatureOf, spoken, thoughtAbout, usage } from './model.mjs';

let all;
before(async () => (all = await startAll()));
after(() => all?.stop());

const client = (base, options = {}) =>
  new OpenAI({ baseURL: all.url + base, apiKey: 'none', maxRetries: 0, logLevel: 'off', ...options });

const tools = [{ type: 'function', function: cases.weather }];
const user = (content) => ({ role: 'user', content });
const asked = (model, content, more = {}) => ({ model, messages: [user(content)], ...more });

function assertUsage(told) {
  assert.equal(told.prompt_tokens, usage.input);
  assert.equal(told.completion_tokens, usage.output);
  assert.equal(told.total_tokens, usage.input + usage.output);
  assert.equal(told.prompt_tokens_details.cached_tokens, usage.cached);
}

const answersTo = (calls) =>
  calls.map((call) => ({
    role: 'tool',
    tool_call_id: call.id,
    content: cases.results[JSON.parse(call.function.arguments).city],
  }));

function assertCalls(calls, cities) {
  assert.deepEqual(calls.map((call) => JSON.parse(call.function.arguments)), cities.map(cases.argumentsFor));
  assert.ok(calls.every((call) => call.type === 'function' && call.function.name === 'get_weather'));
  assert.equal(new Set(calls.map((call) => call.id)).size, cities.length);
}

// The deltas of a stream as one message, as a program does that sends it back.
function joined(chunks) {
  const message = { role: 'assistant', content: '' };
  for (const { delta } of chunks.flatMap((chunk) => chunk.choices)) {
    message.content += delta.content ?? '';
    if (delta.extra_content) message.extra_content = delta.extra_content;
    if (delta.reasoning_details) (message.reasoning_details ??= []).push(...delta.reasoning_details);
    for (const { index, ...call } of delta.tool_calls ?? []) {
      const known = (message.tool_calls ??= [])[index];
      if (known) known.function.arguments += call.function.arguments;
      else message.tool_calls[index] = call;
    }
  }
  return message;
}

for (const base of ['/v1', '/openai']) {
  for (const [provider, model] of Object.entries(cases.models)) {
    describe(`${base} with ${model}`, () => {
      test('answers', async () => {
        const messages = [{ role: 'system', content: cases.system }, user(cases.question)];
        const answer = await client(base).chat.completions.create({ model, messages });
        assert.equal(answer.object, 'chat.completion');
        assert.equal(answer.choices[0].message.role, 'assistant');
        assert.equal(answer.choices[0].message.content, spoken({ system: cases.system, user: cases.question }));
        assert.equal(answer.choices[0].finish_reason, 'stop');
        assertUsage(answer.usage);
        assert.equal(all.providers[provider].exchanges.length > 0, true);
      });

      test('streams', async () => {
        const request = asked(model, cases.question, { stream_options: { include_usage: true } });
        const final = await client(base).chat.completions.stream(request).finalChatCompletion();
        assert.equal(final.choices[0].message.content, spoken({ user: cases.question }));
        assert.equal(final.choices[0].finish_reason, 'stop');
        assertUsage(final.usage);
      });

      test('streams chunk by chunk', async () => {
        const stream = await client(base).chat.completions.create(asked(model, cases.question, { stream: true }));
        const chunks = await cases.collect(stream);
        assert.ok(chunks.length > 5);
        assert.ok(chunks.every(({ id, object }) => id === chunks[0].id && object === 'chat.completion.chunk'));
        assert.equal(joined(chunks).content, spoken({ user: cases.question }));
      });

      for (const [name, text, cities] of [
        ['a tool', cases.oneCity, ['Tromsø']],
        ['parallel tools', cases.twoCities, ['Tromsø', 'Lima']],
      ]) {
        test(`calls ${name} and reads the results`, async () => {
          const first = await client(base).chat.completions.create(asked(model, text, { tools }));
          const { message, finish_reason: reason } = first.choices[0];
          assert.equal(reason, 'tool_calls');
          assertCalls(message.tool_calls, cities);
          const messages = [user(text), message, ...answersTo(message.tool_calls)];
          const second = await client(base).chat.completions.create({ model, messages, tools });
          const told = cities.map((city) => ({ name: 'get_weather', text: cases.results[city] }));
          assert.equal(second.choices[0].message.content, report(told));
        });

        test(`calls ${name} in a stream`, async () => {
          const final = await client(base).chat.completions.stream(asked(model, text, { tools })).finalChatCompletion();
          assert.equal(final.choices[0].finish_reason, 'tool_calls');
          assertCalls(final.choices[0].message.tool_calls, cities);
        });
      }

      test('runs the tools in the SDK\'s own loop', async () => {
        const run = (given) => cases.results[given.city];
        const runner = client(base).chat.completions.runTools(
          asked(model, cases.twoCities, { tools: [{ type: 'function', function: { ...cases.weather, function: run, parse: JSON.parse } }] }),
        );
        const told = ['Tromsø', 'Lima'].map((city) => ({ name: 'get_weather', text: cases.results[city] }));
        assert.equal(await runner.finalContent(), report(told));
      });

      test('calls the tool that it is made to call', async () => {
        const choice = { tool_choice: { type: 'function', function: { name: 'get_weather' } } };
        const answer = await client(base).chat.completions.create(asked(model, 'Hello', { tools, ...choice }));
        assert.equal(answer.choices[0].message.tool_calls[0].function.name, 'get_weather');
      });

      test('sees an image', async () => {
        const url = `data:${cases.image.type};base64,${cases.image.data}`;
        const content = [{ type: 'text', text: 'Look.' }, { type: 'image_url', image_url: { url } }];
        const answer = await client(base).chat.completions.create(asked(model, content));
        assert.equal(answer.choices[0].message.content, seen(cases.image));
      });

      test('answers in the form of a schema', async () => {
        const format = { type: 'json_schema', json_schema: { name: 'report', schema: cases.reportSchema, strict: true } };
        const answer = await client(base).chat.completions.parse(asked(model, 'Report.', { response_format: format }));
        assert.deepEqual(JSON.parse(answer.choices[0].message.content), cases.reportThatFits);
      });

      for (const [status, kind] of [
        [400, OpenAI.BadRequestError],
        [401, OpenAI.AuthenticationError],
        [404, OpenAI.NotFoundError],
        [429, OpenAI.RateLimitError],
        [500, OpenAI.InternalServerError],
      ]) {
        test(`fails with ${kind.name}`, async () => {
          for (const stream of [false, true]) {
            const request = asked(model, `FAIL ${status}`, { stream });
            const error = await client(base).chat.completions.create(request).catch((thrown) => thrown);
            assert.ok(error instanceof kind, String(error));
            assert.equal(error.status, status);
            assert.ok(error.message.length > 10);
            assert.equal(error.requestID, error.headers.get('x-request-id'));
            assert.ok(error.requestID);
            if (status === 429) assert.equal(error.headers.get('retry-after'), '2');
          }
        });
      }

      test('fails inside of a stream', async () => {
        const stream = await client(base).chat.completions.create(asked(model, 'BREAK', { stream: true }));
        let text = '';
        const reading = (async () => {
          for await (const chunk of stream) {
            const piece = chunk.choices[0]?.delta.content ?? '';
            if (piece && !text) all.providers[provider].release();
            text += piece;
          }
        })();
        await assert.rejects(reading, OpenAI.APIError);
        assert.ok(spoken({ user: 'BREAK' }).startsWith(text));
      });

      test('hangs up on the provider when the caller does', { timeout: cases.hangsAfter }, async () => {
        const stream = await client(base).chat.completions.create(asked(model, 'STALL', { stream: true }));
        for await (const chunk of stream) {
          if (chunk.choices[0].delta.content) break;
        }
        stream.controller.abort();
        assert.equal(await all.providers[provider].last.ended, 'cut');
      });

      test('does not mind signs of life', { timeout: cases.hangsAfter }, async () => {
        const { fetch, firstBytes } = cases.watchedFetch();
        const reading = client(base, { fetch }).chat.completions.stream(asked(model, 'HOLD')).finalContent();
        await firstBytes;
        all.providers[provider].release();
        assert.equal(await reading, spoken({ user: 'HOLD' }));
      });

      test('tells the request id and who answered', async () => {
        const call = client(base).chat.completions.create(asked(model, cases.question), { headers: { 'x-request-id': 'mine-7' } });
        const { response, request_id: id } = await call.withResponse();
        assert.equal(id, 'mine-7');
        assert.equal(response.headers.get('x-bifrost-provider'), provider);
      });
    });
  }

  test(`${base} lists the models of all providers`, async () => {
    const models = await cases.collect(client(base).models.list());
    const ids = models.map(({ id }) => id);
    for (const id of ['openai/gpt-4o', 'anthropic/claude-sonnet-4-5-20250929', 'gemini/gemini-2.5-flash', 'gemini/gemini-3-pro-preview']) {
      assert.ok(ids.includes(id), `${id} in ${ids}`);
    }
    assert.ok(models.every(({ object }) => object === 'model'));
  });

  test(`${base} tells of one model`, async () => {
    assert.equal((await client(base).models.retrieve('anthropic/claude-sonnet-4-5-20250929')).owned_by, 'anthropic');
    assert.equal((await client(base).models.retrieve('gpt-4o')).id, 'openai/gpt-4o');
    await assert.rejects(client(base).models.retrieve('openai/none'), OpenAI.NotFoundError);
  });

  test(`${base} says that there is no such route`, async () => {
    const error = await client(base).get('/nothing').catch((thrown) => thrown);
    assert.ok(error instanceof OpenAI.NotFoundError);
    assert.match(error.message, /no such route: GET/);
  });
}

for (const address of ['', '/openai', '/langchain']) {
  test(`AzureOpenAI at "${address}" finds its deployment`, async () => {
    const azure = new AzureOpenAI({ endpoint: all.url + address, apiKey: 'none', apiVersion: '2024-10-21', maxRetries: 0 });
    for (const model of ['gpt-4o', cases.models.anthropic]) {
      const answer = await azure.chat.completions.create(asked(model, cases.question));
      assert.ok(answer.choices[0].message.content);
    }
    assert.ok((await cases.collect(azure.models.list())).length > 0);
  });
}

describe('thinking', () => {
  const think = (model, content, more = {}) => asked(model, content, { reasoning_effort: 'medium', ...more });
  const { text: thought, signature } = thoughtAbout({ user: cases.question });

  test('an effort reaches OpenAI, which keeps the thoughts', async () => {
    const answer = await client('/v1').chat.completions.create(think(cases.thinkers.openai, cases.question));
    assert.equal(all.providers.openai.last.body.reasoning_effort, 'medium');
    assert.equal(answer.usage.completion_tokens_details.reasoning_tokens, usage.reasoning);
  });

  test('thoughts of an OpenAI-compatible provider arrive', async () => {
    const request = asked('deepseek/deepseek-reasoner', cases.question);
    const { message } = (await client('/v1').chat.completions.create(request)).choices[0];
    assert.equal(message.reasoning_content, thought);
  });

  test('Anthropic\'s signed thoughts arrive and return byte for byte', async () => {
    const request = think(cases.thinkers.anthropic, cases.oneCity, { tools });
    const first = (await client('/v1').chat.completions.create(request)).choices[0].message;
    const about = thoughtAbout({ user: cases.oneCity });
    assert.equal(first.reasoning, about.text);
    assert.equal(first.reasoning_details[0].signature, about.signature);
    const messages = [user(cases.oneCity), first, ...answersTo(first.tool_calls)];
    await client('/v1').chat.completions.create({ ...request, messages });
    const { body, text } = all.providers.anthropic.last;
    assert.deepEqual(body.messages[1].content[0], { type: 'thinking', thinking: about.text, signature: about.signature });
    assert.ok(text.includes(`"${about.signature}"`));
  });

  test('Anthropic\'s signed thoughts survive a stream', async () => {
    const request = think(cases.thinkers.anthropic, cases.oneCity, { tools });
    const chunks = await cases.collect(await client('/v1').chat.completions.create({ ...request, stream: true }));
    const first = joined(chunks);
    const messages = [user(cases.oneCity), first, ...answersTo(first.tool_calls)];
    await client('/v1').chat.completions.create({ ...request, messages });
    const about = thoughtAbout({ user: cases.oneCity });
    const sent = all.providers.anthropic.last.body.messages[1].content[0];
    assert.deepEqual(sent, { type: 'thinking', thinking: about.text, signature: about.signature });
  });

  for (const stream of [false, true]) {
    test(`Gemini's signed calls return byte for byte${stream ? ' after a stream' : ''}`, async () => {
      const request = think(cases.thinkers.gemini, cases.twoCities, { tools });
      const answer = await client('/v1').chat.completions.create({ ...request, stream });
      const first = stream ? joined(await cases.collect(answer)) : answer.choices[0].message;
      const messages = [user(cases.twoCities), first, ...answersTo(first.tool_calls)];
      const second = await client('/v1').chat.completions.create({ ...request, messages });
      assert.match(second.choices[0].message.content, /^I was told get_weather/);
      const sent = all.providers.gemini.last.body.contents[1].parts.filter((part) => part.functionCall);
      assert.equal(sent[0].thoughtSignature, signatureOf('get_weather' + JSON.stringify(cases.argumentsFor('Tromsø'))));
    });
  }

  test('the signature of Gemini\'s text returns byte for byte', async () => {
    const request = think(cases.thinkers.gemini, cases.question);
    const first = (await client('/v1').chat.completions.create(request)).choices[0].message;
    assert.equal(first.reasoning, thought);
    const messages = [user(cases.question), first, user('And?')];
    await client('/v1').chat.completions.create({ ...request, messages });
    const { parts } = all.providers.gemini.last.body.contents[1];
    assert.ok(parts.some((part) => part.thoughtSignature === signature), JSON.stringify(parts));
  });
});

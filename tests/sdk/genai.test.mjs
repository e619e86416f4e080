// Google's SDK against the gateway: only the base URL is changed.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ApiError, FunctionCallingConfigMode, GoogleGenAI } from '@google/genai';

import * as cases from './cases.mjs';
import { startAll } from './gateway.mjs';
import { report, seen, signatureOf, spoken, thoughtAbout, usage } from './model.mjs';

let all;
before(async () => (all = await startAll()));
after(() => all?.stop());

const client = (options = {}) => new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: `${all.url}/genai`, ...options } });

const { parameters: schema, ...named } = cases.weather;
const tools = [{ functionDeclarations: [{ ...named, parametersJsonSchema: schema }] }];
const user = (parts) => ({ role: 'user', parts: Array.isArray(parts) ? parts : [{ text: parts }] });
const asked = (model, contents, config = {}) => ({ model, contents, config });
const partsOf = (answer) => answer.candidates?.[0].content?.parts ?? [];
const partsOfContent = ({ parts }) => parts;
const thoughtOf = (parts) => parts.filter(({ thought }) => thought).map(({ text }) => text).join('');
const textOf = (parts) => parts.filter(({ thought, text }) => text && !thought).map(({ text }) => text).join('');

function assertUsage(told, { thoughts = 0 } = {}) {
  assert.equal(told.promptTokenCount, usage.input);
  assert.equal(told.cachedContentTokenCount, usage.cached);
  assert.equal(told.candidatesTokenCount, usage.output - thoughts);
  assert.equal(told.totalTokenCount, usage.input + usage.output);
}

const answersTo = (calls) =>
  calls.map(({ id, name, args }) => ({
    functionResponse: { ...(id ? { id } : {}), name, response: { output: cases.results[args.city] } },
  }));

function assertCalls(calls, cities) {
  assert.deepEqual(calls.map(({ args }) => args), cities.map(cases.argumentsFor));
  assert.ok(calls.every(({ name }) => name === 'get_weather'));
}

for (const [provider, model] of Object.entries(cases.models)) {
  describe(model, () => {
    test('answers', async () => {
      const answer = await client().models.generateContent(asked(model, cases.question, { systemInstruction: cases.system }));
      assert.equal(answer.text, spoken({ system: cases.system, user: cases.question }));
      assert.equal(answer.candidates[0].finishReason, 'STOP');
      assert.equal(answer.candidates[0].content.role, 'model');
      assertUsage(answer.usageMetadata);
    });

    test('streams', async () => {
      const chunks = await cases.collect(await client().models.generateContentStream(asked(model, cases.question)));
      assert.equal(textOf(chunks.flatMap(partsOf)), spoken({ user: cases.question }));
      assert.ok(chunks.length > 3);
      assert.equal(chunks.at(-1).candidates[0].finishReason, 'STOP');
      assertUsage(chunks.at(-1).usageMetadata);
    });

    test('chats in streams, and remembers', async () => {
      const chat = client().chats.create({ model });
      await cases.collect(await chat.sendMessageStream({ message: cases.question }));
      const chunks = await cases.collect(await chat.sendMessageStream({ message: 'And?' }));
      assert.equal(textOf(chunks.flatMap(partsOf)), spoken({ user: 'And?' }));
      assert.equal(all.providers[provider].last.turn.said, spoken({ user: cases.question }));
    });

    for (const [name, text, cities] of [
      ['a tool', cases.oneCity, ['Tromsø']],
      ['parallel tools', cases.twoCities, ['Tromsø', 'Lima']],
    ]) {
      test(`calls ${name} and reads the results`, async () => {
        const first = await client().models.generateContent(asked(model, text, { tools }));
        assertCalls(first.functionCalls, cities);
        const contents = [user(text), first.candidates[0].content, user(answersTo(first.functionCalls))];
        const second = await client().models.generateContent(asked(model, contents, { tools }));
        assert.equal(second.text, report(cities.map((city) => ({ name: 'get_weather', text: cases.results[city] }))));
      });

      test(`calls ${name} in a stream`, async () => {
        const chunks = await cases.collect(await client().models.generateContentStream(asked(model, text, { tools })));
        assertCalls(chunks.flatMap((chunk) => chunk.functionCalls ?? []), cities);
      });
    }

    test('runs the tools in the SDK\'s own loop', async () => {
      const callable = {
        tool: async () => tools[0],
        callTool: async (calls) => answersTo(calls),
      };
      const answer = await client().models.generateContent(asked(model, cases.twoCities, { tools: [callable] }));
      assert.equal(answer.text, report(['Tromsø', 'Lima'].map((city) => ({ name: 'get_weather', text: cases.results[city] }))));
    });

    test('calls the tool that it is made to call', async () => {
      const functionCallingConfig = { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['get_weather'] };
      const answer = await client().models.generateContent(asked(model, 'Hello', { tools, toolConfig: { functionCallingConfig } }));
      assert.equal(answer.functionCalls[0].name, 'get_weather');
    });

    test('sees an image', async () => {
      const inlineData = { mimeType: cases.image.type, data: cases.image.data };
      const answer = await client().models.generateContent(asked(model, [user([{ text: 'Look.' }, { inlineData }])]));
      assert.equal(answer.text, seen(cases.image));
    });

    test('answers in the form of a schema', async () => {
      const config = { responseMimeType: 'application/json', responseJsonSchema: cases.reportSchema };
      const answer = await client().models.generateContent(asked(model, 'Report.', config));
      assert.deepEqual(JSON.parse(answer.text), cases.reportThatFits);
    });

    for (const [status, name] of [
      [400, 'INVALID_ARGUMENT'],
      [401, 'UNAUTHENTICATED'],
      [404, 'NOT_FOUND'],
      [429, 'RESOURCE_EXHAUSTED'],
      [500, 'INTERNAL'],
    ]) {
      test(`fails with an ApiError of ${status}`, async () => {
        const request = asked(model, `FAIL ${status}`);
        for (const method of ['generateContent', 'generateContentStream']) {
          const error = await client().models[method](request).catch((thrown) => thrown);
          assert.ok(error instanceof ApiError, String(error));
          assert.equal(error.status, status);
          const { error: body } = JSON.parse(error.message);
          assert.equal(body.code, status);
          assert.equal(body.status, name);
          if (status !== 429) continue;
          assert.ok(body.details.some(({ retryDelay }) => retryDelay === '2s'), error.message);
        }
      });
    }

    test('fails inside of a stream', async () => {
      const stream = await client().models.generateContentStream(asked(model, 'BREAK'));
      let text = '';
      const reading = (async () => {
        for await (const chunk of stream) {
          const piece = textOf(partsOf(chunk));
          if (piece && !text) all.providers[provider].release();
          text += piece;
        }
      })();
      await assert.rejects(reading, (error) => error instanceof ApiError && error.status >= 500);
      assert.ok(spoken({ user: 'BREAK' }).startsWith(text));
    });

    test('hangs up on the provider when the caller does', { timeout: cases.hangsAfter }, async () => {
      const controller = new AbortController();
      const stream = await client().models.generateContentStream(asked(model, 'STALL', { abortSignal: controller.signal }));
      for await (const chunk of stream) {
        if (textOf(partsOf(chunk))) break;
      }
      controller.abort();
      assert.equal(await all.providers[provider].last.ended, 'cut');
    });

    test('does not mind signs of life', { timeout: cases.hangsAfter }, async () => {
      const { fetch, firstBytes } = cases.watchedFetch();
      const reading = (async () => cases.collect(await client({ fetch }).models.generateContentStream(asked(model, 'HOLD'))))();
      await firstBytes;
      all.providers[provider].release();
      assert.equal(textOf((await reading).flatMap(partsOf)), spoken({ user: 'HOLD' }));
    });

    test('tells the request id and who answered', async () => {
      const headers = { 'x-request-id': 'mine-7' };
      const answer = await client({ headers }).models.generateContent(asked(model, cases.question));
      assert.equal(answer.sdkHttpResponse.headers['x-request-id'], 'mine-7');
      assert.equal(answer.sdkHttpResponse.headers['x-bifrost-provider'], provider);
    });
  });
}

test('lists the models of all providers', async () => {
  const models = await cases.collect(await client().models.list());
  const names = models.map(({ name }) => name);
  for (const name of ['openai/gpt-4o', 'anthropic/claude-sonnet-4-5-20250929', 'gemini/gemini-3-pro-preview']) {
    assert.ok(names.includes(`models/${name}`), `${name} in ${names}`);
  }

  const pager = await client().models.list({ config: { pageSize: 1 } });
  assert.equal(pager.page.length, 1);
  assert.deepEqual((await cases.collect(pager)).map(({ name }) => name), names, 'the SDK asks for page after page');
});

test('tells of one model', async () => {
  assert.equal((await client().models.get({ model: 'models/openai/gpt-4o' })).name, 'models/openai/gpt-4o');
  const error = await client().models.get({ model: 'none' }).catch((thrown) => thrown);
  assert.equal(error.status, 404);
});

describe('thinking', () => {
  const thinkingConfig = { thinkingBudget: 2048, includeThoughts: true };

  // Asks for the weather, sends the thoughts and the calls back, and returns the parts of the first answer.
  async function roundTrip(model, text) {
    const config = { tools, thinkingConfig };
    const first = await client().models.generateContent(asked(model, text, config));
    const contents = [user(text), first.candidates[0].content, user(answersTo(first.functionCalls))];
    const second = await client().models.generateContent(asked(model, contents, config));
    assert.match(second.text, /^I was told get_weather/);
    return partsOf(first);
  }

  // The same with a chat of the SDK, which sends a content for each chunk that it got.
  async function chatTrip(model, text) {
    const chat = client().chats.create({ model, config: { tools, thinkingConfig } });
    const parts = (await cases.collect(await chat.sendMessageStream({ message: text }))).flatMap(partsOf);
    const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
    const second = await cases.collect(await chat.sendMessageStream({ message: answersTo(calls) }));
    assert.match(textOf(second.flatMap(partsOf)), /^I was told get_weather/);
    return parts;
  }

  test('a budget reaches OpenAI as an effort', async () => {
    const answer = await client().models.generateContent(asked(cases.thinkers.openai, cases.question, { thinkingConfig }));
    assert.match(all.providers.openai.last.body.reasoning_effort, /^(low|medium|high)$/);
    assert.equal(answer.usageMetadata.thoughtsTokenCount, usage.reasoning);
    assertUsage(answer.usageMetadata, { thoughts: usage.reasoning });
  });

  for (const [how, trip] of [['', roundTrip], [' after a streamed chat', chatTrip]]) {
    test(`Anthropic's signed thoughts return byte for byte${how}`, async () => {
      const parts = await trip(cases.thinkers.anthropic, cases.oneCity);
      const about = thoughtAbout({ user: cases.oneCity });
      assert.equal(thoughtOf(parts), about.text);
      const wanted = { type: 'thinking', thinking: about.text, signature: about.signature };
      assert.deepEqual(all.providers.anthropic.last.body.messages[1].content[0], wanted);
    });

    test(`Gemini's signed calls return byte for byte${how}`, async () => {
      const parts = await trip(cases.thinkers.gemini, cases.twoCities);
      assert.equal(thoughtOf(parts), thoughtAbout({ user: cases.twoCities }).text);
      const sent = all.providers.gemini.last.body.contents.flatMap(partsOfContent).filter((part) => part.functionCall);
      assert.equal(sent[0].thoughtSignature, signatureOf('get_weather' + JSON.stringify(cases.argumentsFor('Tromsø'))));
    });

    test(`thoughts of an OpenAI-compatible provider arrive${how}`, async () => {
      const parts = await trip('deepseek/deepseek-reasoner', cases.oneCity);
      const about = thoughtAbout({ user: cases.oneCity }).text;
      assert.equal(thoughtOf(parts), about);
      assert.equal(all.providers.deepseek.last.body.messages[1].reasoning_content, about);
    });
  }
});

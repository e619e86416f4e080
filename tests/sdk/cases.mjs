// What the three SDKs are put through alike.

// Milliseconds. Only a test that waits for ever takes as long: a busy machine is slow.
export const hangsAfter = 300_000;

// A model of each provider, by the name that a caller of the gateway writes.
export const models = {
  openai: 'openai/gpt-4o',
  anthropic: 'anthropic/claude-sonnet-4-5-20250929',
  gemini: 'gemini/gemini-2.5-flash',
};

export const thinkers = {
  openai: 'openai/gpt-5-mini',
  anthropic: 'anthropic/claude-sonnet-4-5-20250929',
  gemini: 'gemini/gemini-3-pro-preview',
};

export const system = 'Be brief: «ja»/nein.';
export const question = 'What is 6×7? 🙂';
export const oneCity = 'What is the weather in Tromsø?';
export const twoCities = 'What is the weather in Tromsø and Lima?';
export const results = { Tromsø: '-3 °C, "snow"', Lima: '19 °C' };

// What the fake model's calls for these questions hold.
export const argumentsFor = (city) => ({ city, note: 'naïve “☂”' });

export const weather = {
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, note: { type: 'string' } },
    required: ['city', 'note'],
    additionalProperties: false,
  },
};

export const reportSchema = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'integer' }, tags: { type: 'array', items: { type: 'string' } } },
  required: ['city', 'degrees', 'tags'],
  additionalProperties: false,
};
export const reportThatFits = { city: 'Tromsø', degrees: -3, tags: ['Tromsø'] };

// One red dot.
export const image = {
  type: 'image/png',
  data: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
};

// A fetch that tells when a stream that has begun brings the first bytes.
export function watchedFetch() {
  let seen;
  const firstBytes = new Promise((resolve) => (seen = resolve));
  const watched = async (url, options) => {
    const response = await fetch(url, options);
    const tap = new TransformStream({
      transform(chunk, controller) {
        seen(Buffer.from(chunk).toString());
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(tap), response);
  };
  return { fetch: watched, firstBytes };
}

// All of an async iterable.
export async function collect(iterable) {
  const all = [];
  for await (const each of iterable) all.push(each);
  return all;
}

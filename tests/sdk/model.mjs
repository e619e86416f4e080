// What the fake models say.
//
// Each wire (wire_*.mjs) reads a provider's request into a turn, asks here for the answer, and writes that in the
// provider's own format. The answer is made of what reached the provider, so a mistake in translation changes it.
//
//   turn    {system, user, said: all of its earlier answers, images: [{type, data}], tools: [{name, parameters}],
//            forced: tool name or undefined, results: [{name, text}], schema, thinks: bool}
//   answer  {thought: {text, signature}, text, calls: [{name, arguments}]}
//
// Words in the last user text make the provider misbehave:
//
//   FAIL 429   an error instead of an answer
//   STALL      half of a stream and then nothing
//   HOLD       the head of a stream, and its first event only when it is released
//   BREAK      half of a stream, and an error in it when it is released
//   LONG       an answer of ten thousand words

import { createHash } from 'node:crypto';

// The same for every answer. Cached tokens are a part of the input, reasoning of the output.
export const usage = { input: 21, cached: 5, output: 34, reasoning: 13 };

// Base64 with all its characters: a signature that is decoded, trimmed or re-encoded on its way is another one.
export function signatureOf(text) {
  return '+//+' + createHash('sha512').update(text).digest('base64');
}

export function answer(turn) {
  const thought = turn.thinks ? thoughtAbout(turn) : undefined;
  if (turn.results.length > 0) return { thought, text: report(turn.results), calls: [] };
  if (turn.forced) return { calls: [call(turn.tools.find((tool) => tool.name === turn.forced))] };
  const cities = /weather in (.+?)\?/.exec(turn.user)?.[1].split(' and ') ?? [];
  if (turn.tools.length > 0 && cities.length > 0) {
    const calls = cities.map((city) => ({ name: turn.tools[0].name, arguments: { city, note: 'naïve “☂”' } }));
    return { thought, text: 'Let me look.', calls };
  }
  if (turn.schema) return { thought, text: JSON.stringify(sample(turn.schema)), calls: [] };
  if (turn.user.includes('LONG')) return { thought, text: 'word '.repeat(10_000), calls: [] };
  if (turn.images.length > 0) return { thought, text: turn.images.map(seen).join(' '), calls: [] };
  return { thought, text: spoken(turn), calls: [] };
}

// "FAIL 429" -> 429
export function failure(turn) {
  const status = /FAIL (\d{3})/.exec(turn.user)?.[1];
  return status && Number(status);
}

export const breaks = (turn) => turn.user.includes('BREAK');
export const stalls = (turn) => turn.user.includes('STALL');
export const holds = (turn) => turn.user.includes('HOLD');

// In pieces of uneven length, as models send it.
export function pieces(text) {
  const found = [];
  const letters = [...text];
  for (let at = 0, length = 1; at < letters.length; at += length, length = (length % 7) + 1) {
    if (at > 0) length = Math.min(length, letters.length - at);
    found.push(letters.slice(at, at + length).join(''));
  }
  return found;
}

export function spoken({ system, user }) {
  const under = system ? ` (told: ${system})` : '';
  return `You said “${user}”${under}. 🌈 Ünïcödé, "quotes", \\ and\nlines.`;
}

export function thoughtAbout({ user }) {
  const text = `The user wants: ${user}. 🤔 Two\nlines.`;
  return { text, signature: signatureOf(text) };
}

export function report(results) {
  return 'I was told ' + results.map(({ name, text }) => `${name}: ${text}`).join('; ') + '.';
}

export function seen({ type, data }) {
  const bytes = Buffer.from(data, 'base64');
  return `I see ${type}, ${bytes.length} bytes, ${createHash('sha1').update(bytes).digest('hex')}.`;
}

const call = ({ name, parameters }) => ({ name, arguments: sample(parameters) });

// Something that fits a JSON schema or an OpenAPI schema.
function sample(schema) {
  switch (String(schema.type).toLowerCase()) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, each]) => [name, sample(each)]));
    case 'array':
      return [sample(schema.items)];
    case 'integer':
    case 'number':
      return -3;
    case 'boolean':
      return true;
    default:
      return schema.enum?.[0] ?? 'Tromsø';
  }
}

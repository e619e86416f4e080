// Google's generateContent and streamGenerateContent, as the Gemini API reference describes them.

import { pieces, signatureOf, usage } from './model.mjs';

const fields = new Set(
  'contents tools toolConfig safetySettings systemInstruction generationConfig cachedContent labels serviceTier store'.split(' '),
);

// What Google's documentation gives to those that have no signature for a call.
const noSignature = ['context_engineering_is_the_way_to_go', 'skip_thought_signature_validator'].flatMap((text) => [
  text,
  Buffer.from(text).toString('base64'),
]);

const detail = (name, rest) => ({ '@type': `type.googleapis.com/google.rpc.${name}`, ...rest });
const errors = {
  400: ['INVALID_ARGUMENT', 'Invalid value at \'generation_config.temperature\' (TYPE_FLOAT), 3', []],
  401: ['UNAUTHENTICATED', 'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.', []],
  404: ['NOT_FOUND', 'models/gemini-nope is not found for API version v1beta, or is not supported for generateContent.', []],
  429: [
    'RESOURCE_EXHAUSTED',
    'You exceeded your current quota. Please retry in 2s.',
    [
      detail('QuotaFailure', { violations: [{ quotaId: 'GenerateRequestsPerMinutePerProjectPerModel' }] }),
      detail('RetryInfo', { retryDelay: '2s' }),
    ],
  ],
  500: ['INTERNAL', 'An internal error has occurred. Please retry.', []],
  503: ['UNAVAILABLE', 'The model is overloaded. Please try again later.', []],
};

export function geminiWire() {
  return {
    headers: { server: 'scaffolding on HTTPServer2' },
    hasKey: (headers) => headers['x-goog-api-key'] === 'key-of-gemini',
    models: (url) => url.pathname === '/v1beta/models' && modelList(url.searchParams.get('pageToken')),
    streams,
    modelOf: (body, url) => /models\/(.+):/.exec(url.pathname)[1],
    refuse,
    read,
    whole: (said) => chunkOf(said, parts(said), 'STOP'),
    events,
    error,
    streamError: () => `data: ${JSON.stringify(error(503).body)}\r\n\r\n`,
  };
}

function streams(url) {
  if (/^\/v1beta\/models\/[^/]+:generateContent$/.test(url.pathname)) return false;
  const stream = /^\/v1beta\/models\/[^/]+:streamGenerateContent$/.test(url.pathname);
  return stream && url.searchParams.get('alt') === 'sse' ? true : undefined;
}

const row = (name, displayName) => ({
  name,
  version: '001',
  displayName,
  inputTokenLimit: 1048576,
  outputTokenLimit: 65536,
  supportedGenerationMethods: ['generateContent', 'countTokens'],
});

const modelList = (token) =>
  token === 'page-2'
    ? { models: [row('models/gemini-3-pro-preview', 'Gemini 3 Pro Preview')] }
    : { models: [row('models/gemini-2.5-flash', 'Gemini 2.5 Flash')], nextPageToken: 'page-2' };

function refuse(body, headers, url) {
  const unknown = Object.keys(body).find((name) => !fields.has(name));
  if (unknown) return `Invalid JSON payload received. Unknown name "${unknown}": Cannot find field.`;
  if (!Array.isArray(body.contents) || body.contents.length === 0) return 'contents is not specified';
  for (const { role, parts: list } of body.contents) {
    if (!['user', 'model'].includes(role)) return `Please use a valid role: user, model. Got ${role}.`;
    if (!list?.length) return 'contents.parts must not be empty.';
  }
  const turns = joinedTurns(body.contents);
  return refuseResults(turns) ?? refuseSignatures(turns, url);
}

// Chats send a streamed turn back in as many contents as it had chunks.
function joinedTurns(contents) {
  const turns = [];
  for (const { role, parts: list } of contents) {
    if (turns.at(-1)?.role === role) turns.at(-1).parts.push(...list);
    else turns.push({ role, parts: [...list] });
  }
  return turns;
}

function refuseResults(contents) {
  for (const [at, { parts: list }] of contents.entries()) {
    const results = list.filter((part) => part.functionResponse);
    if (results.length === 0) continue;
    const calls = contents[at - 1]?.parts.filter((part) => part.functionCall) ?? [];
    if (calls.length !== results.length) {
      return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.';
    }
    if (results.some((part) => typeof part.functionResponse.response !== 'object')) return 'functionResponse.response: not an object';
  }
  return undefined;
}

// Gemini 3 wants the signature of a turn's first call back.
function refuseSignatures(contents, url) {
  if (!url.pathname.includes('/gemini-3')) return undefined;
  for (const { role, parts: list } of contents) {
    const first = list.find((part) => part.functionCall);
    if (role !== 'model' || !first) continue;
    const { thoughtSignature: signature, functionCall } = first;
    if (!signature) return `Function call is missing a thought_signature in functionCall parts: ${functionCall.name}.`;
    if (signature !== callSignature(functionCall) && !noSignature.includes(signature)) return 'Thought signature is not valid.';
  }
  return undefined;
}

const callSignature = ({ name, args }) => signatureOf(name + JSON.stringify(args));
const textOf = (list) => (list ?? []).filter(({ text, thought }) => text && !thought).map(({ text }) => text).join('');

function read(body) {
  const config = body.generationConfig ?? {};
  const choice = body.toolConfig?.functionCallingConfig ?? {};
  const users = body.contents.filter(({ role, parts: list }) => role === 'user' && textOf(list) !== '');
  const images = body.contents.flatMap(({ parts: list }) => list).filter((part) => part.inlineData);
  const schema = config.responseJsonSchema ?? config.responseSchema;
  return {
    system: textOf(body.systemInstruction?.parts),
    user: users.length > 0 ? textOf(users.at(-1).parts) : '',
    said: body.contents.filter(({ role }) => role === 'model').map(({ parts: list }) => textOf(list)).join(''),
    images: images.map(({ inlineData }) => ({ type: inlineData.mimeType, data: inlineData.data })),
    tools: (body.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []).map(declared),
    forced: choice.mode === 'ANY' && choice.allowedFunctionNames?.length === 1 ? choice.allowedFunctionNames[0] : undefined,
    results: body.contents.at(-1).parts.filter((part) => part.functionResponse).map(resultOf),
    schema: config.responseMimeType === 'application/json' ? schema : undefined,
    thinks: config.thinkingConfig?.includeThoughts === true,
  };
}

const declared = ({ name, parameters, parametersJsonSchema }) => ({ name, parameters: parametersJsonSchema ?? parameters });

function resultOf({ functionResponse: { name, response } }) {
  const values = Object.values(response);
  return { name, text: values.length === 1 && typeof values[0] === 'string' ? values[0] : JSON.stringify(response) };
}

const thoughtPart = (text) => ({ text, thought: true });

// Parallel calls come without ids, and only the first of them is signed.
const callPart = ({ name, arguments: args }, index) => ({
  functionCall: { name, args },
  ...(index === 0 ? { thoughtSignature: callSignature({ name, args }) } : {}),
});

// Without a call, the last text part carries the signature of the thoughts.
function parts(said) {
  const list = said.calls.map(callPart);
  const signature = said.thought && list.length === 0 ? { thoughtSignature: said.thought.signature } : {};
  if (said.text) list.unshift({ text: said.text, ...signature });
  if (said.thought) list.unshift(thoughtPart(said.thought.text));
  return list;
}

// Candidates are counted without the thoughts.
function usageOf(said) {
  const thoughts = said.thought ? usage.reasoning : 0;
  return {
    promptTokenCount: usage.input,
    cachedContentTokenCount: usage.cached,
    candidatesTokenCount: usage.output - thoughts,
    totalTokenCount: usage.input + usage.output,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }],
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
  };
}

const chunkOf = (said, list, finishReason) => ({
  candidates: [{ content: { parts: list, role: 'model' }, ...(finishReason ? { finishReason } : {}), index: 0 }],
  usageMetadata: usageOf(said),
  modelVersion: said.model,
  responseId: 'fake-response-1',
});

// Calls come whole, each in a chunk of its own; a signature of a text comes behind it, on an empty one.
function events(said) {
  const lists = [];
  if (said.thought) lists.push(...pieces(said.thought.text).map((text) => [thoughtPart(text)]));
  lists.push(...pieces(said.text ?? '').map((text) => [{ text }]));
  lists.push(...said.calls.map((call, index) => [callPart(call, index)]));
  const signed = said.thought && said.calls.length === 0;
  const last = [signed ? { text: '', thoughtSignature: said.thought.signature } : { text: '' }];
  const chunks = [...lists.map((list) => chunkOf(said, list)), chunkOf(said, last, 'STOP')];
  return chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`);
}

function error(status, text) {
  const [name, message, details] = errors[status];
  const body = { error: { code: status, message: text ?? message, status: name } };
  if (details.length > 0) body.error.details = details;
  return { status, headers: {}, body };
}

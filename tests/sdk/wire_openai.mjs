// OpenAI's chat completions, as its API reference describes them.

import { pieces, usage } from './model.mjs';

const fields = new Set(
  `audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages
   metadata modalities model moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key
   prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream
   stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options thinking`.split(/\s+/),
);

const errors = {
  400: ['Invalid value for \'temperature\': 3 is greater than the maximum of 2.', 'invalid_request_error', 'temperature', 'decimal_above_max_value'],
  401: ['Incorrect API key provided: sk-wrong. You can find your API key in your account.', 'invalid_request_error', null, 'invalid_api_key'],
  404: ['The model `gpt-nope` does not exist or you do not have access to it.', 'invalid_request_error', null, 'model_not_found'],
  429: ['Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.', 'tokens', null, 'rate_limit_exceeded'],
  500: ['The server had an error while processing your request. Sorry about that!', 'server_error', null, null],
};

// `showsThoughts`: with `reasoning_content`, as DeepSeek has it; OpenAI itself keeps its models' thoughts.
export function openaiWire({ base = '/v1', showsThoughts = false } = {}) {
  return {
    headers: { 'x-request-id': 'req_openai_1', 'openai-processing-ms': '12', 'x-ratelimit-remaining-requests': '99' },
    hasKey: (headers) => headers.authorization === 'Bearer key-of-openai',
    models: (url) => url.pathname === `${base}/models` && modelList,
    streams: (url, text) => (url.pathname === `${base}/chat/completions` ? JSON.parse(text).stream === true : undefined),
    modelOf: (body) => body.model,
    refuse,
    read,
    whole: (said) => whole(said, showsThoughts),
    events: (said, body) => events(said, body, showsThoughts),
    error,
    streamError: () => `data: ${JSON.stringify(error(500).body)}\n\n`,
  };
}

const modelList = {
  object: 'list',
  data: [
    { id: 'gpt-4o', object: 'model', created: 1715367049, owned_by: 'system' },
    { id: 'gpt-5-mini', object: 'model', created: 1754425928, owned_by: 'system' },
  ],
};

function refuse(body) {
  const unknown = Object.keys(body).find((name) => !fields.has(name));
  if (unknown) return `Unrecognized request argument supplied: ${unknown}`;
  if (body.model.startsWith('gpt-5') && body.max_tokens !== undefined) {
    return 'Unsupported parameter: \'max_tokens\' is not supported with this model. Use \'max_completion_tokens\' instead.';
  }
  return unansweredCall(body.messages);
}

function unansweredCall(messages) {
  let open = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.includes(message.tool_call_id)) return 'messages with role \'tool\' must be a response to \'tool_calls\'';
      open = open.filter((id) => id !== message.tool_call_id);
    } else if (open.length > 0) {
      return 'An assistant message with \'tool_calls\' must be followed by tool messages responding to each \'tool_call_id\'.';
    } else {
      open = (message.tool_calls ?? []).map((call) => call.id);
    }
  }
  return undefined;
}

function read(body) {
  const users = body.messages.filter((message) => message.role === 'user');
  const format = body.response_format;
  return {
    system: body.messages.filter(({ role }) => role === 'system' || role === 'developer').map(textOf).join(' '),
    user: users.length > 0 ? textOf(users.at(-1)) : '',
    said: body.messages.filter(({ role }) => role === 'assistant').map(textOf).join(''),
    images: users.flatMap(imagesOf),
    tools: (body.tools ?? []).map((tool) => tool.function),
    forced: body.tool_choice?.function?.name,
    results: resultsOf(body.messages),
    schema: format?.type === 'json_schema' ? format.json_schema.schema : undefined,
    thinks: body.reasoning_effort !== undefined || body.thinking !== undefined || body.model.includes('reasoner'),
  };
}

const partsOf = ({ content }) => (typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []));
const textOf = (message) => partsOf(message).filter(({ type }) => type === 'text').map(({ text }) => text).join('');

function imagesOf(message) {
  const images = partsOf(message).filter(({ type }) => type === 'image_url');
  return images.map(({ image_url: { url } }) => {
    const [, type, data] = /^data:(.*?);base64,(.*)$/.exec(url);
    return { type, data };
  });
}

function resultsOf(messages) {
  const calls = messages.flatMap((message) => message.tool_calls ?? []);
  const last = messages.slice(messages.findLastIndex(({ role }) => role !== 'tool') + 1);
  return last.map((message) => ({
    name: calls.find(({ id }) => id === message.tool_call_id).function.name,
    text: textOf(message),
  }));
}

const head = (said, object) => ({
  id: 'chatcmpl-fake1',
  object,
  created: 1757000000,
  model: said.model,
  service_tier: 'default',
  system_fingerprint: 'fp_fake',
});

const callId = (index) => `call_openai${index}`;
const finishOf = (said) => (said.calls.length > 0 ? 'tool_calls' : 'stop');
const usageOf = (said) => ({
  prompt_tokens: usage.input,
  completion_tokens: usage.output,
  total_tokens: usage.input + usage.output,
  prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: said.thought ? usage.reasoning : 0, audio_tokens: 0 },
});

function whole(said, showsThoughts) {
  const message = { role: 'assistant', content: said.text ?? null, refusal: null, annotations: [] };
  if (showsThoughts && said.thought) message.reasoning_content = said.thought.text;
  if (said.calls.length > 0) message.tool_calls = said.calls.map((call, index) => toolCall(call, index));
  return {
    ...head(said, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishOf(said) }],
    usage: usageOf(said),
  };
}

const toolCall = ({ name, arguments: given }, index) => ({
  id: callId(index),
  type: 'function',
  function: { name, arguments: JSON.stringify(given) },
});

function events(said, body, showsThoughts) {
  const withUsage = body.stream_options?.include_usage === true;
  const chunk = (delta, finish = null) => ({
    ...head(said, 'chat.completion.chunk'),
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(withUsage ? { usage: null } : {}),
  });
  const thoughts = showsThoughts && said.thought ? pieces(said.thought.text) : [];
  const chunks = [
    chunk({ role: 'assistant', content: '', refusal: null }),
    ...thoughts.map((reasoning_content) => chunk({ reasoning_content })),
    ...pieces(said.text ?? '').map((content) => chunk({ content })),
    ...said.calls.flatMap((call, index) => callDeltas(call, index).map((delta) => chunk({ tool_calls: [delta] }))),
    chunk({}, finishOf(said)),
  ];
  if (withUsage) chunks.push({ ...head(said, 'chat.completion.chunk'), choices: [], usage: usageOf(said) });
  return [...chunks.map((each) => `data: ${JSON.stringify(each)}\n\n`), 'data: [DONE]\n\n'];
}

function callDeltas(call, index) {
  const { id, type, function: { name, arguments: text } } = toolCall(call, index);
  return [
    { index, id, type, function: { name, arguments: '' } },
    ...pieces(text).map((piece) => ({ index, function: { arguments: piece } })),
  ];
}

function error(status, message) {
  const [text, type, param, code] = errors[status];
  return {
    status,
    headers: status === 429 ? { 'retry-after': '2', 'retry-after-ms': '2000' } : {},
    body: { error: { message: message ?? text, type, param, code } },
  };
}

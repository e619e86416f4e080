// Anthropic's Messages, as its API reference describes them.

import { pieces, signatureOf, usage } from './model.mjs';

const fields = new Set(
  `cache_control container context_management inference_geo max_tokens mcp_servers messages metadata model
   output_config output_format service_tier speed stop_sequences stream system temperature thinking thread tool_choice
   tools top_k top_p`.split(/\s+/),
);

const errors = {
  400: ['invalid_request_error', 'temperature: range: 0..1'],
  401: ['authentication_error', 'invalid x-api-key'],
  404: ['not_found_error', 'model: claude-nope'],
  429: ['rate_limit_error', 'This request would exceed your organization\'s rate limit of 40,000 input tokens per minute.'],
  500: ['api_error', 'Internal server error'],
  529: ['overloaded_error', 'Overloaded'],
};

export function anthropicWire() {
  const threads = new Map(); // conversations that the provider holds, by the id of their last answer
  let answers = 0;
  const answered = (said) => {
    const message = whole({ ...said, id: `msg_01fake${++answers}` });
    const { system, tools, messages, thread } = said.request;
    if (thread) threads.set(message.id, { system, tools, messages: [...messages, { role: 'assistant', content: message.content }] });
    return message;
  };
  return {
    headers: { 'request-id': 'req_anthropic_1', 'anthropic-ratelimit-requests-remaining': '99' },
    hasKey: (headers) => headers['x-api-key'] === 'key-of-anthropic' && /^20\d\d-\d\d-\d\d$/.test(headers['anthropic-version']),
    models: (url) => url.pathname === '/v1/models' && modelList,
    streams: (url, text) => (url.pathname === '/v1/messages' ? JSON.parse(text).stream === true : undefined),
    modelOf: (body) => body.model,
    expand: (body, headers) => expand(body, headers, threads),
    refuse,
    read,
    whole: answered,
    events: (said) => events(said, answered(said)),
    error,
    streamError: () => event({ ...error(529).body, request_id: undefined }, 'error'),
  };
}

const modelList = {
  data: [
    { type: 'model', id: 'claude-opus-4-5-20251101', display_name: 'Claude Opus 4.5', created_at: '2025-11-24T00:00:00Z' },
    { type: 'model', id: 'claude-sonnet-4-5-20250929', display_name: 'Claude Sonnet 4.5', created_at: '2025-09-29T00:00:00Z' },
  ],
  has_more: false,
  first_id: 'claude-opus-4-5-20251101',
  last_id: 'claude-sonnet-4-5-20250929',
};

// The whole conversation, when the request only says how it goes on.
function expand(body, headers, threads) {
  const { thread } = body;
  if (thread?.type !== 'continue') return body;
  const known = headers['anthropic-beta']?.includes('message-threads-') && threads.get(thread.previous_message_id);
  return known ? { ...body, ...known, messages: [...known.messages, ...body.messages] } : { ...body, messages: [] };
}

function refuse(body) {
  if (body.thread && body.messages.length === 0) return 'thread: No usable Thread state was found.';
  const unknown = Object.keys(body).find((name) => !fields.has(name));
  if (unknown) return `${unknown}: Extra inputs are not permitted`;
  if (!Number.isInteger(body.max_tokens)) return 'max_tokens: Field required';
  return refuseThinking(body) ?? refuseMessages(body);
}

function refuseThinking({ thinking, max_tokens: limit, temperature, tool_choice: choice }) {
  if (thinking?.type !== 'enabled') return undefined;
  if (!(thinking.budget_tokens >= 1024)) return 'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024';
  if (thinking.budget_tokens >= limit) return '`max_tokens` must be greater than `thinking.budget_tokens`.';
  if (temperature !== undefined && temperature !== 1) return '`temperature` may only be set to 1 when thinking is enabled.';
  if (['any', 'tool'].includes(choice?.type)) return 'Thinking may not be enabled when tool_choice forces tool use.';
  return undefined;
}

function refuseMessages(body) {
  let open = [];
  for (const [at, { role, content }] of body.messages.entries()) {
    const blocks = blocksOf(content);
    for (const [index, block] of blocks.entries()) {
      const why = refuseBlock(block, role);
      if (why) return `messages.${at}.content.${index}: ${why}`;
    }
    const answered = blocks.filter(({ type }) => type === 'tool_result').map((block) => block.tool_use_id);
    if (open.some((id) => !answered.includes(id))) {
      return `messages.${at}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open}`;
    }
    if (answered.some((id) => !open.includes(id))) return `messages.${at}: unexpected \`tool_use_id\` in \`tool_result\` blocks`;
    open = blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => id);
    const thinks = body.thinking?.type === 'enabled';
    if (thinks && open.length > 0 && blocks[0].type !== 'thinking') {
      return `messages.${at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${blocks[0].type}\`.`;
    }
  }
  return undefined;
}

function refuseBlock(block, role) {
  const kinds = { user: ['text', 'image', 'tool_result'], assistant: ['text', 'thinking', 'tool_use'] }[role];
  if (!kinds) return `unexpected role ${role}`;
  if (!kinds.includes(block.type)) return `unexpected block ${block.type}`;
  if (block.type === 'tool_use' && !/^[a-zA-Z0-9_-]+$/.test(block.id)) return 'id: String should match pattern';
  if (block.type === 'text' && block.text === '') return 'text content blocks must be non-empty';
  if (block.type === 'thinking' && block.signature !== signatureOf(block.thinking)) return 'Invalid `signature` in `thinking` block';
  return undefined;
}

const blocksOf = (content) => (typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []));
const textOf = (content) => blocksOf(content).filter(({ type }) => type === 'text').map(({ text }) => text).join('');

function read(body) {
  const users = body.messages.filter(({ role, content }) => role === 'user' && textOf(content) !== '');
  const images = body.messages.flatMap(({ content }) => blocksOf(content)).filter(({ type }) => type === 'image');
  return {
    system: textOf(body.system),
    user: users.length > 0 ? textOf(users.at(-1).content) : '',
    said: body.messages.filter(({ role }) => role === 'assistant').map(({ content }) => textOf(content)).join(''),
    images: images.map(({ source }) => ({ type: source.media_type, data: source.data })),
    tools: (body.tools ?? []).map(({ name, input_schema }) => ({ name, parameters: input_schema })),
    forced: body.tool_choice?.type === 'tool' ? body.tool_choice.name : undefined,
    results: resultsOf(body.messages),
    schema: (body.output_config?.format ?? body.output_format)?.schema,
    thinks: body.thinking !== undefined && body.thinking.type !== 'disabled',
  };
}

function resultsOf(messages) {
  const calls = messages.flatMap(({ content }) => blocksOf(content)).filter(({ type }) => type === 'tool_use');
  const results = blocksOf(messages.at(-1).content).filter(({ type }) => type === 'tool_result');
  return results.map((result) => ({
    name: calls.find(({ id }) => id === result.tool_use_id).name,
    text: textOf(result.content),
  }));
}

// Input tokens are counted without those from the cache; output tokens with the thoughts.
const inputUsage = {
  input_tokens: usage.input - usage.cached,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: usage.cached,
  cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  service_tier: 'standard',
};

const stopOf = (said) => (said.calls.length > 0 ? 'tool_use' : 'end_turn');
const messageOf = (said) => ({
  id: said.id,
  type: 'message',
  role: 'assistant',
  model: said.model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
});

const toolUse = ({ name, arguments: input }, index) => ({ type: 'tool_use', id: `toolu_01anthropic${index}`, name, input });

function whole(said) {
  const content = said.calls.map(toolUse);
  if (said.text) content.unshift({ type: 'text', text: said.text });
  if (said.thought) content.unshift({ type: 'thinking', thinking: said.thought.text, signature: said.thought.signature });
  return {
    ...messageOf(said),
    content,
    stop_reason: stopOf(said),
    usage: { ...inputUsage, output_tokens: usage.output },
  };
}

const event = (data, name = data.type) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

function events(said, { id }) {
  const blocks = [];
  if (said.thought) blocks.push(thinkingBlock(said.thought));
  if (said.text) blocks.push(textBlock(said.text));
  blocks.push(...said.calls.map((call, index) => toolBlock(toolUse(call, index))));
  const begin = { type: 'message_start', message: { ...messageOf({ ...said, id }), usage: { ...inputUsage, output_tokens: 1 } } };
  const delta = { stop_reason: stopOf(said), stop_sequence: null };
  return [
    event(begin),
    ...blocks.flatMap(({ start, deltas }, index) => [
      event({ type: 'content_block_start', index, content_block: start }),
      event({ type: 'ping' }),
      ...deltas.map((each) => event({ type: 'content_block_delta', index, delta: each })),
      event({ type: 'content_block_stop', index }),
    ]),
    event({ type: 'message_delta', delta, usage: { output_tokens: usage.output } }),
    event({ type: 'message_stop' }),
  ];
}

const thinkingBlock = ({ text, signature }) => ({
  start: { type: 'thinking', thinking: '', signature: '' },
  deltas: [...pieces(text).map((thinking) => ({ type: 'thinking_delta', thinking })), { type: 'signature_delta', signature }],
});

const textBlock = (text) => ({
  start: { type: 'text', text: '' },
  deltas: pieces(text).map((piece) => ({ type: 'text_delta', text: piece })),
});

const toolBlock = ({ input, ...start }) => ({
  start: { ...start, input: {} },
  deltas: ['', ...pieces(JSON.stringify(input))].map((partial_json) => ({ type: 'input_json_delta', partial_json })),
});

function error(status, text) {
  const [type, message] = errors[status];
  return {
    status,
    headers: { 'request-id': 'req_anthropic_1', ...(status === 429 ? { 'retry-after': '2' } : {}) },
    body: { type: 'error', error: { type, message: text ?? message }, request_id: 'req_anthropic_1' },
  };
}

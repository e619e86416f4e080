// Fake providers: HTTP servers that speak the native wire formats of OpenAI, Anthropic and Google.
//
// Strict where the real ones are: a field, header or order of messages that they would refuse is refused here too.
// Every request is remembered, with how its connection ended.

import { once } from 'node:events';
import { createServer } from 'node:http';

import * as model from './model.mjs';
import { anthropicWire } from './wire_anthropic.mjs';
import { geminiWire } from './wire_gemini.mjs';
import { openaiWire } from './wire_openai.mjs';

// Odd, so that cuts fall everywhere: inside of names, escapes and UTF-8 sequences.
const sliceBytes = 41;

class FakeProvider {
  #server = createServer((request, response) => this.#serve(request, response));
  #wire;
  #release;
  #released;

  constructor(wire) {
    this.#wire = wire;
    this.exchanges = [];
    this.#close();
  }

  async start() {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${this.#server.address().port}`;
  }

  async stop() {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  // The newest request for an answer: {path, headers, text, body, turn, ended}. `ended` becomes 'complete', or 'cut' when
  // the connection was closed before.
  get last() {
    return this.exchanges.at(-1);
  }

  // Lets one answer go that is held or is to break, or that will be.
  release() {
    this.#release();
  }

  #close() {
    this.#released = new Promise((resolve) => (this.#release = resolve));
  }

  async #wait() {
    await this.#released;
    this.#close();
  }

  async #serve(request, response) {
    const bytes = [];
    for await (const chunk of request) bytes.push(chunk);
    const text = Buffer.concat(bytes).toString();
    const url = new URL(request.url, this.url);
    if (!this.#wire.hasKey(request.headers)) return send(response, this.#wire.error(401));
    const listed = request.method === 'GET' && this.#wire.models(url);
    if (listed) return send(response, { status: 200, body: listed });
    const stream = request.method === 'POST' ? this.#wire.streams(url, text) : undefined;
    if (stream === undefined) return send(response, this.#wire.error(404));
    const exchange = { path: request.url, headers: request.headers, text, body: JSON.parse(text) };
    exchange.ended = new Promise((resolve) => {
      response.on('close', () => resolve(response.writableFinished ? 'complete' : 'cut'));
    });
    this.exchanges.push(exchange);
    await this.#answer(exchange, url, stream, response);
  }

  async #answer(exchange, url, stream, response) {
    const { headers } = exchange;
    const body = this.#wire.expand?.(exchange.body, headers) ?? exchange.body;
    const refusal = this.#wire.refuse(body, headers, url);
    if (refusal) return send(response, this.#wire.error(400, refusal));
    const turn = (exchange.turn = this.#wire.read(body));
    const status = model.failure(turn);
    if (status) return send(response, this.#wire.error(status));
    const said = { ...model.answer(turn), model: this.#wire.modelOf(body, url), request: body };
    if (!stream) return send(response, { status: 200, headers: this.#wire.headers, body: this.#wire.whole(said) });
    await this.#stream(turn, this.#wire.events(said, body), response);
  }

  async #stream(turn, events, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream', ...this.#wire.headers });
    response.flushHeaders();
    if (model.holds(turn)) await this.#wait();
    const half = Math.ceil(events.length / 2);
    await write(response, events.slice(0, half));
    if (model.stalls(turn)) return;
    const breaks = model.breaks(turn);
    if (breaks) await this.#wait();
    await write(response, breaks ? [this.#wire.streamError()] : events.slice(half));
    response.end();
  }
}

async function write(response, events) {
  const bytes = Buffer.from(events.join(''));
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    response.write(bytes.subarray(at, at + sliceBytes));
    await new Promise(setImmediate);
  }
}

function send(response, { status, headers, body }) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

// All of them, by the name that the gateway's configuration uses.
export async function startProviders() {
  const providers = {
    openai: new FakeProvider(openaiWire()),
    anthropic: new FakeProvider(anthropicWire()),
    gemini: new FakeProvider(geminiWire()),
    deepseek: new FakeProvider(openaiWire({ base: '', showsThoughts: true })),
  };
  for (const provider of Object.values(providers)) await provider.start();
  return providers;
}

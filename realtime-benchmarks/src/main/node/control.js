'use strict';

// What dev.realtime.benchmarks.server.ControlServer, Load and Payload are in Java.

const http = require('node:http');

const FIRST_ID = 1_000_000;
const STRIDE = 7919;
const SIZE_WITHOUT_PAD = Buffer.byteLength(JSON.stringify(payload(0, 0, 0)));

// The clock of System.nanoTime().
const micros = () => Number(process.hrtime.bigint() / 1000n);

function payload(id, sequence, pad) {
  return {
    id: FIRST_ID + id,
    pad: 'x'.repeat(pad),
    seq: String(sequence).padStart(10, '0'),
    time: String(Number(process.hrtime.bigint() / 1000n)).padStart(16, '0'),
  };
}

function publishOne(load, i, publish) {
  const sequence = load.first + i;
  const id = (sequence * STRIDE) % load.streams;
  publish(id, payload(id, sequence, Math.max(0, load.size - SIZE_WITHOUT_PAD)));
}

async function run(load, publish, published) {
  const start = micros();
  for (let i = 0; i < load.count; i++) {
    if (load.rate > 0) {
      const left = start + (i * 1e6) / load.rate - micros();
      // A timer takes a millisecond at least: what is late does not wait for one.
      await new Promise((resolve) => (left > 0 ? setTimeout(resolve, left / 1000) : setImmediate(resolve)));
    }
    else {
      // As between two requests of a publisher: sockets get their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
    publishOne(load, i, publish);
  }
  await published();
  return start;
}

// Whoever started this process holds the other end, and nobody else would end it.
process.stdin.on('end', () => process.exit()).resume();

/**
 * Listens on loopback; publish(id, payload) publishes to all who want to know about the id, published() waits until all
 * that is done.
 */
exports.listen = function listen(port, publish, published = async () => {}) {
  http.createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    if (url.pathname === '/publish') {
      const load = Object.fromEntries([...url.searchParams].map(([name, value]) => [name, Number(value)]));
      response.end(String(await run(load, publish, published)));
    }
    else {
      globalThis.gc?.();
      response.end('0');
    }
  }).listen(port, '127.0.0.1');
};

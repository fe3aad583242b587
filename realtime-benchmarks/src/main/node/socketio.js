'use strict';

// Socket.IO with its defaults: a room for each id. With the port of a Redis, its Redis adapter.

const { createServer } = require('node:http');
const { createAdapter } = require('@socket.io/redis-adapter');
const { createClient } = require('redis');
const { Server } = require('socket.io');
const control = require('./control.js');

const [controlPort, port, redisPort] = process.argv.slice(2).map(Number);
const http = createServer();
const io = new Server(http);

io.on('connection', (socket) => {
  socket.on('subscribe', (ids, acknowledge) => {
    socket.join(ids.map((id) => `bench.${id}`));
    acknowledge();
  });
});
async function connect() {
  const publisher = createClient({ url: `redis://127.0.0.1:${redisPort}` });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  io.adapter(createAdapter(publisher, subscriber));
  return publisher;
}

async function start() {
  const redis = redisPort ? await connect() : undefined;
  http.listen({ port, host: '127.0.0.1', backlog: 4096 });
  // Redis answers in order.
  control.listen(controlPort, (id, payload) => io.to(`bench.${id}`).emit('message', payload),
    async () => redis?.ping());
}

start();

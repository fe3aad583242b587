'use strict';

// Socket.IO with its defaults: a room for each id.

const { createServer } = require('node:http');
const { Server } = require('socket.io');
const control = require('./control.js');

const [controlPort, port] = process.argv.slice(2).map(Number);
const http = createServer();
const io = new Server(http);

io.on('connection', (socket) => {
  socket.on('subscribe', (ids, acknowledge) => {
    socket.join(ids.map((id) => `bench.${id}`));
    acknowledge();
  });
});
http.listen({ port, host: '127.0.0.1', backlog: 4096 });

control.listen(controlPort, (id, payload) => io.to(`bench.${id}`).emit('message', payload));

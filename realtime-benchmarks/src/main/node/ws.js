'use strict';

// Plain ws: a set of sockets for each id, and a loop.

const { WebSocketServer } = require('ws');
const control = require('./control.js');

const [controlPort, port] = process.argv.slice(2).map(Number);
const rooms = new Map();

new WebSocketServer({ host: '127.0.0.1', port, backlog: 4096 }).on('connection', (socket) => {
  socket.on('message', (message) => {
    for (const id of message.toString().split(',').map(Number)) {
      if (!rooms.has(id)) {
        rooms.set(id, new Set());
      }
      rooms.get(id).add(socket);
      socket.on('close', () => rooms.get(id).delete(socket));
    }
    socket.send('ok');
  });
  socket.on('error', () => {});
});

control.listen(controlPort, (id, payload) => {
  const text = JSON.stringify(payload);
  for (const socket of rooms.get(id) ?? []) {
    socket.send(text);
  }
});

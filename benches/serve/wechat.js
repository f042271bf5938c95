// A stand-in for WeChat's API that counts what it is asked: GET /calls.
'use strict';
const http = require('http');

let calls = 0;
http.createServer((request, response) => {
  const path = request.url.split('?')[0];
  if (path === '/calls') return response.end(String(calls));
  calls += 1;
  response.setHeader('Content-Type', 'application/json');
  response.end(path.includes('ticket')
    ? JSON.stringify({errcode: 0, errmsg: 'ok', ticket: 'bxLdikRXVbTPdHSM05e5u5sUoXNKd8-41ZO3MhKoyN5OfkWITDGgnr2fwJ0m9E8NYzWKVZvdVtaUgWvsdshFKA', expires_in: 7200})
    : JSON.stringify({access_token: 'ACCESS_TOKEN', expires_in: 7200}));
}).listen(Number(process.argv[2]), '127.0.0.1');

// A signing server as tutorials show it: express answers, node-cache keeps token and ticket for
// 7,200 s, crypto makes the SHA-1. It is what `wecheck serve` is measured beside.
'use strict';
const crypto = require('crypto');
const express = require('express');
const NodeCache = require('node-cache');

const [api, port] = process.argv.slice(2);
const cache = new NodeCache();

async function cached(name, fetchIt) {
  const known = cache.get(name);
  if (known) return known;
  const value = await fetchIt();
  cache.set(name, value, 7200);
  return value;
}

async function json(path) {
  return (await fetch(api + path)).json();
}

const token = () => cached('access_token', async () =>
  (await json('/cgi-bin/token?grant_type=client_credential&appid=wx0123456789abcdef&secret=s')).access_token);

const ticket = () => cached('jsapi_ticket', async () =>
  (await json(`/cgi-bin/ticket/getticket?access_token=${await token()}&type=jsapi`)).ticket);

const app = express();
app.get('/sign', async (request, response) => {
  const url = request.query.url.split('#')[0];
  const nonceStr = Math.random().toString(36).slice(2, 17);
  const timestamp = Math.floor(Date.now() / 1000);
  const string1 = `jsapi_ticket=${await ticket()}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${url}`;
  const signature = crypto.createHash('sha1').update(string1).digest('hex');
  response.json({appId: 'wx0123456789abcdef', timestamp, nonceStr, signature, url, jsApiList: ['chooseImage']});
});
app.listen(Number(port), '127.0.0.1');

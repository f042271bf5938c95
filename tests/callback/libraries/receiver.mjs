// Receivers on libraries of npm, for tests: node receiver.mjs LIBRARY
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(pathToFileURL(process.env.LIBRARIES + '/'));
const express = require('express');
const { WECHECK_CALLBACK_TOKEN: token, WECHECK_ENCODING_AES_KEY: key, WECHECK_APPID: id, PORT } = process.env;
const app = express();
const text = express.text({ type: '*/*' });
const encryptOf = (body) =>
  body.startsWith('{')
    ? JSON.parse(body).encrypt
    : body.match(/<Encrypt><!\[CDATA\[(.*?)\]\]><\/Encrypt>/)?.[1] ?? '';

/** Whether a message parses and says what it is. */
function parses(message) {
  if (message.startsWith('{')) return typeof JSON.parse(message).msgtype === 'string';
  let root;
  require('xml2js').parseString(message, { async: false, explicitArray: false }, (error, found) => {
    root = error ? undefined : found.xml;
  });
  return typeof (root?.MsgType ?? root?.InfoType) === 'string';
}

/** The routes of WeCom over what a library calls its parts. */
function wecom({ sign, decrypt }) {
  app.get('/wx', (request, response) => {
    const { msg_signature, timestamp, nonce, echostr } = request.query;
    if (sign(timestamp, nonce, echostr) !== msg_signature) return response.status(403).send('wrong signature');
    const found = decrypt(echostr);
    return found.id === id ? response.type('text').send(found.message) : response.status(403).send('wrong id');
  });
  app.post('/wx', text, (request, response) => {
    const { msg_signature, timestamp, nonce } = request.query;
    const encrypt = encryptOf(request.body);
    if (sign(timestamp, nonce, encrypt) !== msg_signature) return response.status(403).send('wrong signature');
    const found = decrypt(encrypt);
    if (!parses(found.message)) return response.status(500).send('not a message');
    // A bot takes an empty answer only.
    const right = request.body.startsWith('{') ? '' : 'success';
    return found.id === id ? response.type('text').send(right) : response.status(403).send('wrong id');
  });
}

switch (process.argv[2]) {
  case 'wechat-crypto': {
    const Crypt = require('wechat-crypto');
    const crypt = new Crypt(token, key, id);
    wecom({ sign: (...values) => crypt.getSignature(...values), decrypt: (value) => crypt.decrypt(value) });
    break;
  }
  case '@wecom/crypto': {
    const { getSignature, decrypt } = require('@wecom/crypto');
    wecom({ sign: (...values) => getSignature(token, ...values), decrypt: (value) => decrypt(key, value) });
    break;
  }
  case 'wechat': {
    // The middleware answers by itself; `checkSignature` is on unless told otherwise.
    const wechat = require('wechat');
    const config = process.env.PLAIN ? { token } : { token, appid: id, encodingAESKey: key };
    app.use('/wx', wechat(config, (request, response) => response.reply(request.weixin.Content ?? '')));
    break;
  }
  case 'co-wechat': {
    const Koa = require('koa');
    const answer = require('co-wechat')({ token, appid: id, encodingAESKey: key });
    const koa = new Koa();
    koa.use(answer.middleware(async (message) => (message.MsgType === 'text' ? message.Content : 'success')));
    koa.listen(Number(PORT), '127.0.0.1');
    break;
  }
  case 'express-json': {
    // As beginners do it: the JSON parser for an XML body, and the echostr as JSON.
    app.use(express.json());
    app.get('/wx', (request, response) => response.json(request.query.echostr));
    app.post('/wx', (request, response) => response.send(request.body.xml.Content));
    break;
  }
}
if (process.argv[2] !== 'co-wechat') app.listen(Number(PORT), '127.0.0.1');

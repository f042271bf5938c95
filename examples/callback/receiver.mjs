// A WeChat and WeCom callback receiver on Node's own modules.
import http from 'node:http';
import crypto from 'node:crypto';

const token = process.env.WECHECK_CALLBACK_TOKEN ?? '';
const receiveId = process.env.WECHECK_APPID ?? '';
const key = process.env.WECHECK_ENCODING_AES_KEY
  ? Buffer.from(process.env.WECHECK_ENCODING_AES_KEY + '=', 'base64')
  : null;

const sha1 = (...values) => crypto.createHash('sha1').update(values.sort().join('')).digest('hex');

function same(a, b) {
  const [x, y] = [Buffer.from(a ?? ''), Buffer.from(b ?? '')];
  return x.length === y.length && crypto.timingSafeEqual(x, y);
}

// Sorting by bytes: the values are ASCII, so the default order of sort() is that of the bytes.
const signed = (query, name, ...more) =>
  same(sha1(token, query.get('timestamp') ?? '', query.get('nonce') ?? '', ...more), query.get(name));

function decrypt(text) {
  const cipher = crypto.createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  const plain = Buffer.concat([cipher.update(text, 'base64'), cipher.final()]);
  const content = plain.subarray(16, plain.length - plain[plain.length - 1]); // PKCS#7 up to 32
  const length = content.readUInt32BE(0);
  if (content.subarray(4 + length).toString() !== receiveId) throw new Error('another receive id');
  return content.subarray(4, 4 + length).toString();
}

function encrypt(message) {
  const text = Buffer.from(message);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const content = Buffer.concat([crypto.randomBytes(16), length, text, Buffer.from(receiveId)]);
  const pad = 32 - (content.length % 32);
  const cipher = crypto.createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
  return Buffer.concat([cipher.update(Buffer.concat([content, Buffer.alloc(pad, pad)])), cipher.final()]).toString('base64');
}

// Good enough for the flat messages here; use an XML parser for anything nested.
const field = (xml, name) =>
  xml.match(new RegExp(`<${name}>(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*))</${name}>`))?.slice(1).find((v) => v !== undefined);

function replyTo(message) {
  if (message.startsWith('{')) return ''; // a bot: answer later through response_url
  if (field(message, 'MsgType') !== 'text') return 'success';
  return `<xml><ToUserName><![CDATA[${field(message, 'FromUserName')}]]></ToUserName>` +
    `<FromUserName><![CDATA[${field(message, 'ToUserName')}]]></FromUserName>` +
    `<CreateTime>${Math.floor(Date.now() / 1000)}</CreateTime><MsgType><![CDATA[text]]></MsgType>` +
    `<Content><![CDATA[${field(message, 'Content')}]]></Content></xml>`;
}

function secured(reply) {
  if (!reply.startsWith('<')) return reply;
  const [time, nonce, text] = [String(Math.floor(Date.now() / 1000)), crypto.randomBytes(8).toString('hex'), encrypt(reply)];
  return `<xml><Encrypt><![CDATA[${text}]]></Encrypt><MsgSignature><![CDATA[${sha1(token, time, nonce, text)}]]></MsgSignature>` +
    `<TimeStamp>${time}</TimeStamp><Nonce><![CDATA[${nonce}]]></Nonce></xml>`;
}

function answer(method, query, body) {
  const secure = query.has('msg_signature');
  if (method === 'GET') {
    const echo = query.get('echostr') ?? '';
    if (secure ? !signed(query, 'msg_signature', echo) : !signed(query, 'signature')) return [403, 'wrong signature'];
    return [200, secure ? decrypt(echo) : echo];
  }
  if (!secure) return signed(query, 'signature') ? [200, replyTo(body)] : [403, 'wrong signature'];
  const text = body.startsWith('{') ? JSON.parse(body).encrypt : field(body, 'Encrypt');
  if (!signed(query, 'msg_signature', text ?? '')) return [403, 'wrong signature'];
  return [200, secured(replyTo(decrypt(text)))];
}

http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    let [status, text] = [500, ''];
    try {
      const query = new URL(request.url, 'http://localhost').searchParams; // decodes once
      [status, text] = answer(request.method, query, Buffer.concat(parts).toString());
    } catch (error) {
      [status, text] = [403, 'refused']; // the reason belongs in the log, not in the answer
      console.error(error.message);
    }
    response.writeHead(status, { 'Content-Type': text.startsWith('<') ? 'text/xml; charset=utf-8' : 'text/plain; charset=utf-8' });
    response.end(text);
  });
}).listen(Number(process.env.PORT ?? 8080), '127.0.0.1');

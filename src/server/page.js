'use strict';
// The checker page. It asks the server that it came from and nobody else; what is pasted here is
// never stored, and nothing from outside becomes markup: every text is set as text.
//
//   words      both languages           check      the signature tab
//   elements   h(), copy, marks         codes      the error code tab
//   ask        fetch with its language  domains    the domain tab
//   start      tabs, language, the address after #

const $ = (id) => document.getElementById(id);

// ---- words: key: [Chinese, English] ------------------------------------------------------------

const WORDS = {
  toContent: ['跳到内容', 'Skip to the content'],
  language: ['语言', 'Language'],
  tools: ['工具', 'Tools'],
  tabCheck: ['签名校验', 'Signature'],
  tabCodes: ['错误码', 'Error codes'],
  tabDomains: ['域名', 'Domains'],
  title: ['wecheck · 微信 JS-SDK 签名校验', 'wecheck · WeChat JS-SDK signature checker'],
  footer: ['由本机的 wecheck 提供。这里填的内容只发给本机，不保存。', 'Served by wecheck on your own machine. What you enter goes nowhere else and is not stored.'],

  checkTitle: ['签名为什么不对？', 'Why is the signature invalid?'],
  checkIntro: ['粘贴手头有的东西，或逐项填写。签名当场重算，找出哪一处弄错了。', 'Paste what you have at hand, or fill in the values. The signature is made again on the spot, and the mistake is named.'],
  from: ['粘贴任何内容', 'Paste anything'],
  fromHint: ['wx.config 代码、签名接口返回的 JSON、string1、日志、HAR 都可以。', 'wx.config code, the JSON of your signing API, string1, a log, a HAR file.'],
  fromPlaceholder: ["wx.config({\n  appId: 'wx…',\n  timestamp: 1414587457,\n  …\n})", "wx.config({\n  appId: 'wx…',\n  timestamp: 1414587457,\n  …\n})"],
  or: ['或者逐项填写', 'or fill in the values'],
  urlPlaceholder: ['https://m.example.com/index.html?id=1', 'https://m.example.com/index.html?id=1'],
  signature: ['要校验的 signature', 'signature to check'],
  signatureHint: ['留空就只计算，不比较。', 'Leave it empty to compute one only.'],
  pageUrl: ['手机上的 location.href', 'location.href on the phone'],
  pageUrlHint: ['可选。与签名的 url 逐段比较。', 'Optional. Compared with the signed url, part by part.'],
  kind: ['签名种类', 'Kind of signature'],
  kindAuto: ['自动（默认 jsapi）', 'automatic (else jsapi)'],
  example: ['填入官方示例', 'Try the official example'],
  clear: ['清空', 'Clear'],
  link: ['复制链接', 'Copy a link'],
  linkHint: ['链接里不含 ticket 和卡券 code，也不含粘贴的内容。', 'The link holds no ticket, no card code and nothing that was pasted.'],
  found: ['取自粘贴的内容或 profile', 'taken from what was pasted, or from the profile'],
  cardHint: ['下面哪些参与了签名就填哪些，留空的不算。', 'Fill in those that were signed; an empty one does not count.'],
  appId: ['appid（企业微信为 corpid）', 'appid (WeCom: corpid)'],
  more: ['更多：账号、其他 ticket', 'More: account, other tickets'],
  otherTicket: ['可能误用的 ticket 或 token（每行一个）', 'Tickets or tokens that may have been signed instead, one a line'],
  otherTicketHint: ['可选。查的时候也拿它们试。', 'Optional. The search tries them too.'],

  idle: ['还没有可以计算的内容', 'Nothing to compute yet'],
  idleHint: ['粘贴内容，或填 {list}。', 'Paste something, or fill in {list}.'],
  where: ['这些值在哪里找', 'Where to find them'],
  tipUrl: ['url：在手机上 `alert(location.href.split(\'#\')[0])`，看到的就是该签的地址。', 'url: on the phone, `alert(location.href.split(\'#\')[0])` shows what has to be signed.'],
  tipString1: ['string1：让服务端把它算哈希之前的那一整串打印出来，粘贴进来。', 'string1: let the server print the whole text just before it is hashed, and paste that.'],
  tipTicket: ['{ticket}：服务端签名时用的那一个。用本工具取的，运行 `wecheck ticket{kind}`。', '{ticket}: the one the server signed with. If this tool fetched it: `wecheck ticket{kind}`.'],
  tipCode: ['其余的：把页面里 `{call}` 那一段原样粘贴，值会自动填好。', 'The rest: paste the page’s `{call}` as it is, and the values are filled in.'],
  still: ['还缺：', 'Still missing: '],
  match: ['签名与这些输入相符', 'The signature fits these inputs'],
  matchHint: ['相符不等于微信会接受，下面的事项还要查。', 'WeChat can still refuse it. The list below says what else to check.'],
  differs: ['签名不符', 'The signature differs'],
  oneMistake: ['找到 1 处错误，哈希可以证明。', '1 mistake found, and the hash proves it.'],
  mistakes: ['找到 {n} 处错误，哈希可以证明。', '{n} mistakes found, and the hash proves them.'],
  noMistake: ['没有找到能解释它的错误：ticket、noncestr 或 url 多半不是签名时的那一个。', 'No known mistake explains it: most likely the ticket, noncestr or url is not the one that was signed.'],
  searched: ['试过的错误', 'Mistakes that were tried'],
  tried: ['试了 {n} 个字符串，最多 {most} 处错误同时出现。', '{n} strings were tried, with up to {most} mistakes at once.'],
  longer: ['再找 10 秒', 'Search for 10 seconds more'],
  searching: ['正在找……', 'Searching …'],
  computedOnly: ['签名已算出', 'Here is the signature'],
  computedHint: ['填入要校验的 signature 就会比较。', 'Fill in the signature to check, and the two are compared.'],
  signatures: ['两个签名', 'Both signatures'],
  oneSignature: ['签名', 'The signature'],
  computed: ['算出的', 'computed'],
  given: ['给出的', 'given'],
  string1: ['参与计算的 string1', 'string1, what is hashed'],
  wrong: ['错在哪里', 'What was done wrong'],
  orElse: ['或者是这样', 'Or this'],
  signed: ['签名用的', 'signed'],
  should: ['应该是', 'should be'],
  empty: ['（空）', '(empty)'],
  differences: ['签名的 url 与页面地址', 'The signed url and the page’s address'],
  page: ['页面的', 'page'],
  warnings: ['可疑之处', 'What looks wrong'],
  unreadable: ['读不出的值', 'Values that cannot be read'],
  line: ['第 {n} 行', 'line {n}'],
  next: ['接着查', 'Check next'],
  done: ['已核对', 'done'],
  todo: ['待办', 'to do'],
  unseen: ['从这里看不到', 'cannot be seen from here'],

  codesTitle: ['这个错误是什么意思？', 'What does this error mean?'],
  codesIntro: ['错误码、接口返回的整段 JSON、errmsg、JS-SDK 的 errMsg 都可以。', 'A code, a whole JSON answer, an errmsg, or the errMsg of the JS-SDK.'],
  q: ['错误码或错误信息', 'Code or message'],
  qPlaceholder: ['40164', '40164'],
  platform: ['平台', 'Platform'],
  platformAny: ['不限', 'either'],
  platformDefault: ['默认', 'default'],
  platformMp: ['公众号', 'Official Account'],
  platformWork: ['企业微信', 'WeCom'],
  explain: ['解释', 'Explain'],
  causes: ['常见原因', 'Why it happens'],
  fixes: ['现在怎么做', 'What to do now'],
  commands: ['可以运行的命令', 'Commands that check it'],
  see: ['相关', 'Related'],
  unknown: ['没有查到', 'Not known'],
  family: ['这一段号码属于：', 'The numbers around it are about: '],
  nearest: ['相近的错误码', 'Codes nearby'],
  explained: ['查到 {n} 条', '{n} found'],
  often: ['经常遇到的', 'Often met'],

  domainsTitle: ['这个域名能用吗？', 'May this domain be used?'],
  domainsIntro: ['按平台和用途的规则核对页面地址。不联网，除非勾选探测。', 'Checks a page’s address against the rules of its platform and purpose. Nothing is sent unless you tick the probe.'],
  pages: ['页面地址（每行一个）', 'Pages’ addresses, one a line'],
  trusted: ['后台登记的域名（每行一个）', 'Entries of the admin console, one a line'],
  trustedHint: ['照后台里的样子填。留空则用 profile 里的。', 'Exactly as they stand there. Empty: the profile’s.'],
  purpose: ['用途', 'Purpose'],
  purposeJsapi: ['JS-SDK（wx.config）', 'JS-SDK (wx.config)'],
  purposeAgent: ['wx.agentConfig', 'wx.agentConfig'],
  purposeOauth: ['网页授权回调', 'OAuth redirect_uri'],
  purposeMenu: ['菜单链接', 'menu link'],
  purposeShare: ['分享链接', 'share link'],
  sandbox: ['测试号', 'Test account (测试号)'],
  probe: ['探测：解析域名，连接页面的主机', 'Probe: look up and connect to the page’s host'],
  checkDomain: ['核对', 'Check'],
  entriesAt: ['登记的域名在后台哪里', 'Where the console holds the entries'],
  tipMp: ['公众号：mp.weixin.qq.com → 设置与开发 → 公众号设置 → 功能设置', 'Official Account: mp.weixin.qq.com → 设置与开发 → 公众号设置 → 功能设置'],
  tipWork: ['企业微信：work.weixin.qq.com → 应用管理 → 该应用 → 网页授权及JS-SDK', 'WeCom: work.weixin.qq.com → 应用管理 → the app → 网页授权及JS-SDK'],
  mayUse: ['可以用', 'May be used'],
  mayNotUse: ['不能用', 'May not be used'],
  unclear: ['说不准', 'Cannot be said for sure'],
  pass: ['符合', 'kept'],
  fail: ['不符', 'broken'],
  warn: ['注意', 'look'],
  skip: ['未查', 'skipped'],
  verifyFile: ['校验文件名（可选）', 'Verification file’s name (optional)'],
  probes: ['探测结果', 'What the network showed'],
  theRest: ['{kept} 条规则符合，{skipped} 条没有查', '{kept} rules kept, {skipped} not checked'],
  measured: ['{kept} 项正常，{skipped} 项没有测', '{kept} in order, {skipped} not measured'],

  copy: ['复制', 'Copy'],
  copied: ['已复制', 'Copied'],
  copyWhat: ['复制：{what}', 'Copy {what}'],
  fix: ['改法：', 'Fix: '],
  failed: ['没能得到答案', 'No answer'],
  gone: ['服务没有响应。wecheck serve 还在运行吗？', 'The server does not answer. Is wecheck serve still running?'],
};

let lang = (navigator.language || 'en').toLowerCase().startsWith('zh') ? 'zh' : 'en';

/** The words of a key in the language spoken, with {name} filled in. */
function t(key, values = {}) {
  const text = WORDS[key][lang === 'zh' ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// ---- elements ----------------------------------------------------------------------------------

/** Makes an element: h('p', {class: 'x', onclick}, 'text', child, …). Falsy children are left out. */
function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter(Boolean));
  return element;
}

/**
 * A message with its `quoted` parts set as code. The same texts are printed in a terminal: what
 * they would have typed there, and what this page has a place for, leads to that place.
 *
 *   --page-url, --kind agent             the field of that name, unless it belongs to a command
 *   wecheck domain-check PAGE_URL        the domain tab
 *   wecheck errcode explain 40164 …      the error code tab
 */
const PLACES = /`([^`]+)`|wecheck domain-check (PAGE_URL)|wecheck errcode explain (CODE|-?\d+)(?: --platform (mp|work))?|(?<=^|[\s，：（,:(])(?<!wecheck [^。；;]*)--([a-z-]+)(?: FILE| ([a-z-]+))?/g;

function said(message) {
  const parts = [];
  let end = 0;
  for (const match of message.matchAll(PLACES)) {
    const [whole, code, page, errcode, platform, flag, word] = match;
    let part;
    if (code) part = h('code', {}, code);
    else if (page) part = place(t('tabDomains'), () => domainOf($('page-url').value || $('url').value));
    else if (errcode) part = place(t('tabCodes'), () => lookUp(errcode === 'CODE' ? '' : errcode, platform));
    else part = field(flag, word);
    if (!part) continue;
    parts.push(message.slice(end, match.index), part);
    end = match.index + whole.length;
  }
  return [...parts.flat(), message.slice(end)];
}

const place = (name, onclick) => h('button', {type: 'button', class: 'place', onclick}, name);

/** The field that does here what a flag does on the command line; null where there is none. */
function field(flag, word) {
  const control = document.querySelector(`main [name="${flag}"]`);
  if (!control) return null;
  const chosen = word && control.querySelector(`option[value="${word}"]`);
  // What follows in a label explains it, and stands beside the field.
  const [name] = control.labels[0].textContent.trim().split(/ ?[（(：:,]/);
  const lead = place(name + (chosen ? ` ${word}` : ''), () => {
    open(control.closest('section').id);
    control.closest('details')?.setAttribute('open', '');
    control.focus();
  });
  return chosen || !word ? lead : [lead, ` ${word}`];
}

const fixed = (fix) => fix && h('p', {class: 'fix'}, h('b', {}, t('fix')), said(fix));

/** A card with a title; null where there is nothing inside. */
function block(title, content, extra) {
  const children = [content].flat().filter(Boolean);
  if (!children.length) return null;
  return h('section', {class: 'card block'}, h('div', {class: 'head'}, h('h3', {}, title), extra), children);
}

function copyButton(text, what) {
  const button = h('button', {type: 'button', class: 'copy', 'aria-label': t('copyWhat', {what})}, t('copy'));
  button.addEventListener('click', () => copy(text, button));
  return button;
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages that are not served from this machine have no clipboard API.
    const area = h('textarea', {class: 'said', 'aria-hidden': 'true'});
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    button.focus();
  }
  button.dataset.before ??= button.textContent;
  button.textContent = t('copied');
  // The button's name stays; who listens hears that it was done.
  $('told').textContent = t('copied');
  setTimeout(() => {
    button.textContent = button.dataset.before;
    delete button.dataset.before;
    $('told').textContent = '';
  }, 1500);
}

/** The texts a and b cut into [same, different, same], so that the part in the middle can be marked. */
function apart(a, b) {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  return [a.slice(0, start), a.slice(start, a.length - end), a.slice(a.length - end)];
}

/** The text, with what is different from the other one marked. */
function marked(text, other) {
  if (text === '') return [h('em', {}, t('empty'))];
  if (text === other) return [text];
  const [before, middle, after] = apart(text, other);
  // Of a long value, what is near the difference.
  return [
    before.length > 160 ? '…' + before.slice(-80) : before,
    h('mark', {}, middle),
    after.length > 160 ? after.slice(0, 80) + '…' : after,
  ];
}

function rows(...pairs) {
  return h('dl', {class: 'rows'}, pairs.map(([name, value]) => [h('dt', {}, name), h('dd', {class: 'mono'}, value)]));
}

/** Says the outcome, in the one region that a screen reader reads out. */
function verdict(place, tone, title, hint) {
  const now = [h('strong', {}, title), hint ? h('span', {}, hint) : ''];
  const words = now.map((part) => part.textContent ?? '').join('');
  place.className = tone === 'said' ? 'said' : 'verdict ' + tone;
  // What is the same would be read out again at every letter typed.
  if (place.textContent !== words) place.replaceChildren(...now);
}

// ---- ask ---------------------------------------------------------------------------------------

/** Sends to the server; gives {status, body}, or null when a newer question has taken over. */
const asking = {};
async function ask(tab, path, body) {
  asking[tab]?.abort();
  const controller = (asking[tab] = new AbortController());
  const separator = path.includes('?') ? '&' : '?';
  try {
    const response = await fetch(path + separator + 'lang=' + lang, {
      signal: controller.signal,
      ...(body && {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)}),
    });
    return {status: response.status, body: await response.json()};
  } catch (error) {
    if (error.name === 'AbortError') return null;
    return {status: 0, body: {error: {message: t('gone')}}};
  }
}

/** Shows an `error` document. */
function refused(place, answer) {
  const {message, fix} = answer.body.error;
  verdict(place, 'look', t('failed'), said([message, fix].filter(Boolean).join(' · ')));
}

// ---- check: the signature tab ------------------------------------------------------------------

const EXAMPLE = {
  url: 'http://mp.weixin.qq.com?params=value',
  ticket: 'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg',
  nonce: 'Wm3WZYTPz0wzccnW',
  timestamp: '1414587457',
  signature: '0f9de62fce790f9a083d5c99e95740ceb90c27ed',
};
const FIELDS = ['url', 'ticket', 'nonce', 'timestamp', 'app-id', 'card-id', 'card-type', 'location-id', 'code', 'openid',
  'balance', 'signature', 'page-url'];
const CHOSEN = {kind: 'kind', platform: 'verify-platform', 'other-ticket': 'other-ticket'}; // nothing pasted fills these
// Never a ticket; and a card's code is worth the card.
const LINKED = [...FIELDS.filter((name) => !['ticket', 'code'].includes(name)), 'kind'];
const TICKETS = {agent: 'jsapi_ticket (agent_config)', group: 'group_ticket', card: 'api_ticket', 'card-ext': 'api_ticket', invoice: 'api_ticket'};
const CALLS = {
  jsapi: 'wx.config({…})', agent: 'wx.agentConfig({…})', card: 'wx.chooseCard({…})', 'card-ext': 'wx.addCard({…})',
  invoice: 'wx.invoke(\'chooseInvoice\', {…})', group: 'WeixinJSBridge.invoke(\'openEnterpriseContact\', {…})',
};
const SIGNS_URL = ['jsapi', 'agent', 'group'];
const typed = new Set(); // fields that were filled by hand; the others follow what was pasted

let checkTimer;
function checkSoon() {
  clearTimeout(checkTimer);
  checkTimer = setTimeout(() => check(), 250);
}

async function check(deep) {
  clearTimeout(checkTimer);
  const live = $('check-live');
  const from = $('from').value;
  if (!from.trim()) showFields($('kind').value || 'jsapi');
  const body = from.trim() ? {from} : {};
  for (const name of filled()) body[name] = $(name).value;
  for (const [name, id] of Object.entries(CHOSEN)) if ($(id).value) body[name] = $(id).value;
  if (body['other-ticket']) body['other-ticket'] = lines('other-ticket');
  if (deep) body.deep = deep;
  if (!from.trim()) {
    // A card's nonce may be left out of its signature.
    const needed = $('url').closest('#values [hidden]') ? ['ticket', 'timestamp'] : ['url', 'ticket', 'nonce', 'timestamp'];
    const missing = needed.filter((name) => !(name in body));
    if (missing.length) {
      asking.check?.abort();
      fillIn({});
      $('check-answer').replaceChildren(tips());
      const some = missing.length < needed.length;
      return verdict(live, '', t('idle'), some ? t('still') + listed(missing) : t('idleHint', {list: listed(needed)}));
    }
  }
  const answer = await ask('check', '/api/verify', body);
  if (!answer) return;
  if (answer.body.error) {
    $('check-answer').replaceChildren();
    return refused(live, answer);
  }
  const sent = filled();
  showFields(answer.body.kind);
  // Fields that this kind has were hidden, and what stands in them was not sent.
  if (filled().join() !== sent.join()) return check(deep);
  fillIn(answer.body.values);
  showCheck(answer.body);
}

/** The fields in sight that were filled by hand. */
const filled = () => FIELDS.filter((name) => typed.has(name) && $(name).value !== '' && !$(name).closest('#values [hidden]'));

/** Shows the fields that this kind of signature has, and calls the ticket by its name there. */
function showFields(kind) {
  for (const element of document.querySelectorAll('[data-kinds]')) element.hidden = !element.dataset.kinds.split(' ').includes(kind);
  const card = !$('card-fields').hidden;
  // The app's id is hashed for some cards, and only compared elsewhere.
  $(kind === 'card' || kind === 'invoice' ? 'card-fields' : 'more-fields').querySelector('.field').before($('app-id-field'));
  $('ticket-label').textContent = TICKETS[kind] ?? 'jsapi_ticket';
  $('nonce-label').textContent = card ? 'nonce_str' : 'noncestr';
}

/** Where to find the values, for someone who starts with nothing. */
function tips() {
  const kind = $('kind').value || 'jsapi';
  const values = {ticket: $('ticket-label').textContent, kind: TICKETS[kind] ? ` --kind ${kind.replace('-ext', '')}` : '', call: CALLS[kind]};
  return block(t('where'), [SIGNS_URL.includes(kind) && 'tipUrl', 'tipString1', 'tipTicket', 'tipCode'].filter(Boolean).map((key) =>
    h('div', {class: 'item'}, h('p', {}, said(t(key, values))))));
}

/** The labels of fields, as a list in the language spoken. */
const listed = (names) => names.map((name) => $(name).labels[0].textContent).join(lang === 'zh' ? '、' : ', ');

/** Shows in the fields what was found in the pasted text. */
function fillIn(values) {
  for (const name of FIELDS) {
    const input = $(name);
    const followed = !typed.has(name);
    if (followed) input.value = values[name] ?? '';
    const found = followed && input.value !== '';
    input.classList.toggle('found', found);
    input.title = found ? t('found') : '';
  }
}

function showCheck(report) {
  const {computed_signature: computed, given_signature: given, mistakes} = report;
  const live = $('check-live');
  if (computed === null) verdict(live, 'look', t('idle'), t('still') + listed(report.missing));
  else if (given === null) verdict(live, '', t('computedOnly'), t('computedHint'));
  else if (report.match) verdict(live, 'yes', t('match'), t('matchHint'));
  else verdict(live, 'no', t('differs'), mistakes.length ? t(mistakes.length === 1 ? 'oneMistake' : 'mistakes', {n: mistakes.length}) : t('noMistake'));

  const steps = report.next_steps.map((step) =>
    h('li', {class: step.status}, h('span', {class: 'said'}, t(step.status) + ': '), said(step.message)));
  $('check-answer').replaceChildren(...[
    mistakes.length && block(t('wrong'), mistakes.map(mistake)),
    !mistakes.length && report.search.candidates > 0 && block(t('searched'), searched(report.search)),
    ...report.alternatives.map((other) => block(t('orElse'), other.map(mistake))),
    computed && block(t(given === null ? 'oneSignature' : 'signatures'), signatures(computed, given), copyButton(computed, t('computed') + ' signature')),
    report.string1 && block(t('string1'), h('pre', {}, string1(report)), copyButton(report.string1, 'string1')),
    block(t('differences'), report.url_differences.map((difference) => h('div', {class: 'item'},
      h('span', {class: 'id'}, difference.part),
      rows([t('signed'), marked(difference.signed, difference.page)], [t('page'), marked(difference.page, difference.signed)]),
      h('p', {}, said(difference.message))))),
    block(t('unreadable'), report.unreadable.map((value) => h('div', {class: 'item warn'},
      h('span', {class: 'id'}, `${value.field} · ${t('line', {n: value.line})}`), h('code', {}, value.text)))),
    block(t('warnings'), report.warnings.map((warning) => h('div', {class: 'item warn'},
      h('span', {class: 'id'}, warning.id), h('p', {}, said(warning.message)), fixed(warning.fix)))),
    block(t('next'), h('ul', {class: 'steps'}, steps)),
  ].filter(Boolean));
}

/** How far the search went; where it ran out of time, a way to let it go on. */
function searched({candidates, exhausted, max_mistakes: most}) {
  const longer = h('button', {type: 'button', id: 'longer', onclick: () => {
    verdict($('check-live'), '', t('searching'));
    // The button goes with the answer that it stands in.
    $('check-live').focus();
    longer.disabled = true;
    check(10);
  }}, t('longer'));
  return [
    h('p', {}, t('tried', {n: candidates.toLocaleString(lang), most})),
    !exhausted && h('div', {class: 'actions'}, longer),
  ];
}

function mistake({id, message, signed, actual, fix}) {
  return h('div', {class: 'item no'},
    h('span', {class: 'id'}, id),
    h('p', {}, said(message)),
    rows([t('signed'), marked(signed, actual)], [t('should'), marked(actual, signed)]),
    fixed(fix));
}

/** Both signatures. Two hashes have nothing in common, so marks help only where they almost agree. */
function signatures(computed, given) {
  const near = given !== null && given !== computed
    && (given.toLowerCase() === computed || computed.startsWith(given.slice(0, 8)) || computed.endsWith(given.slice(-8)));
  const pair = [[t('computed'), near ? marked(computed, given) : computed]];
  if (given !== null) pair.push([t('given'), near ? marked(given, computed) : given || h('em', {}, t('empty'))]);
  return rows(...pair);
}

/** string1 with its keys set back, and the part marked that went wrong. */
function string1({string1: text, mistakes, url_differences: differences}) {
  const wrong = mistakes.map(({signed, actual}) => ({here: actual, there: signed}));
  if (!mistakes.length) {
    wrong.push(...differences.filter(({part}) => part !== 'fragment').map(({signed, page}) => ({here: signed, there: page})));
  }
  let marks = wrong.map(({here, there}) => {
    const at = here === '' ? -1 : text.lastIndexOf(here);
    const [before, middle] = apart(here, there);
    return {from: at + before.length, to: at + before.length + middle.length, at};
  }).filter(({at, from, to}) => at >= 0 && to > from);
  const keys = [...text.matchAll(/(?:^|&)(jsapi_ticket|group_ticket|noncestr|timestamp|url)=/g)].slice(0, 4)
    .map((match) => ({from: match.index, to: match.index + match[0].length, key: true}));
  marks = [...keys, ...marks].sort((a, b) => a.from - b.from);
  const parts = [];
  let end = 0;
  for (const {from, to, key} of marks) {
    if (from < end) continue;
    parts.push(text.slice(end, from), h(key ? 'span' : 'mark', {class: key && 'key'}, text.slice(from, to)));
    end = to;
  }
  return [...parts, text.slice(end)];
}

function startCheck() {
  $('values').addEventListener('submit', (event) => event.preventDefault());
  $('values').addEventListener('input', ({target}) => {
    if (FIELDS.includes(target.id)) target.value === '' ? typed.delete(target.id) : typed.add(target.id);
    target.id === 'kind' ? check() : checkSoon();
  });
  $('example').addEventListener('click', () => {
    clearCheck();
    for (const [name, value] of Object.entries(EXAMPLE)) {
      $(name).value = value;
      typed.add(name);
    }
    check();
  });
  $('clear').addEventListener('click', () => {
    clearCheck();
    history.replaceState(null, '', '#check');
    $('from').focus();
    check();
  });
  $('link').addEventListener('click', ({target}) => {
    const values = new URLSearchParams();
    for (const name of LINKED) if ($(name).value) values.set(name, $(name).value);
    history.replaceState(null, '', '#check?' + values);
    copy(location.href, target);
  });
}

function clearCheck() {
  for (const name of ['from', ...Object.values(CHOSEN), ...FIELDS]) {
    $(name).value = '';
    $(name).classList.remove('found');
    $(name).title = '';
  }
  typed.clear();
}

// ---- codes: the error code tab -----------------------------------------------------------------

const OFTEN = ['invalid signature', 'invalid url domain', 'permission denied', '40001', '40164', '42001', '48001', '60020'];

async function codes() {
  const q = $('q').value.trim();
  const live = $('codes-live');
  if (!q) {
    live.replaceChildren();
    return $('codes-answer').replaceChildren(block(t('often'), h('div', {class: 'links'}, OFTEN.map((often) =>
      h('button', {type: 'button', onclick: () => lookUp(often)}, often)))));
  }
  const platform = $('q-platform').value;
  const answer = await ask('codes', '/api/errcode', {what: q, ...(platform && {platform})});
  if (!answer) return;
  $('codes-answer').replaceChildren();
  if (answer.body.error) return refused(live, answer);
  const report = answer.body;
  if (report.results.length) {
    // The cards show it; who listens is told that they are there.
    verdict(live, 'said', report.results[0].name, t('explained', {n: report.results.length}));
  } else {
    verdict(live, 'look', t('unknown'), report.family && t('family') + report.family);
  }
  const near = [...(report.elsewhere ?? []), ...(report.nearest ?? [])];
  $('codes-answer').replaceChildren(...[
    ...report.results.map(meaning),
    block(t('nearest'), near.map(({code, platform, name}) => h('div', {class: 'item links'},
      h('button', {type: 'button', onclick: () => lookUp(String(code), platform)}, String(code)),
      `${name} · ${platformName(platform)}`))),
  ].filter(Boolean));
}

function meaning(one) {
  const list = (title, items, kind) => items.length && [h('h4', {}, title), h(kind, {}, items.map((item) => h('li', {}, said(item))))];
  return h('article', {class: 'card lists'},
    h('div', {class: 'head'},
      h('p', {class: 'big'}, String(one.code ?? one.message)),
      one.platform && h('span', {class: 'tag'}, platformName(one.platform))),
    h('h3', {}, one.name),
    one.code !== null && one.message && h('p', {class: 'hint mono'}, one.message),
    one.note && h('p', {class: 'hint'}, one.note),
    h('p', {}, said(one.meaning)),
    list(t('fixes'), one.fixes, 'ol'),
    list(t('causes'), one.causes, 'ul'),
    one.commands.length && [h('h4', {}, t('commands')), one.commands.map((command) =>
      h('div', {class: 'command'}, h('code', {}, command), copyButton(command, command)))],
    one.see.length && [h('h4', {}, t('see')), h('div', {class: 'links'}, one.see.map(related))]);
}

function related(see) {
  if (see.startsWith('https://')) return h('a', {href: see, target: '_blank', rel: 'noopener noreferrer'}, see);
  const [, platform, code] = see.match(/^(?:(mp|work):)?(-?\d+)$/) ?? [];
  if (!code) return h('code', {}, see);
  return h('button', {type: 'button', onclick: () => lookUp(code, platform)}, see);
}

function lookUp(q, platform) {
  open('codes');
  $('q').value = q;
  $('q-platform').value = platform ?? '';
  codesAsked();
  $('codes').scrollIntoView();
  $('q').focus();
}

const platformName = (platform) => t(platform === 'work' ? 'platformWork' : 'platformMp');

function codesAsked() {
  const platform = $('q-platform').value;
  history.replaceState(null, '', '#codes?' + new URLSearchParams({q: $('q').value, ...(platform && {platform})}));
  codes();
}

// ---- domains: the domain tab -------------------------------------------------------------------

const lines = (id) => $(id).value.split('\n').filter((line) => line !== '');

async function domains() {
  const live = $('domains-live');
  const url = lines('pages').map((line) => line.trim()).filter(Boolean);
  if (!url.length) {
    live.replaceChildren();
    return $('domains-answer').replaceChildren(block(t('entriesAt'), ['tipMp', 'tipWork'].map((key) =>
      h('div', {class: 'item'}, h('p', {}, t(key))))));
  }
  const answer = await ask('domains', '/api/domain-check', {
    url,
    purpose: $('purpose').value,
    trusted: lines('trusted'),
    sandbox: $('sandbox').checked,
    probe: $('probe').checked,
    ...($('d-platform').value && {platform: $('d-platform').value}),
    ...($('verify-file').value && {'verify-file': $('verify-file').value.trim()}),
  });
  if (!answer) return;
  $('domains-answer').replaceChildren();
  if (answer.body.error) return refused(live, answer);
  const worst = ['fail', 'unknown', 'pass'].find((verdict) => answer.body.some((one) => one.verdict === verdict));
  const [tone, words] = {fail: ['no', 'mayNotUse'], unknown: ['look', 'unclear'], pass: ['yes', 'mayUse']}[worst] ?? ['', 'failed'];
  verdict(live, tone, t(words), answer.body.filter((one) => one.verdict === worst).map((one) => one.url).join(', '));
  $('domains-answer').replaceChildren(...answer.body.map(domain));
}

/** The domain tab, for the page that was just checked. */
function domainOf(url) {
  open('domains');
  if (url) $('pages').value = url;
  $('domains').scrollIntoView();
  $('pages').focus();
  domains();
}

function domain(one) {
  return h('article', {class: 'card block'},
    h('div', {class: 'head'}, h('h3', {class: 'mono'}, one.url), h('span', {class: 'tag'}, `${platformName(one.platform)} · ${one.purpose}`)),
    checked(one.rules, 'theRest'),
    one.probes.length > 0 && [h('h3', {}, t('probes')), checked(one.probes, 'measured')]);
}

/** Where a rule comes from; an error code leads to its meaning. */
function based(basis) {
  const [, platform, code] = basis.match(/^errcode (mp|work) (-?\d+)$/) ?? [];
  return code ? place(`${platformName(platform)} ${code}`, () => lookUp(code, platform)) : basis;
}

/** What is wrong stands open, the rest is folded away. */
function checked(rules, words) {
  const row = ({id, status, message, fix, basis}) => h('div', {class: 'rule'},
    h('span', {class: 'state ' + status}, t(status)),
    h('div', {}, h('span', {class: 'id'}, id, basis && [' · ', based(basis)]), h('p', {}, said(message)), fixed(fix)));
  const by = (status) => rules.filter((rule) => rule.status === status);
  const [kept, skipped] = [by('pass'), by('skip')];
  return [
    [...by('fail'), ...by('warn')].map(row),
    h('details', {}, h('summary', {}, t(words, {kept: kept.length, skipped: skipped.length})), [...kept, ...skipped].map(row)),
  ];
}

// ---- start -------------------------------------------------------------------------------------

const TABS = ['check', 'codes', 'domains'];

function open(tab, focus) {
  for (const name of TABS) {
    const chosen = name === tab;
    $(name).hidden = !chosen;
    $('tab-' + name).setAttribute('aria-selected', chosen);
    $('tab-' + name).tabIndex = chosen ? 0 : -1;
    if (chosen && focus) $('tab-' + name).focus();
  }
}

function speak(language) {
  lang = language;
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  document.title = t('title');
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', t(element.dataset.label));
  for (const element of document.querySelectorAll('[data-placeholder]')) element.placeholder = t(element.dataset.placeholder);
  for (const button of document.querySelectorAll('[data-lang]')) button.setAttribute('aria-pressed', button.dataset.lang === lang);
  check();
  codes();
  // Nothing is probed that was not asked for.
  if ($('domains-live').textContent || !$('pages').value.trim()) domains();
}

/** Takes over what a link says: #check?url=…, #codes?q=40164, #domains?url=… */
function readAddress() {
  const [tab, query] = location.hash.slice(1).split(/\?(.*)/s);
  const values = new URLSearchParams(query ?? '');
  if (tab === 'check') {
    for (const name of LINKED) {
      if (!values.has(name)) continue;
      $(name).value = values.get(name);
      if (name !== 'kind') typed.add(name);
    }
    showFields($('kind').value || 'jsapi');
  }
  if (tab === 'codes') {
    $('q').value = values.get('q') ?? '';
    $('q-platform').value = values.get('platform') ?? '';
  }
  if (tab === 'domains' && values.has('url')) $('pages').value = values.getAll('url').join('\n');
  open(TABS.includes(tab) ? tab : 'check');
}

startCheck();
$('codes-form').addEventListener('submit', (event) => { event.preventDefault(); codesAsked(); });
$('q-platform').addEventListener('change', codesAsked);
$('domains-form').addEventListener('submit', (event) => { event.preventDefault(); domains(); });
for (const name of TABS) {
  $('tab-' + name).addEventListener('click', () => {
    open(name);
    history.replaceState(null, '', '#' + name);
  });
  $('tab-' + name).addEventListener('keydown', ({key}) => {
    const at = TABS.indexOf(name);
    const to = {ArrowRight: at + 1, ArrowLeft: at + TABS.length - 1, Home: 0, End: TABS.length - 1}[key];
    if (to !== undefined) open(TABS[to % TABS.length], true);
  });
}
for (const button of document.querySelectorAll('[data-lang]')) {
  button.addEventListener('click', () => speak(button.dataset.lang));
}
window.addEventListener('hashchange', () => { readAddress(); speak(lang); });
readAddress();
speak(lang);

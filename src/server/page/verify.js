// ---- check: the signature tab ----

const EXAMPLE = {
  url: 'http://mp.weixin.qq.com?params=value',
  ticket: 'sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg',
  nonce: 'Wm3WZYTPz0wzccnW',
  timestamp: '1414587457',
  signature: '0f9de62fce790f9a083d5c99e95740ceb90c27ed',
};
/** The official example as a page and a server have it. */
const exampleCode = () => `wx.config({
  appId: 'wx0123456789abcdef',
  timestamp: ${EXAMPLE.timestamp},
  nonceStr: '${EXAMPLE.nonce}',
  signature: '${EXAMPLE.signature}',
  jsApiList: ['chooseImage']
});
jsapi_ticket: ${EXAMPLE.ticket}
url: ${EXAMPLE.url}
`;
const FIELDS = ['url', 'ticket', 'nonce', 'timestamp', 'app-id', 'card-id', 'card-type', 'location-id', 'code', 'openid',
  'balance', 'signature', 'page-url'];
const CHOSEN = {kind: 'kind', platform: 'verify-platform', 'other-ticket': 'other-ticket'}; // nothing pasted fills these
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
      const some = missing.length < needed.length;
      steady(() => $('check-answer').replaceChildren(some ? tips(missing) : tips(needed)));
      return verdict(live, '', t(some ? 'lacks' : 'idle'), some ? t('still') + listed(missing) : t('idleHint', {list: listed(needed)}));
    }
  }
  const answer = await ask('check', '/api/verify', body);
  if (!answer) return;
  if (answer.body.error) {
    $('check-answer').replaceChildren();
    return refused(live, answer);
  }
  const sent = filled();
  steady(() => showFields(answer.body.kind));
  // Fields that this kind has were hidden, and what stands in them was not sent.
  if (filled().join() !== sent.join()) return check(deep);
  steady(() => {
    fillIn(answer.body.values);
    showCheck(answer.body);
  });
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

/** Which tip leads to a value. */
const TIPS = {url: 'tipUrl', ticket: 'tipTicket', nonce: 'tipCode', timestamp: 'tipCode', signature: 'tipCode'};

/** Where to find the values that lack. */
function tips(missing, lead = null) {
  const kind = $('kind').value || 'jsapi';
  const values = {ticket: $('ticket-label').textContent, kind: TICKETS[kind] ? ` --kind ${kind.replace('-ext', '')}` : '', call: CALLS[kind]};
  const keys = new Set(missing.map((name) => TIPS[name]).filter(Boolean));
  if (!keys.size) return null;
  keys.add('tipString1');
  const order = ['tipUrl', 'tipTicket', 'tipString1', 'tipCode'].filter((key) => keys.has(key));
  return block(t('where'), [lead && h('p', {}, lead), ...order.map((key) => h('p', {}, said(t(key, values))))]
    .filter(Boolean).map((line) => h('div', {class: 'item'}, line)));
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

function showCheck(report, prefix = 'check') {
  const {computed_signature: computed, given_signature: given, mistakes = []} = report;
  const live = $(prefix + '-live');
  const isHash = /^[0-9a-f]{40}$/i.test(given ?? '');
  const byHash = mistakes.length > 0 && mistakes.every(({proof}) => proof === 'hash');
  const one = mistakes.length === 1;
  const found = () => t(byHash ? (one ? 'oneMistake' : 'mistakes') : one ? 'oneShown' : 'shown', {n: mistakes.length});
  // Green is for a report whose every claim fits, and for nothing else.
  if (report.verdict === 'fits') verdict(live, 'yes', t('match'), t('matchHint'));
  else if (report.match !== false && report.verdict === 'refused') verdict(live, 'no', t('refused'), found());
  else if (report.explained?.length && given === null) return showCodes({results: report.explained, lacks: report.missing}, prefix);
  else if (computed === null) verdict(live, 'look', t('lacks'), t('still') + listed(report.missing));
  else if (given === null) verdict(live, 'plain', t('computedOnly'), t('computedHint'));
  else if (report.match) verdict(live, 'look', t('open'), t('openHint'));
  else if (!isHash) verdict(live, 'no', t('differs'), t('notHash', {n: given.length}));
  else verdict(live, 'no', t('differs'), mistakes.length ? found() : t('noMistake'));

  const steps = (report.next_steps ?? []).map((step) =>
    h('li', {class: step.status}, h('span', {class: 'said'}, t(step.status === 'failed' ? 'failedStep' : step.status) + ': '), said(step.message)));
  const checks = report.checks ?? [];
  const enter = prefix === 'any' && !dropped && place(t('enter', {list: listed(report.missing ?? [])}), () =>
    goOn('check', $('any-text').value, report.missing[0]));
  $(prefix + '-answer').replaceChildren(...[
    report.verdict === 'incomplete' && computed === null && tips(report.missing, enter),
    checks.length > 1 && block(t('claims', {n: checks.length}), checks.map(claim)),
    mistakes.length && block(t('wrong'), mistakes.map(mistake)),
    report.explained?.length && report.explained.map(meaning),
    !mistakes.length && report.search?.candidates > 0 && prefix === 'check' && block(t('searched'), searched(report.search)),
    ...(report.alternatives ?? []).map((other) => block(t('orElse'), [other].flat().map(mistake))),
    computed && block(t(given === null ? 'oneSignature' : 'signatures'), signatures(computed, given), copyButton(computed, t('computed') + ' signature')),
    report.string1 && block(t('string1'), h('pre', {}, string1(report)), copyButton(report.string1, 'string1')),
    block(t('differences'), (report.url_differences ?? []).map((difference) => h('div', {class: 'item'},
      h('span', {class: 'id'}, difference.part),
      rows([t('signed'), marked(difference.signed, difference.page)], [t('page'), marked(difference.page, difference.signed)]),
      difference.message && h('p', {}, said(difference.message))))),
    block(t('unreadable'), (report.unreadable ?? []).map((value) => h('div', {class: 'item warn'},
      h('span', {class: 'id'}, `${value.field} · ${t('line', {n: value.line})}`), h('code', {}, value.text)))),
    block(t('warnings'), warned(report.warnings)),
    block(t('next'), steps.length && h('ul', {class: 'steps'}, steps)),
    copyAsMarkdown(prefix, () => [$('ticket').value, ...lines('other-ticket')]),
  ].flat().filter(Boolean));
}

/** One of several signatures that were found. */
function claim({verdict: outcome, kind, source, line, mistakes}) {
  const place = [source === 'from' ? t('pasted') : source, line && t('line', {n: line})].filter(Boolean).join(' · ');
  return h('div', {class: 'rule'},
    h('span', {class: 'state ' + ({fits: 'pass', refused: 'fail'}[outcome] ?? 'warn')}, t({fits: 'fits', refused: 'refusedOne'}[outcome] ?? 'undecided')),
    h('div', {}, h('span', {class: 'id'}, [kind, place].filter(Boolean).join(' · ')), mistakes?.length && h('p', {}, mistakes.map(({id}) => id).join(', '))));
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

function mistake({id, title, message, signed, expected, actual, fix}) {
  const right = expected ?? actual ?? '';
  return h('div', {class: 'item no'},
    h('span', {class: 'id'}, id),
    title && h('p', {}, h('b', {}, title)),
    (signed || right) && rows([t('signed'), marked(signed ?? '', right)], [t('should'), marked(right, signed ?? '')]),
    message && message !== title && h('p', {}, said(message)),
    fixed(fix));
}

/** Both signatures. Two hashes have nothing in common, so marks help only if they almost agree. */
function signatures(computed, given) {
  const near = given !== null && given !== computed
    && (given.toLowerCase() === computed || computed.startsWith(given.slice(0, 8)) || computed.endsWith(given.slice(-8)));
  const pair = [[t('computed'), near ? marked(computed, given) : computed]];
  if (given !== null) pair.push([t('given'), near ? marked(given, computed) : given || h('em', {}, t('empty'))]);
  return rows(...pair);
}

/** string1 with its keys set back, and the part marked that went wrong. */
function string1({string1: text, mistakes = [], url_differences: differences = []}) {
  const wrong = mistakes.map(({signed, expected, actual}) => ({here: expected ?? actual ?? '', there: signed ?? ''}));
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
    // No verdict outlives the input it belongs to.
    stale('check');
    if (FIELDS.includes(target.id)) target.value === '' ? typed.delete(target.id) : typed.add(target.id);
    target.id === 'kind' ? check() : checkSoon();
  });
  $('example').addEventListener('click', () => {
    clearCheck();
    for (const [name, value] of Object.entries(EXAMPLE)) {
      $(name).value = value;
      typed.add(name);
    }
    check().then(() => reveal('check'));
  });
  $('clear').addEventListener('click', () => {
    clearCheck();
    $('from').focus();
    check();
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

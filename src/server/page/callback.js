// ---- callback: what WeChat sends to a server ----

/** The body of a request about a callback; token and key only if they were entered. */
function callbackBody(request) {
  const body = {request};
  for (const [name, id] of [['callback_token', 'callback-token'], ['encoding_aes_key', 'callback-key'], ['receive-id', 'receive-id']]) {
    if ($(id).value.trim()) body[name] = $(id).value.trim();
  }
  return body;
}

async function callback(pressed = false) {
  const live = $('callback-live');
  $('callback-answer').replaceChildren();
  const request = $('callback-request').value;
  if (!request.trim()) {
    pressed ? verdict(live, 'look', t('callbackIdle'), t('callbackIdleHint')) : live.replaceChildren();
    return $('callback-answer').replaceChildren(tokenTips());
  }
  const answer = await ask('callback', '/api/callback-verify', callbackBody(request));
  if (!answer) return;
  if (answer.body.error) return callbackRefused(answer, 'callback');
  showCallback(answer.body, 'callback');
}

/** Without a token nothing can be compared; here it is entered and not configured. */
function callbackRefused(answer, prefix) {
  const live = $(prefix + '-live');
  if (answer.body.error.kind !== 'config' || $('callback-token').value.trim()) {
    refused(live, answer);
    const other = prefix === 'callback' && elsewhere('callback', $('callback-request').value);
    return other && $('callback-answer').replaceChildren(other);
  }
  verdict(live, 'look', t('callbackToken_'), t('callbackTokenHint'));
  const enter = prefix === 'any' && place(t('callbackEnter'), () => goOn('callback', $('any-text').value, 'callback-token'));
  $(prefix + '-answer').replaceChildren(tokenTips(enter));
}

/** Where the Token is found; `lead` goes before. */
function tokenTips(lead) {
  return block(t('tokenAt'), [lead, t('tipTokenMp'), t('tipTokenWork')].filter(Boolean).map((line) =>
    h('div', {class: 'item'}, h('p', {}, line))));
}

function showCallback(report, prefix) {
  const live = $(prefix + '-live');
  const {valid, mistakes, warnings = [], answer, next_steps: steps = [], requests} = report;
  const tone = !valid || answer?.ok === false ? 'no' : 'yes';
  verdict(live, tone, t(valid ? 'callbackYes' : 'callbackNo'), valid ? answer?.message ?? '' : mistakes[0]?.title ?? mistakes[0]?.message ?? '');
  $(prefix + '-answer').replaceChildren(...[
    requests && h('p', {}, said(requests.message)),
    mistakes.length && block(t('wrong'), mistakes.map((one) => mistake(one.signed ? one : {...one, expected: '', actual: ''}))),
    report.computed_signature && block(t('signatures'), signatures(report.computed_signature, report.given_signature ?? null)),
    answer && !answer.ok && block(`HTTP ${answer.status}`, h('div', {class: 'item no'}, h('p', {}, said(answer.message)), fixed(answer.fix))),
    block(t('warnings'), warned(warnings)),
    steps.length && block(t('next'), h('ul', {class: 'steps'}, steps.map((step) =>
      h('li', {class: step.status}, h('span', {class: 'said'}, t(step.status === 'failed' ? 'failedStep' : step.status) + ': '), said(step.message))))),
    copyAsMarkdown(prefix, () => [$('callback-token').value, $('callback-key').value]),
  ].filter(Boolean));
}

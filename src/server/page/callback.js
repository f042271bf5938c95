// ---- callback: what WeChat sends to a server ----

/** The body of a request about a callback; token and key only if they were entered. */
function callbackBody(request) {
  const body = {request};
  for (const [name, id] of [['callback_token', 'callback-token'], ['encoding_aes_key', 'callback-key'], ['receive-id', 'receive-id']]) {
    if ($(id).value.trim()) body[name] = $(id).value.trim();
  }
  return body;
}

async function callback() {
  const live = $('callback-live');
  $('callback-answer').replaceChildren();
  const request = $('callback-request').value;
  if (!request.trim()) return live.replaceChildren();
  const answer = await ask('callback', '/api/callback-verify', callbackBody(request));
  if (!answer) return;
  if (answer.body.error) return refused(live, answer);
  showCallback(answer.body, 'callback');
}

function showCallback(report, prefix) {
  const live = $(prefix + '-live');
  const {valid, mistakes, warnings = [], answer, next_steps: steps = []} = report;
  const tone = !valid || answer?.ok === false ? 'no' : 'yes';
  verdict(live, tone, t(valid ? 'callbackYes' : 'callbackNo'), valid ? answer?.message ?? '' : mistakes[0]?.title ?? mistakes[0]?.message ?? '');
  $(prefix + '-answer').replaceChildren(...[
    mistakes.length && block(t('wrong'), mistakes.map(mistake)),
    report.computed_signature && block(t('signatures'), signatures(report.computed_signature, report.given_signature ?? null)),
    answer && !answer.ok && block(`HTTP ${answer.status}`, h('div', {class: 'item no'}, h('p', {}, said(answer.message)), fixed(answer.fix))),
    block(t('warnings'), warnings.map(({id, message, fix}) => h('div', {class: 'item warn'},
      h('span', {class: 'id'}, id), h('p', {}, said(message)), fixed(fix)))),
    steps.length && block(t('next'), h('ul', {class: 'steps'}, steps.map((step) =>
      h('li', {class: step.status}, h('span', {class: 'said'}, t(step.status === 'failed' ? 'failedStep' : step.status) + ': '), said(step.message))))),
    copyAsMarkdown(prefix, () => [$('callback-token').value, $('callback-key').value]),
  ].filter(Boolean));
}

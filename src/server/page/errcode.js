// ---- codes: the error code tab ----

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
  showCodes(answer.body, 'codes');
}

function showCodes(report, prefix) {
  const live = $(prefix + '-live');
  if (report.results.length) {
    // The cards show it; a screen reader says that they are there.
    const [{code, name, fixes, meaning: what}] = report.results;
    const title = prefix === 'codes' || code === null ? name : `${code} · ${name}`;
    verdict(live, prefix === 'codes' ? 'said' : 'plain', title, report.results.length > 1 ? t('explained', {n: report.results.length}) : fixes?.[0] ?? what ?? '');
  } else {
    verdict(live, 'look', t('unknown'), report.family ? t('family') + report.family : t(prefix === 'any' ? 'unknownHint' : 'unknownCode'));
  }
  const near = [...(report.elsewhere ?? []), ...(report.nearest ?? [])];
  $(prefix + '-answer').replaceChildren(...[
    ...report.results.map(meaning),
    block(t('nearest'), near.map(({code, platform, name}) => h('div', {class: 'item links'},
      h('button', {type: 'button', onclick: () => lookUp(String(code), platform)}, String(code)),
      `${name} · ${platformName(platform)}`))),
    block(t('nearTopics'), (report.topics ?? []).map(({id, title}) => h('div', {class: 'item links'},
      h('button', {type: 'button', onclick: () => lookUpTopic(id)}, title)))),
    !report.results.length && prefix === 'codes' && elsewhere('codes', $('q').value),
    report.lacks?.length > 0 && block(t('next'), h('p', {}, t('explainedMore') + listed(report.lacks))),
    report.results.length > 0 && copyAsMarkdown(prefix, () => []),
  ].filter(Boolean));
}

function meaning(one) {
  const list = (title, items, kind) => items.length && [h('h4', {}, title), h(kind, {}, items.map((item) => h('li', {}, said(item))))];
  return h('article', {class: 'card lists'},
    h('div', {class: 'head'},
      // What was pasted is in the box; only a number is worth a line of its own.
      one.code === null ? h('h3', {}, one.name) : h('p', {class: 'big'}, String(one.code)),
      one.platform && h('span', {class: 'tag'}, platformName(one.platform))),
    one.code !== null && h('h3', {}, one.name),
    one.code !== null && one.message && one.message !== one.name && h('p', {class: 'hint mono'}, one.message),
    one.note && h('p', {class: 'hint'}, one.note),
    h('p', {}, said(one.meaning)),
    list(t('fixes'), one.fixes ?? [], 'ol'),
    list(t('causes'), one.causes ?? [], 'ul'),
    one.commands?.length && [h('h4', {}, t('commands')), one.commands.map((command) =>
      h('div', {class: 'command'}, h('code', {}, command), copyButton(command, command)))],
    one.see?.length && [h('h4', {}, t('see')), h('div', {class: 'links'}, one.see.map(related))]);
}

function related(see) {
  if (see.startsWith('https://')) return h('a', {href: see, target: '_blank', rel: 'noopener noreferrer'}, see);
  const topic = see.match(/^(?:wecheck )?faq[: ]([a-z0-9-]+)$/)?.[1];
  if (topic) return h('button', {type: 'button', onclick: () => lookUpTopic(topic)}, see);
  const [, platform, code] = see.match(/^(?:(mp|work):)?(-?\d+)$/) ?? [];
  if (!code) return h('code', {}, see);
  return h('button', {type: 'button', onclick: () => lookUp(code, platform)}, see);
}

function lookUp(q, platform) {
  open('codes', {step: true});
  $('q').value = q;
  $('q-platform').value = platform ?? '';
  codesAsked();
  $('codes').scrollIntoView();
  $('q').focus();
}

const platformName = (platform) => t(platform === 'work' ? 'platformWork' : 'platformMp');

function codesAsked() {
  codes();
}

// ---- faq: the topics ----

async function faq() {
  const q = $('faq-q').value.trim();
  const live = $('faq-live');
  const answer = await ask('faq', '/api/faq', {q});
  if (!answer) return;
  $('faq-answer').replaceChildren();
  if (answer.body.error) return refused(live, answer);
  const {results, nearest} = answer.body;
  if (!results.length) {
    verdict(live, 'look', t('faqNone'), t('faqNoneHint'));
    $('faq-answer').replaceChildren(h('div', {class: 'links'},
      nearest && h('button', {type: 'button', onclick: () => lookUpTopic(nearest)}, nearest),
      h('button', {type: 'button', onclick: () => lookUpTopic('')}, t('topics'))));
    return;
  }
  live.replaceChildren();
  if (q) return $('faq-answer').replaceChildren(...results.map(topicCard));
  $('faq-answer').replaceChildren(block(t('topics'), h('ul', {class: 'topics'}, results.map(({id, title}) =>
    h('li', {}, place(title, () => lookUpTopic(id)))))));
}

function topicCard({id, title, platforms, steps, commands, see}) {
  return h('article', {class: 'card lists'},
    h('div', {class: 'head'}, h('h3', {}, title), h('span', {class: 'tag'}, platforms.map(platformName).join(' · '))),
    h('span', {class: 'id'}, id),
    h('ol', {}, steps.map((step) => h('li', {}, said(step)))),
    commands.length > 0 && [h('h4', {}, t('commands')), commands.map((command) =>
      h('div', {class: 'command'}, h('code', {}, command), copyButton(command, command)))],
    see.length > 0 && [h('h4', {}, t('see')), h('div', {class: 'links'}, see.map(related))]);
}

function lookUpTopic(id) {
  open('faq', {step: true});
  $('faq-q').value = id;
  faq();
  $('faq').scrollIntoView();
  $('faq-q').focus();
}

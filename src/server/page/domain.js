// ---- domains: the domain tab ----

const lines = (id) => $(id).value.split('\n').filter((line) => line !== '');

/** More the server does not take at once. */
const MAX_PAGES = 100;

/** `asked` by its button: only then something is said of empty fields, and the network asked. */
async function domains(asked = false) {
  const live = $('domains-live');
  const url = lines('pages').map((line) => line.trim()).filter(Boolean);
  if (!url.length) {
    asked ? verdict(live, 'look', t('domainsIdle'), t('domainsIdleHint')) : live.replaceChildren();
    return $('domains-answer').replaceChildren(block(t('entriesAt'), ['tipMp', 'tipWork'].map((key) =>
      h('div', {class: 'item'}, h('p', {}, t(key))))));
  }
  if (url.length > MAX_PAGES) {
    asking.domains?.abort();
    $('domains-answer').replaceChildren();
    return verdict(live, 'look', t('tooManyPages', {n: url.length, most: MAX_PAGES}), t('tooManyPagesHint'));
  }
  const answer = await ask('domains', '/api/domain-check', {
    url,
    purpose: $('purpose').value,
    trusted: lines('trusted'),
    sandbox: $('sandbox').checked,
    // Never for a change of language or of tab.
    probe: asked && $('probe').checked,
    ...($('d-platform').value && {platform: $('d-platform').value}),
    ...($('verify-file').value && {'verify-file': $('verify-file').value.trim()}),
  });
  if (!answer) return;
  $('domains-answer').replaceChildren();
  if (answer.body.error) return refused(live, answer);
  showDomains(answer.body, 'domains');
  const other = elsewhere('domains', $('pages').value);
  if (other) $('domains-answer').prepend(other);
}

function showDomains(list, prefix) {
  const live = $(prefix + '-live');
  const worst = ['fail', 'unknown', 'pass'].find((verdict) => list.some((one) => one.verdict === verdict));
  const [tone, words] = {fail: ['no', 'mayNotUse'], unknown: ['look', 'unclear'], pass: ['yes', 'mayUse']}[worst] ?? ['look', 'unclear'];
  const urls = new Set(list.filter((one) => one.verdict === worst).map((one) => one.url));
  verdict(live, tone, t(words), worst === 'unknown' ? t('unclearHint') : [...urls].join(', '));
  $(prefix + '-answer').replaceChildren(...list.map(domain), copyAsMarkdown(prefix, () => []));
}

/** The domain tab, for the page that was just checked. */
function domainOf(url) {
  open('domains', {step: true});
  if (url) $('pages').value = url;
  $('domains').scrollIntoView();
  $('pages').focus();
  domains();
}

function domain(one) {
  return h('article', {class: 'card block'},
    h('div', {class: 'head'}, h('h3', {class: 'mono'}, one.url), h('span', {class: 'tag'}, `${platformName(one.platform)} · ${one.purpose}`)),
    checked(one.rules, 'theRest', one.verdict === 'unknown'),
    one.probes.length > 0 && [h('h3', {}, t('probes')), checked(one.probes, 'measured')]);
}

/** Where a rule comes from; an error code leads to its meaning. */
function based(basis) {
  const [, platform, code] = basis.match(/^errcode (mp|work) (-?\d+)$/) ?? [];
  const topic = basis.match(/^faq ([a-z0-9-]+)$/)?.[1];
  if (topic) return place(basis, () => lookUpTopic(topic));
  return code ? place(`${platformName(platform)} ${code}`, () => lookUp(code, platform)) : basis;
}

/** What is wrong is shown, the rest is folded away. */
function checked(rules, words, undecided = false) {
  const row = ({id, status, message, fix, basis}) => h('div', {class: 'rule'},
    h('span', {class: 'state ' + status}, t(status)),
    h('div', {}, h('span', {class: 'id'}, id, basis && [' · ', based(basis)]), h('p', {}, said(message)), fixed(fix)));
  const by = (status) => rules.filter((rule) => rule.status === status);
  // Without an entry to compare with nothing is decided: that is said first, too.
  const lacking = (rule) => undecided && rule.id === 'trusted-match';
  const [kept, skipped] = [by('pass'), by('skip').filter((rule) => !lacking(rule))];
  return [
    [...by('fail'), ...by('warn'), ...by('skip').filter(lacking)].map(row),
    h('details', {}, h('summary', {}, t(words, {kept: kept.length, skipped: skipped.length})), [...kept, ...skipped].map(row)),
  ];
}

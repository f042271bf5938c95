// ---- main: tabs, language, history ----

const TABS = ['any', 'check', 'codes', 'domains', 'callback', 'sign', 'faq'];
// History entries are these and nothing else: no value ever becomes part of an address.
const ADDRESSES = {any: '#any', check: '#check', codes: '#codes', domains: '#domains', callback: '#callback', sign: '#sign', faq: '#faq'};

/** Takes away an answer whose input has changed; the next one is on its way or has to be asked for. */
function stale(prefix) {
  asking[prefix]?.abort();
  const live = $(prefix + '-live');
  if (!live.textContent && !$(prefix + '-answer').children.length) return;
  steady(() => {
    $(prefix + '-answer').replaceChildren();
    live.replaceChildren();
  });
}

function open(tab, {focus = false, step = false} = {}) {
  if (step && $(tab).hidden) history.pushState(null, '', ADDRESSES[tab]);
  for (const name of TABS) {
    const chosen = name === tab;
    $(name).hidden = !chosen;
    $('tab-' + name).setAttribute('aria-selected', chosen);
    $('tab-' + name).tabIndex = chosen ? 0 : -1;
    if (chosen && focus) $('tab-' + name).focus();
    // The bar of tabs scrolls sideways on a phone.
    if (chosen) $('tab-' + name).scrollIntoView({block: 'nearest', inline: 'center'});
  }
}

/** Fades the bar of tabs where more of it is out of sight. */
function fadeTabs() {
  const bar = document.querySelector('.tabs');
  bar.classList.toggle('more-before', bar.scrollLeft > 4);
  bar.classList.toggle('more-after', bar.scrollLeft + bar.clientWidth < bar.scrollWidth - 4);
}

function speak(language, keep) {
  lang = language;
  if (keep) {
    try {
      localStorage.setItem('wecheck-lang', lang === 'zh' ? 'zh' : 'en');
    } catch {
      // A browser may forbid storage.
    }
  }
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  document.title = t('title');
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', t(element.dataset.label));
  for (const element of document.querySelectorAll('[data-placeholder]')) element.placeholder = t(element.dataset.placeholder);
  for (const button of document.querySelectorAll('[data-lang]')) button.setAttribute('aria-pressed', button.dataset.lang === lang);
  const {profile} = document.body.dataset;
  $('profile').textContent = profile ? t('profileUsed', {name: profile}) : t('profileNone');
  any();
  check();
  codes();
  faq();
  callback();
  domains();
  showSign();
  fadeTabs();
}

/** The tab that the address names. */
function readAddress() {
  const tab = TABS.find((name) => ADDRESSES[name] === location.hash);
  open(tab ?? 'any');
}

startAny();
startCheck();
for (const [form, prefix, submit] of [
  ['codes-form', 'codes', codes], ['domains-form', 'domains', () => domains(true)], ['sign-form', 'sign', signPage],
  ['faq-form', 'faq', faq], ['callback-form', 'callback', () => callback(true)],
]) {
  $(form).addEventListener('submit', async (event) => {
    event.preventDefault();
    await submit();
    reveal(prefix);
  });
  $(form).addEventListener('input', () => stale(prefix));
}
$('q-platform').addEventListener('change', codesAsked);
for (const name of TABS) {
  $('tab-' + name).addEventListener('click', () => open(name, {step: true}));
  $('tab-' + name).addEventListener('keydown', ({key}) => {
    const at = TABS.indexOf(name);
    const to = {ArrowRight: at + 1, ArrowLeft: at + TABS.length - 1, Home: 0, End: TABS.length - 1}[key];
    if (to !== undefined) open(TABS[to % TABS.length], {focus: true, step: true});
  });
}
for (const button of document.querySelectorAll('[data-lang]')) {
  button.addEventListener('click', () => speak(button.dataset.lang, true));
}
document.querySelector('.to-content').addEventListener('click', (event) => {
  // The address stays, and with it the tab.
  event.preventDefault();
  $('main').focus();
});
const sight = new IntersectionObserver(pin, {threshold: [0, 1]});
const words = new MutationObserver(pin);
for (const name of TABS) {
  sight.observe($(name + '-live'));
  words.observe($(name + '-live'), {childList: true, attributes: true});
}
document.querySelector('.tabs').addEventListener('scroll', fadeTabs);
window.addEventListener('resize', fadeTabs);
window.addEventListener('popstate', readAddress);
document.documentElement.dataset.ready = '';
// The keys that scroll a page act on what has the focus.
$('scroll').focus();
readAddress();
speak(lang);

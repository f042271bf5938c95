// ---- elements ----

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
 *   wecheck domain-check ADDRESS         the domain tab, with that address
 *   wecheck errcode explain 40164 …      the error code tab
 */
const PLACES = /`([^`]+)`|wecheck domain-check (PAGE_URL|'[^']*'|https?:[^\s，；。]+)|wecheck errcode explain (CODE|-?\d+)(?: --platform (mp|work))?|(?<=^|[\s，：（,:(])(?<!wecheck [^。；;]*)--([a-z-]+)(?: (?:(?:FILE|ENTRY)\b|域名)| ([a-z][a-z-]*))?/g;

function said(message) {
  const parts = [];
  let end = 0;
  for (const match of message.matchAll(PLACES)) {
    const [whole, code, page, errcode, platform, flag, word] = match;
    let part;
    if (code) part = h('code', {}, code);
    else if (page) part = place(t('tabDomains'), () => domainOf(page === 'PAGE_URL' ? $('page-url').value || $('url').value : page.replace(/^'|'$/g, '')));
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
  // The rest of a label explains it.
  const [name] = control.labels[0].textContent.trim().split(/ ?[（(：:,]/);
  const lead = place(name + (chosen ? ` ${word}` : ''), () => {
    open(control.closest('section').id);
    control.closest('details')?.setAttribute('open', '');
    control.focus();
  });
  return chosen || !word ? lead : [lead, ` ${word}`];
}

const fixed = (fix) => fix && h('p', {class: 'fix'}, h('b', {}, t('fix')), said(fix));

/** Findings besides the mistakes. */
const warned = (warnings = []) => warnings.map(({id, message, fix}) =>
  h('div', {class: 'item warn'}, h('span', {class: 'id'}, id), h('p', {}, said(message)), fixed(fix)));

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
  // The button's name stays; a screen reader says that it was done.
  $('heard').textContent = t('copied');
  setTimeout(() => {
    button.textContent = button.dataset.before;
    delete button.dataset.before;
    $('heard').textContent = '';
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
    h('mark', {}, middle.length > 320 ? `${middle.slice(0, 160)} … ${middle.slice(-160)}` : middle),
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

/** Keeps what has the focus where it is in the window while something above it changes its height. */
function steady(change) {
  const at = document.activeElement;
  const inForm = at?.closest('form');
  const top = inForm && at.getBoundingClientRect().top;
  change();
  if (inForm) $('scroll').scrollBy(0, at.getBoundingClientRect().top - top);
}

const inSight = ({top, bottom}) => top >= 0 && bottom <= $('scroll').getBoundingClientRect().bottom;

/** Takes a person who pressed a button to its answer, unless it is in sight already. */
function reveal(prefix) {
  const live = $(prefix + '-live');
  if (!live.textContent || live.className === 'said' || inSight(live.getBoundingClientRect())) return;
  live.scrollIntoView();
  live.focus({preventScroll: true});
  pin();
}

/** The verdict of the open tab while it is out of sight; it leads to the answer. */
function pin() {
  const live = TABS.map((tab) => $(tab + '-live')).find((live) => live.checkVisibility());
  const title = live?.querySelector('strong')?.textContent;
  const hidden = !title || !/ (yes|no|look|plain)$/.test(live.className) || inSight(live.getBoundingClientRect());
  const appears = $('pin').hidden && !hidden;
  $('pin').hidden = hidden;
  if (hidden) return;
  // It takes its height from what scrolls; the field in use stays in sight.
  if (appears && document.activeElement.closest('form')) document.activeElement.scrollIntoView({block: 'nearest'});
  $('pin').className = live.className.replace('verdict', 'pin');
  $('pin').replaceChildren(title, h('span', {class: 'said'}, t('toAnswer')));
  $('pin').onclick = () => {
    live.scrollIntoView();
    live.focus({preventScroll: true});
    pin();
  };
}

/** Secrets of a text as a person may post it: the first 4 characters and the length. */
function redacted(text, secrets = []) {
  const mask = (value) => value.length > 4 ? `${value.slice(0, 4)}…(${value.length})` : '…';
  for (const secret of secrets) if (secret && secret.length > 4) text = text.replaceAll(secret, mask(secret));
  return text
    .replace(/((?:jsapi_|api_|group_|access_)?(?:ticket|token)["']?\s*[=:]\s*["']?)([\w%.~-]{8,})/gi, (whole, key, value) => key + mask(value))
    .replace(/((?:secret|aes_?key)["']?\s*[=:]\s*["']?)([\w+/=-]{8,})/gi, (whole, key, value) => key + mask(value))
    // What an authorization put into an address.
    .replace(/([?&](?:amp;)?(?:code|state|auth_code|openid|unionid)=)([^&#\s"'`]+)/gi, (whole, key, value) => key + mask(value))
    .replace(/[\w-]{60,}/g, mask);
}

/** What is shown as Markdown for an issue: the verdict, then each card with its lines. */
function markdown(live, answer, secrets) {
  const text = (element) => element.innerText.replace(/\s*\n\s*/g, '\n').trim();
  const parts = [`**wecheck**: ${[...live.children].map((part) => text(part)).filter(Boolean).join(' · ')}`];
  for (const card of answer.querySelectorAll('.card')) {
    const copy = card.cloneNode(true);
    copy.querySelectorAll('.copy, .actions, .said').forEach((element) => element.remove());
    // A clone has no layout: its blocks are distinguished by their elements.
    const lines = [];
    for (const element of copy.querySelectorAll('h3, h4, p, li, dt, dd, pre, .id, code, summary')) {
      if (element.parentElement.closest('p, li, dd, pre')) continue;
      const line = element.textContent.trim();
      if (!line) continue;
      if (element.matches('h3')) lines.push(`### ${line}`);
      else if (element.matches('pre')) lines.push('```\n' + line + '\n```');
      else lines.push(`- ${line}`);
    }
    parts.push(lines.join('\n'));
  }
  return redacted(parts.join('\n\n'), secrets) + '\n';
}

/** The button that copies an answer for an issue tracker. */
function copyAsMarkdown(prefix, secrets) {
  const button = h('button', {type: 'button', class: 'copy'}, t('copyMarkdown'));
  button.addEventListener('click', () => copy(markdown($(prefix + '-live'), $(prefix + '-answer'), secrets()), button));
  return h('div', {class: 'actions'}, button);
}

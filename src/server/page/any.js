// ---- any: one box that takes anything ----

/** A file that is checked is not larger. Bytes. */
const MAX_FILE = 64 * 1024 * 1024;
/** Longer texts are read as evidence of a signature. Characters, of at most three bytes. */
const MAX_TEXT = 80 * 1024;
/** The text of a dropped file; it is not shown in the box, which would choke on it. */
let dropped = null;

/**
 * What a text is about. A signature wins over a code, since a log of signing often holds both; a lone
 * address is a domain; what is not one of them is looked up as an error. The command line sorts by the
 * same rules (`src/ops/pasted.rs`).
 */
function about(text) {
  const one = text.trim();
  // Only evidence of signatures is taken at this size, and a recording holds requests of every sort.
  if (one.length > MAX_TEXT || /^\s*{\s*"log"\s*:\s*{/.test(one)) return 'check';
  const isHash = /(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])/i.test(one);
  if (/^https?:\/\/\S+(\s+https?:\/\/\S+)*$/i.test(one) && !/[?&](?:msg_)?signature=/i.test(one)) return 'domains';
  // `wx.chooseImage` looks like a host.
  const isCode = /^(?:wx|ww|jWeixin)\.(?:\w*[A-Z]\w*|config|ready|error|invoke|register)$/.test(one);
  if (!isCode && /^(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?\/?$/i.test(one)) return 'domains';
  const isPage = /noncestr|jsapi_ticket|wx\.(?:config|agentConfig)/i.test(one);
  if (!isPage && /(?:msg_signature|echostr)(?: *[=:]|["'\])]+ *[=:,])|<Encrypt>|"Encrypt"\s*:|<ToUserName>|<InfoType>/i.test(one)) return 'callback';
  if (/[?&\s,{'"]signature['"]?[=:]/.test(' ' + one) && /timestamp/.test(one) && /nonce['"]?\s*[=:]/.test(one) && !/url|noncestr|ticket/i.test(one)) return 'callback';
  if (isHash || /wx\.(?:config|agentConfig|addCard|chooseCard)\s*\(|ww\.register\s*\(|jsapi_ticket|noncestr|realAuthUrl|"log"\s*:\s*{/i.test(one)) return 'check';
  return 'codes';
}

const TAB_WORDS = {check: 'tabCheck', codes: 'tabCodes', domains: 'tabDomains', callback: 'tabCallback'};

/** For someone who has nothing at hand yet: an error, a code, an address, and below the official example. */
const TRY = ['config:invalid signature', '40164', 'https://m.example.com/'];

function fillAny(text) {
  $('any-text').value = text;
  $('any-text').focus();
  any();
}

let anyTimer;
function anySoon() {
  clearTimeout(anyTimer);
  anyTimer = setTimeout(any, 300);
}

async function any() {
  clearTimeout(anyTimer);
  const live = $('any-live');
  const text = dropped?.text ?? $('any-text').value;
  $('any-as').replaceChildren();
  $('any-answer').replaceChildren();
  if (!text.trim()) {
    asking.any?.abort();
    verdict(live, '', t('anyIdle'));
    const link = (text, name = text) => h('button', {type: 'button', onclick: () => fillAny(text)}, name);
    return $('any-answer').replaceChildren(block(t('try'), h('div', {class: 'links'}, TRY.map((text) => link(text)), link(exampleCode(), 'wx.config({ … })'))));
  }
  const topic = about(text);
  const [path, body] = {
    check: ['/api/verify', {from: text}],
    codes: ['/api/errcode', {what: text.trim()}],
    domains: ['/api/domain-check', {url: text.trim().split(/\s+/)}],
    callback: ['/api/callback-verify', callbackBody(text)],
  }[topic];
  const answer = await ask('any', path, body);
  if (!answer) return;
  if (answer.body.error) topic === 'callback' ? callbackRefused(answer, 'any') : refused(live, answer);
  else if (topic === 'check') showCheck(answer.body, 'any');
  else if (topic === 'codes') showCodes(answer.body, 'any');
  else if (topic === 'domains') showDomains(answer.body, 'any');
  else showCallback(answer.body, 'any');
  $('any-as').replaceChildren(
    h('span', {}, t('readAs', {what: t(TAB_WORDS[topic])})), ' ',
    !dropped && place(t('goOn', {what: t(TAB_WORDS[topic])}), () => goOn(topic, text)) || '');
}

/** Where a text belongs that this tab does not know: a link to the tab that does; null where there is none. */
function elsewhere(tab, text) {
  const topic = text.trim() && about(text);
  if (!topic || topic === tab || topic === 'codes') return null;
  const what = t(TAB_WORDS[topic]);
  return h('p', {class: 'hint'}, t('looksLike', {what}), ' ', place(t('goOn', {what}), () => goOn(topic, text)));
}

/** Takes the text to the tab that has a field for each value. */
function goOn(topic, text, field = topic === 'check' ? 'from' : 'callback-request') {
  open(topic, {step: true});
  if (topic === 'check') {
    clearCheck();
    $('from').value = text;
    check();
    $(field).focus();
  } else if (topic === 'codes') {
    lookUp(text.trim());
  } else if (topic === 'domains') {
    domainOf(text.trim());
  } else {
    $('callback-request').value = text;
    callback();
    $(field).focus();
  }
}

/** The text of a file in the encodings that logs and recordings have; null for a picture and its like. */
function textOf(bytes) {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (bytes.subarray(0, 65536).includes(0)) return null;
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, {fatal: true}).decode(bytes);
    } catch {
      // The next one.
    }
  }
  return null;
}

async function takeFile(file) {
  if (!file) return;
  stale('any');
  if (file.size > MAX_FILE) {
    dropped = null;
    $('any-as').replaceChildren();
    $('any-file').replaceChildren();
    return verdict($('any-live'), 'look', t('fileTooLarge'), t('fileTooLargeHint'));
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = textOf(bytes);
  if (text === null) {
    dropped = null;
    $('any-as').replaceChildren();
    $('any-file').replaceChildren(h('code', {}, file.name));
    return verdict($('any-live'), 'look', t('noText'), t('noTextHint'));
  }
  dropped = {text};
  const size = file.size < 1024 * 1024 ? `${Math.ceil(file.size / 1024)} KiB` : `${(file.size / 1024 / 1024).toFixed(1)} MiB`;
  const remove = h('button', {type: 'button', class: 'copy', 'aria-label': t('removeFile'), onclick: forgetFile}, '×');
  $('any-file').replaceChildren(h('code', {}, t('fileRead', {name: file.name, size})), ' ', remove);
  any();
}

function forgetFile() {
  dropped = null;
  $('any-file').replaceChildren();
  $('any-input').value = '';
  any();
}

function startAny() {
  $('any-form').addEventListener('submit', (event) => event.preventDefault());
  $('any-text').addEventListener('input', () => {
    stale('any');
    if (dropped) {
      dropped = null;
      $('any-file').replaceChildren();
    }
    anySoon();
  });
  $('any-choose').addEventListener('click', () => $('any-input').click());
  $('any-input').addEventListener('change', ({target}) => takeFile(target.files[0]));
  // A file dropped anywhere is meant for the box; a browser would open it instead.
  window.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dropping');
  });
  window.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) document.body.classList.remove('dropping');
  });
  window.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dropping');
    if (!event.dataTransfer?.files.length) return;
    open('any', {step: true});
    takeFile(event.dataTransfer.files[0]);
  });
}

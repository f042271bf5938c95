// ---- sign: a payload for a page ----

/** Sixteen letters and digits from the browser's random source. */
function freshNonce() {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  // 62 of 64 values are letters; the other two are drawn again.
  let nonce = '';
  while (nonce.length < 16) {
    const [byte] = crypto.getRandomValues(new Uint8Array(1));
    nonce += letters[byte % 64] ?? '';
  }
  return nonce;
}

/** What was signed last, so that another language shows the same. */
let signedLast = null;

/** At the start, and after each change of language. */
function showSign() {
  if (signedLast && $('sign-answer').querySelector('pre')) return showSigned(signedLast);
  $('sign-live').replaceChildren();
  $('sign-answer').replaceChildren(tips(document.body.dataset.appid ? ['url'] : ['url', 'ticket']));
}

async function signPage() {
  const live = $('sign-live');
  $('sign-answer').replaceChildren();
  const url = $('sign-url').value.trim();
  if (!url) return verdict(live, 'look', t('signIdle'), t('signIdleHint'));
  // What `sign` refuses: nobody's page has such an address, and no server such a ticket.
  if (!/^https?:\/\/[^\s/?#]/i.test(url)) return verdict(live, 'look', t('signNoUrl'), t('signNoUrlHint', {url}));
  const kind = $('sign-kind').value;
  const nonce = freshNonce();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const ticket = $('sign-ticket').value.trim();
  if (/^(undefined|null|none|nil|\[object Object\])$/i.test(ticket)) return verdict(live, 'look', t('noTicket'), t('signNoTicket', {ticket}));
  const answer = await ask('sign', '/api/verify', {url, kind, nonce, timestamp, ...(ticket && {ticket})});
  if (!answer) return;
  const signature = answer.body.computed_signature;
  if (!signature) {
    if (answer.body.error) return refused(live, answer);
    return verdict(live, 'look', t('noTicket'), t('noTicketHint'));
  }
  signedLast = {url, kind, nonce, timestamp, signature, apis: $('sign-apis').value.split(/[\s,，、]+/).filter(Boolean), warnings: answer.body.warnings};
  showSigned(signedLast);
}

function showSigned({url, kind, nonce, timestamp, signature, apis, warnings}) {
  const {appid, agentid} = document.body.dataset;
  // What the page does not know stays to be filled in, and that is said.
  const toFill = [!appid && (kind === 'agent' ? 'CORPID' : 'APPID'), kind === 'agent' && !agentid && 'AGENTID'].filter(Boolean);
  verdict($('sign-live'), 'yes', t('signed_'), t('signedHint'));
  const named = kind === 'agent'
    ? {corpid: appid || 'CORPID', agentid: agentid || 'AGENTID', timestamp: Number(timestamp), nonceStr: nonce, signature, jsApiList: apis}
    : {debug: true, appId: appid || 'APPID', timestamp: Number(timestamp), nonceStr: nonce, signature, jsApiList: apis};
  const lines = Object.entries(named).map(([name, value]) => `  ${name}: ${JSON.stringify(value).replaceAll('","', '", "')},\n`);
  const call = `${kind === 'agent' ? 'wx.agentConfig' : 'wx.config'}({\n${lines.join('')}});`;
  $('sign-answer').replaceChildren(...[
    block(t('code'), [
      h('pre', {}, call),
      toFill.length > 0 && h('p', {class: 'hint'}, t('fillIn', {list: toFill.join(lang === 'zh' ? '、' : ', ')})),
      apis.length === 0 && h('p', {class: 'hint'}, t('noApis')),
    ], copyButton(call, t('code'))),
    block(t('oneSignature'), rows([t('computed'), signature], ['noncestr', nonce], ['timestamp', timestamp], ['url', url.split('#')[0]])),
    block(t('warnings'), warned(warnings)),
  ].filter(Boolean));
}

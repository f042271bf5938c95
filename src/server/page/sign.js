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
  verdict(live, 'yes', t('signed_'), t('signedHint'));
  const apis = $('sign-apis').value.split(/[\s,，、]+/).filter(Boolean);
  const id = document.body.dataset.appid || 'APPID';
  const named = kind === 'agent'
    ? {corpid: id, agentid: document.body.dataset.agentid || 'AGENTID', timestamp: Number(timestamp), nonceStr: nonce, signature, jsApiList: apis}
    : {debug: true, appId: id, timestamp: Number(timestamp), nonceStr: nonce, signature, jsApiList: apis};
  const call = `${kind === 'agent' ? 'wx.agentConfig' : 'wx.config'}(${JSON.stringify(named, null, 2)});`;
  $('sign-answer').append(...[
    block(t('code'), h('pre', {}, call), copyButton(call, t('code'))),
    block(t('oneSignature'), rows([t('computed'), signature], ['noncestr', nonce], ['timestamp', timestamp], ['url', url.split('#')[0]])),
    block(t('warnings'), warned(answer.body.warnings)),
  ].filter(Boolean));
}

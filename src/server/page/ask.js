// ---- ask ----

/** More the server does not take, but for evidence of a signature. Bytes. */
const MAX_BODY = 256 * 1024;

/** Sends to the server; gives {status, body}, or null when a newer question has taken over. */
const asking = {};
async function ask(tab, path, body) {
  asking[tab]?.abort();
  const text = body && JSON.stringify(body);
  if (text && path !== '/api/verify' && new Blob([text]).size > MAX_BODY) {
    return {status: 413, body: {error: {message: t('tooLong'), fix: t('tooLongHint')}}};
  }
  const controller = (asking[tab] = new AbortController());
  const separator = path.includes('?') ? '&' : '?';
  try {
    const response = await fetch(path + separator + 'lang=' + lang, {
      signal: controller.signal,
      ...(body && {method: 'POST', headers: {'Content-Type': 'application/json', 'Wecheck-Page': '1'}, body: text}),
    });
    return {status: response.status, body: await response.json()};
  } catch (error) {
    if (error.name === 'AbortError') return null;
    return {status: 0, body: {error: {message: t('gone'), fix: t('goneHint')}}};
  }
}

/** Shows an `error` document. */
function refused(place, answer) {
  const {message, fix} = answer.body.error;
  // A headline begins with a capital letter.
  verdict(place, 'look', said(message.replace(/^[a-z]/, (letter) => letter.toUpperCase())), fix && said(fix));
}

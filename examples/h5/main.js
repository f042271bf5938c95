// Configures the JS-SDK with the payload of `wecheck serve`: wx.config in WeChat, ww.register in
// WeCom, there with ?kind=agent for agentConfig. ?server=http://… names another server.
import * as ww from './node_modules/@wecom/jssdk/dist/wecom.prod.js';

const wx = module.exports;
const query = new URLSearchParams(location.search);
const server = query.get('server') ?? 'http://127.0.0.1:8787';
const kind = query.get('kind') ?? 'jsapi';
const state = document.getElementById('state');

/** The payload for this page: the address goes over whole, so it is encoded. */
async function payload(url, kind) {
  const response = await fetch(`${server}/sign?kind=${kind}&url=${encodeURIComponent(url)}`);
  const answer = await response.json();
  if (answer.error) throw new Error(`${answer.error.message}: ${answer.error.fix}`);
  document.getElementById('payload').append(JSON.stringify(answer, null, 2), '\n');
  return answer;
}

try {
  const here = location.href.split('#')[0];
  if (/wxwork/i.test(navigator.userAgent)) {
    const { appId, agentId, jsApiList } = await payload(here, kind);
    // With both, the library hands agentConfig's values to config's request too: one of them a page.
    const signature = kind === 'agent'
      ? { agentId, getAgentConfigSignature: (url) => payload(url, 'agent') }
      : { getConfigSignature: (url) => payload(url, 'jsapi') };
    ww.register({ corpId: appId, jsApiList, ...signature });
    await ww.ensureConfigReady();
    state.textContent = `ww.register ${kind}: ok`;
  } else {
    wx.ready(() => { state.textContent = 'wx.config: ok'; });
    wx.error((answer) => { state.textContent = answer.errMsg; });
    wx.config(await payload(here, 'jsapi'));
  }
} catch (error) {
  state.textContent = error.errMsg ?? error.message;
}

// The stand-in for the bridge that a client of WeChat puts into its pages. It runs before every
// script of a page; what goes through it is passed, and the answers come back by number.
(() => {
  if (!window.__wecheckSend) return;
  const send = window.__wecheckSend;
  delete window.__wecheckSend;
  const client = '__CLIENT__';
  // A frame speaks for its page: the client knows one address.
  let page = window;
  try {
    if (window.top.location.href) page = window.top;
  } catch {
    return;
  }
  if (page === window) {
    Object.defineProperty(window, '__wecheckPage', {
      value: {
        landing: location.href,
        waiting: new Map(),
        serial: 0,
        // How far wx.config and agentConfig are: what was answered, not what was asked.
        ready: { config: false, agent: false },
      },
    });
  }
  const shared = page.__wecheckPage;
  if (!shared) return;
  const { landing, waiting, ready } = shared;
  let answering = '';
  let inner = 0;

  // When the page's own timers are due: a config may be in one of them.
  const later = window.setTimeout.bind(window);
  let due = [];
  window.setTimeout = function setTimeout(done, ms) {
    if (ms > 0 && ms <= 5000 && due.length < 1000) due.push(performance.now() + Number(ms));
    return later.apply(null, arguments);
  };
  // Answered when the page's own time has gone on so far; timers that are due before `most` come first.
  Object.defineProperty(window, '__wecheckLater', {
    configurable: true,
    value: (ms, most) => new Promise((done) => {
      const began = performance.now();
      const step = () => {
        const now = performance.now();
        due = due.filter((time) => time > now);
        const next = Math.min(...due, Infinity);
        if (next < began + most) later(step, next - now + 100);
        else if (now < began + ms) later(step, began + ms - now);
        else done();
      };
      step();
    }),
  });

  const copy = (value) => {
    try {
      return JSON.parse(JSON.stringify(value ?? {}, (_, part) => part === undefined ? null : part));
    } catch {
      return {};
    }
  };
  const tell = (what, more) => send(JSON.stringify({
    what, at: Math.round(page.performance.now()), landing, href: page.location.href, inFrame: page !== window,
    ready: { ...ready }, ...more,
  }));

  const bridge = {
    invoke(name, params, done) {
      if (typeof params === 'function') [done, params] = [params, {}];
      const id = ++shared.serial;
      waiting.set(id, [name, (answer) => {
        answering = name;
        try {
          if (typeof done === 'function') done(answer);
        } finally {
          answering = '';
        }
      }]);
      // What the library asks for itself after a config, for its report.
      const own = inner > 0 || (name === 'getNetworkType' && answering === 'preVerifyJSAPI');
      const global = Boolean(window.wx || window.jWeixin);
      tell('invoke', { id, name: String(name), params: copy(params), own, global });
    },
    call(name, params, done) { bridge.invoke(name, params, done); },
    on(name) { tell('on', { name: String(name) }); },
    log() {},
  };

  Object.defineProperty(window, '__wecheckAnswer', {
    configurable: true,
    value(id, answer, ok) {
      const [name, done] = waiting.get(id) ?? [];
      waiting.delete(id);
      if (name === 'preVerifyJSAPI') ready.config = ok;
      if (name === 'agentConfig') ready.agent = ok;
      // As a task of the page's own: what it throws is reported like any other error.
      later(() => done?.(answer));
    },
  });

  // A client has one window.
  window.open = (url) => {
    if (url) location.href = url;
    return window;
  };

  // The library keeps silent about what it is asked before the bridge is there: those calls are lost.
  const watch = (library) => {
    if (!library || typeof library !== 'object') return;
    for (const name of Object.keys(library)) {
      const own = library[name];
      if (typeof own !== 'function' || ['config', 'ready', 'error', 'agentConfig'].includes(name)) continue;
      library[name] = function (first) {
        const isInner = Boolean(first && first.isInnerInvoke);
        if (!isInner && !window.WeixinJSBridge) tell('lost', { name });
        inner += isInner ? 1 : 0;
        try {
          return own.apply(this, arguments);
        } finally {
          inner -= isInner ? 1 : 0;
        }
      };
    }
  };
  for (const name of ['wx', 'jWeixin']) {
    let held;
    Object.defineProperty(window, name, {
      configurable: true,
      enumerable: true,
      get: () => held,
      set(library) {
        if (library !== held) watch(library);
        held = library;
      },
    });
  }

  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type) {
    if (type === 'WeixinJSBridgeReady') {
      const at = this === document ? 'document' : 'elsewhere';
      tell('listen', { name: at, late: Boolean(window.WeixinJSBridge) });
    }
    return listen.apply(this, arguments);
  };

  if (client === 'ios') window.__wxjs_is_wkwebview = true;
  // On a phone the bridge comes when the document is there, not with its first script.
  listen.call(document, 'DOMContentLoaded', () => later(() => {
    window.WeixinJSBridge = bridge;
    tell('bridge', {});
    const event = document.createEvent('Events');
    event.initEvent('WeixinJSBridgeReady', false, false);
    document.dispatchEvent(event);
  }));
})();

//! `page` on further pages, as they are met in the field: frameworks, loaders, timers, frames, caches. As in
//! `visits`, the first finding has to name the fault, and the healthy ones pass.

use crate::site::{APP_ID, Ask, Reply, Signed, WX, decoded, html, packages, redirect, reply};
use crate::visits::{Case, all, rightly, share, signing, usual, with_page};

/// The library as a loader's module, or as an ES module.
fn library(ask: &Ask) -> Option<Reply> {
    let source = || {
        let text = std::fs::read_to_string(packages().join("weixin-js-sdk/index.js")).expect("the library");
        format!("const module = {{ exports: {{}} }}; {text};")
    };
    let text = match ask.path() {
        "/lib/umd.js" => format!(
            "((make) => {{ if (typeof define === 'function' && define.amd) define(make); \
             else window.wx = window.jWeixin = make(); }})(() => {{ {} return module.exports; }});",
            source()
        ),
        "/lib/esm.js" => format!("{} export default module.exports;", source()),
        "/lib/named.js" => format!("{} export const wx = undefined;", source()),
        _ => return None,
    };
    Some(reply("text/javascript", text))
}

/// A page of its own, besides the libraries and the signing API.
fn own(ask: &Ask, page: &str) -> Reply {
    match ask.path() {
        "/api/sign" => rightly(ask),
        _ => library(ask).unwrap_or_else(|| html(page)),
    }
}

const CASES: &[Case] = &[
    // Faulty ones.
    Case {
        name: "a config in a timer, with the url cut",
        open: &["/goods?a=1&b=2"],
        serve: |ask| {
            with_page(ask, "setTimeout(configure, 2500);", |ask| {
                signing(ask.url().split('&').next().unwrap_or_default())
            })
        },
        expected: all("url-cut-at-ampersand"),
        looked_at: 1,
    },
    Case {
        name: "an inline script before the deferred library",
        open: &["/goods"],
        serve: |ask| {
            own(
                ask,
                "<script defer src=\"/lib/jweixin.js\"></script><script src=\"/app.js\"></script>
                 <script>wx.ready(() => {}); configure();</script>",
            )
        },
        expected: all("page-console-error"),
        looked_at: 1,
    },
    Case {
        name: "a loader takes the library, so there is no wx",
        open: &["/goods"],
        serve: |ask| {
            own(
                ask,
                "<script>window.define = () => {}; define.amd = {};</script>
                 <script src=\"/lib/umd.js\"></script><script src=\"/app.js\"></script><script>configure();</script>",
            )
        },
        expected: all("page-console-error"),
        looked_at: 1,
    },
    Case {
        name: "an import that gives undefined",
        open: &["/goods"],
        serve: |ask| {
            own(
                ask,
                "<script type=\"module\">import { wx as sdk } from '/lib/named.js';
                 const answer = await fetch('/api/sign?url=' + encodeURIComponent(location.href));
                 sdk.config(await answer.json());</script>",
            )
        },
        expected: all("page-console-error"),
        looked_at: 1,
    },
    Case {
        name: "encoded by hand, and once more by the client",
        open: &["/goods?a=1&b=2"],
        serve: |ask| {
            let script = "const params = new URLSearchParams({ url: encodeURIComponent(here()) });
                fetch('/api/sign?' + params).then((r) => r.json())
                  .then((s) => wx.config({ ...s, jsApiList: ['chooseImage'] }));";
            with_page(ask, script, rightly)
        },
        expected: all("url-percent-encoded"),
        looked_at: 1,
    },
    Case {
        name: "encodeURI of an address that is encoded already",
        open: &["/goods?name=%E5%BC%A0"],
        serve: |ask| with_page(ask, "configure({}, encodeURI(here()));", rightly),
        expected: all("url-percent-encoded"),
        looked_at: 1,
    },
    Case {
        name: "a cache buster by replaceState before the config",
        open: &["/goods/1"],
        serve: |ask| with_page(ask, "history.replaceState({}, '', '/goods/1?t=17'); configure();", rightly),
        expected: [("ios", "page-url-differs"), ("android", ""), ("wecom", "")],
        looked_at: 2,
    },
    Case {
        name: "the base tag's address is signed",
        open: &["/shop/goods/1"],
        serve: |ask| {
            own(
                ask,
                &format!("<base href=\"/shop/\">{WX}<script>configure({{}}, document.baseURI);</script>"),
            )
        },
        expected: all("url-path-dropped"),
        looked_at: 1,
    },
    Case {
        name: "configured once, then another route",
        open: &["/", "--go", "/goods/1"],
        serve: |ask| usual(ask, rightly),
        expected: [("wecom", "page-url-differs"), ("ios", ""), ("android", "")],
        looked_at: 3,
    },
    Case {
        name: "configured again for the page before",
        open: &["/goods/2"],
        serve: |ask| {
            let script = "configure().then(() => configure({}, here().replace('goods/2', 'goods/1')));";
            with_page(ask, script, rightly)
        },
        expected: all("page-url-differs"),
        looked_at: 1,
    },
    Case {
        name: "an empty jsApiList",
        open: &["/goods"],
        serve: |ask| {
            with_page(ask, "wx.ready(() => wx.chooseImage({})); configure({ jsApiList: [] });", rightly)
        },
        expected: all("page-api-not-listed"),
        looked_at: 1,
    },
    Case {
        name: "a config inside a frame, whose address is signed",
        open: &["/goods"],
        serve: |ask| match ask.path() {
            "/inner" => usual(ask, rightly),
            _ => own(ask, "<p>shell</p><iframe src=\"/inner\"></iframe>"),
        },
        expected: all("page-url-differs"),
        looked_at: 1,
    },
    Case {
        name: "a signing API on another origin, without CORS",
        open: &["/goods"],
        serve: |ask| {
            let script =
                "fetch('http://localhost:' + location.port + '/api/sign?url=' + encodeURIComponent(here()))
                .then((r) => r.json()).then((s) => wx.config({ ...s, jsApiList: ['chooseImage'] }));";
            with_page(ask, script, rightly)
        },
        expected: all("page-signing-failed"),
        looked_at: 1,
    },
    Case {
        name: "a signing API that a CSP blocks",
        open: &["/goods"],
        serve: |ask| {
            let policy = "default-src 'self' 'unsafe-inline'; connect-src 'none'".to_owned();
            Reply { headers: vec![("Content-Security-Policy", policy)], ..usual(ask, rightly) }
        },
        expected: all("page-signing-failed"),
        looked_at: 1,
    },
    Case {
        name: "a signing API that sends to the login",
        open: &["/goods"],
        serve: |ask| match ask.path() {
            "/login" => html("<form>login</form>"),
            _ => usual(ask, |_| redirect("/login")),
        },
        expected: all("page-signing-failed"),
        looked_at: 1,
    },
    Case {
        name: "a server that renders, and signs the path alone",
        open: &["/goods?a=1"],
        serve: |ask| {
            let signed = Signed { url: ask.target.clone(), ..Signed::of("") };
            let (time, nonce, signature) = (&signed.timestamp, &signed.nonce, signed.signature());
            html(&format!(
                "{WX}<script>window.__NUXT__ = {{ state: {{ wx: {{ appId: '{APP_ID}', timestamp: {time}, nonceStr: \
                 '{nonce}', signature: '{signature}' }} }} }};
                 wx.config({{ ...__NUXT__.state.wx, jsApiList: ['chooseImage'] }});</script>"
            ))
        },
        expected: all("url-scheme-missing"),
        looked_at: 1,
    },
    Case {
        name: "an appId that is undefined",
        open: &["/goods"],
        serve: |ask| with_page(ask, "configure({ appId: undefined });", rightly),
        expected: all("value-undefined"),
        looked_at: 1,
    },
    Case {
        name: "a share link that the framework decoded",
        open: &["/goods?back=%2Fhome%3Fa%3D1", "--shared"],
        serve: |ask| usual(ask, |ask| signing(&decoded(&ask.url()))),
        expected: all("url-percent-decoded"),
        looked_at: 1,
    },
    Case {
        name: "an API that is not listed, a second after the config",
        open: &["/goods"],
        serve: |ask| with_page(ask, "configure(); setTimeout(() => wx.getLocation({}), 900);", rightly),
        expected: all("page-api-not-listed"),
        looked_at: 1,
    },
    // Healthy ones.
    Case {
        name: "healthy, asks its server all the time, and what the client supports",
        open: &["/goods"],
        serve: |ask| {
            let script = "setInterval(() => fetch('/api/ping'), 150);
                const tick = () => setTimeout(tick, 400); tick();
                wx.ready(() => wx.checkJsApi({ jsApiList: ['scanQRCode'], success: (answer) => {
                  const { scanQRCode } = answer.checkResult;
                  if (scanQRCode) wx.scanQRCode({}); else wx.getLocation({}); } }));
                setTimeout(configure, 700);";
            with_page(ask, script, rightly)
        },
        expected: all(""),
        looked_at: 1,
    },
    Case {
        name: "healthy, with an error that has nothing to do with it",
        open: &["/goods"],
        serve: |ask| with_page(ask, "setTimeout(() => undefined.config, 10); configure();", rightly),
        expected: all(""),
        looked_at: 1,
    },
    Case {
        name: "healthy, a frame that signs the page around it",
        open: &["/goods"],
        serve: |ask| match ask.path() {
            "/inner" => {
                let script =
                    "wx.ready(() => wx.chooseImage({})); configure({}, parent.location.href.split('#')[0]);";
                with_page(ask, script, rightly)
            }
            _ => own(ask, "<p>shell</p><iframe src=\"/inner\"></iframe>"),
        },
        expected: all(""),
        looked_at: 1,
    },
    Case {
        name: "healthy, in a timer, with debug",
        open: &["/goods?a=1&b=2"],
        serve: |ask| with_page(ask, "setTimeout(() => configure({ debug: true }), 2500);", rightly),
        expected: all(""),
        looked_at: 1,
    },
    Case {
        name: "healthy, an ES module and a worker",
        open: &["/goods"],
        serve: |ask| match ask.path() {
            "/worker.js" => reply("text/javascript", "addEventListener('fetch', () => {});"),
            _ => own(
                ask,
                "<script type=\"module\">import wx from '/lib/esm.js';
                 await navigator.serviceWorker.register('/worker.js');
                 const answer = await fetch('/api/sign', { method: 'POST', body: '' })
                   .then(() => fetch('/api/sign?url=' + encodeURIComponent(location.href)));
                 wx.ready(() => wx.scanQRCode({}));
                 wx.config({ ...(await answer.json()), jsApiList: ['scanQRCode'] });</script>",
            ),
        },
        expected: all(""),
        looked_at: 1,
    },
    Case {
        name: "healthy, with a picture that a CSP blocks and a login's answer",
        open: &["/goods"],
        serve: |ask| {
            if ask.path() == "/api/wx/user" {
                return reply("application/json", "{\"nonce\":\"x\",\"name\":\"someone\"}");
            }
            let policy = "default-src 'self' 'unsafe-inline'; img-src 'none'".to_owned();
            let script = "fetch('/api/wx/user?from=' + encodeURIComponent(here())); new Image().src = '/a.png'; \
                          configure();";
            Reply { headers: vec![("Content-Security-Policy", policy)], ..with_page(ask, script, rightly) }
        },
        expected: all(""),
        looked_at: 1,
    },
    Case {
        name: "healthy, by a script tag with a callback",
        open: &["/goods?a=1&b=2"],
        serve: |ask| match ask.path() {
            "/api/jsonp" => {
                let json = String::from_utf8(rightly(ask).body).expect("UTF-8");
                reply("text/javascript", format!("start({json})"))
            }
            _ => own(
                ask,
                &format!(
                    "{WX}<script>const start = (s) => wx.config({{ ...s, jsApiList: ['chooseImage'] }});
                     const tag = document.createElement('script');
                     tag.src = '/api/jsonp?callback=start&url=' + encodeURIComponent(here());
                     document.head.append(tag);</script>"
                ),
            ),
        },
        expected: all(""),
        looked_at: 1,
    },
    Case {
        name: "healthy, with hash routes and the address of the landing",
        open: &["/?shop=1#/pages/index", "--go", "#/pages/goods?id=1"],
        serve: |ask| {
            let script = "const start = () => configure(); addEventListener('hashchange', start); start();";
            with_page(ask, script, rightly)
        },
        expected: all(""),
        looked_at: 1,
    },
    Case {
        name: "healthy, configured on each route by a full load",
        open: &["/list", "--click", "a"],
        serve: |ask| match ask.path() {
            "/api/sign" => rightly(ask),
            _ => html(&format!("{WX}<a href=\"/goods/1\">goods</a><script>configure();</script>")),
        },
        expected: all(""),
        looked_at: 2,
    },
];

#[test]
#[ignore = "needs chromium"]
fn faults_of_the_field_are_named_first_1() {
    share(CASES, 0);
}

#[test]
#[ignore = "needs chromium"]
fn faults_of_the_field_are_named_first_2() {
    share(CASES, 1);
}

#[test]
#[ignore = "needs chromium"]
fn faults_of_the_field_are_named_first_3() {
    share(CASES, 2);
}

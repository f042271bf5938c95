//! One tab of the browser, in a context of its own: no cookie, no cache is shared with another.
//!
//! In: how the client looks to a page. Out: a [`Tab`] to open an address in, and its events.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::devtools::{Devtools, Event};
use crate::both;
use crate::failure::Failure;
use crate::lang::Both;

/// How a client looks to a page.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// `navigator.userAgent`, and the header.
    pub user_agent: &'static str,
    /// `navigator.platform`.
    pub platform: &'static str,
}

/// A tab.
pub struct Tab {
    devtools: Devtools,
    session: String,
}

/// The screen of the clients' phones, in CSS pixels.
const SCREEN: (u32, u32) = (390, 844);

impl Tab {
    /// An empty tab in a new context; `script` runs before every script of a page, and what it passes to
    /// `binding` comes as `Runtime.bindingCalled`.
    pub fn open(mut devtools: Devtools, look: Look, script: &str, binding: &str) -> Result<Self, Failure> {
        let context =
            devtools.call(None, "Target.createBrowserContext", &json!({"disposeOnDetach": true}))?;
        let target = devtools.call(
            None,
            "Target.createTarget",
            &json!({"url": "about:blank", "browserContextId": context["browserContextId"]}),
        )?;
        let attached = devtools.call(
            None,
            "Target.attachToTarget",
            &json!({"targetId": target["targetId"], "flatten": true}),
        )?;
        let session = attached["sessionId"].as_str().unwrap_or_default().to_owned();
        let mut tab = Self { devtools, session };
        let (width, height) = SCREEN;
        for (method, params) in [
            ("Page.enable", json!({})),
            ("Runtime.enable", json!({})),
            ("Network.enable", json!({})),
            ("Log.enable", json!({})),
            (
                "Emulation.setUserAgentOverride",
                json!({"userAgent": look.user_agent, "acceptLanguage": "zh-CN,zh", "platform": look.platform}),
            ),
            (
                "Emulation.setDeviceMetricsOverride",
                json!({"width": width, "height": height, "deviceScaleFactor": 2, "mobile": true}),
            ),
            ("Emulation.setTouchEmulationEnabled", json!({"enabled": true, "maxTouchPoints": 5})),
            ("Runtime.addBinding", json!({"name": binding})),
            ("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})),
        ] {
            tab.call(method, &params)?;
        }
        Ok(tab)
    }

    /// A command to the tab.
    pub fn call(&mut self, method: &str, params: &Value) -> Result<Value, Failure> {
        self.devtools.call(Some(&self.session), method, params)
    }

    /// A command whose answer no one waits for.
    pub fn send(&mut self, method: &str, params: &Value) {
        self.devtools.send(Some(&self.session), method, params);
    }

    /// A command whose answer comes as an event, [`super::ANSWERED`], with this number.
    pub fn ask(&mut self, method: &str, params: &Value) -> u64 {
        self.devtools.ask(Some(&self.session), method, params)
    }

    /// The next event of the tab.
    pub fn event(&mut self) -> Result<Option<Event>, Failure> {
        self.devtools.event(Some(&self.session))
    }

    /// Goes to an address: the tab's own frame, and why the address could not be reached.
    pub fn go(&mut self, url: &str) -> Result<(String, Option<String>), Failure> {
        let answer = self.call("Page.navigate", &json!({"url": url}))?;
        let trouble = answer["errorText"].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        Ok((answer["frameId"].as_str().unwrap_or_default().to_owned(), trouble))
    }

    /// The value of an expression.
    pub fn evaluate(&mut self, expression: &str) -> Result<Value, Failure> {
        let mut answer = self.call(
            "Runtime.evaluate",
            &json!({"expression": expression, "returnByValue": true, "userGesture": true}),
        )?;
        Ok(answer["result"]["value"].take())
    }

    /// What the tab shows, as a PNG.
    pub fn screenshot(&mut self, file: &Path) -> Result<(), Failure> {
        let answer = self.call("Page.captureScreenshot", &json!({"format": "png"}))?;
        let png = STANDARD.decode(answer["data"].as_str().unwrap_or_default()).unwrap_or_default();
        std::fs::write(file, png).map_err(|error| {
            let file = file.display();
            let zh = Both::from(&error).zh;
            Failure::storage(both!(
                "截图 `{file}` 写不进去：{zh}",
                "the screenshot `{file}` cannot be written: {error}"
            ))
        })
    }
}

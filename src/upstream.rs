//! WeChat's HTTP API, and a site's own token server: one method an endpoint.
//!
//! In: ids, secrets, and the moment by which an answer must be there. Out: a [`Credential`] value or
//! an [`Error`] that says what to do about it. The client is built at the first request. No
//! redirect is followed, no referer sent, at most 64 KiB of body read after decompression, and no
//! text that leaves this module carries a query or a secret.

mod answer;
mod client;
mod fault;
mod look_up;

use std::cell::{Cell, OnceCell};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

pub use answer::LONGEST_LIFETIME;
pub use fault::{Error, Unreachable};

use answer::{Field, Received};
use client::Client;

use crate::address::host_and_port;
use crate::both;
use crate::env::{Env, from_http_date};
use crate::lang::{Both, cause};
use crate::platform::Platform;
use crate::secret::{Credential, Secret};
use crate::timing;

/// An answer's body after decompression. Bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// How often one thing is asked for if another try may fix it.
pub const TRIES: u32 = 3;

/// Another try is worth it only with this much time left for it.
const WORTH_A_TRY: Duration = Duration::from_secs(1);

/// A `Retry-After` is honored up to here. Seconds.
const LONGEST_RETRY_AFTER: u64 = 5;

/// The API of one platform at one base address.
pub struct Upstream<'a> {
    env: &'a Env,
    base: &'a str,
    platform: Platform,
    ca_file: Option<&'a Path>,
    log: Box<dyn Fn(&Both) + 'a>,
    client: OnceCell<Client>,
    ahead: Cell<Option<i64>>,
    /// Whether a try of the last call may have reached the server.
    reached: Cell<bool>,
}

/// One request to be sent.
struct Request<'r> {
    post: bool,
    url: String,
    /// Whether the path may be shown: a token server's may be its key.
    path_is_public: bool,
    query: Vec<(&'static str, &'r str)>,
    body: Option<Vec<u8>>,
    secrets: Vec<&'r Secret>,
}

impl<'a> Upstream<'a> {
    /// The API at `base`. `log` is given one line a request: method, host, path, time, status.
    pub fn new(
        env: &'a Env,
        platform: Platform,
        base: &'a str,
        ca_file: Option<&'a Path>,
        log: impl Fn(&Both) + 'a,
    ) -> Self {
        Self {
            env,
            base,
            platform,
            ca_file,
            log: Box::new(log),
            client: OnceCell::new(),
            ahead: Cell::new(None),
            reached: Cell::new(false),
        }
    }

    /// Whether the server may have seen the last call, in any of its tries.
    pub fn was_reached(&self) -> bool {
        self.reached.get()
    }

    /// By how many seconds the server's clock was ahead of this one at its last answer; negative
    /// where it was behind.
    pub fn clock_ahead(&self) -> Option<i64> {
        self.ahead.get()
    }

    /// mp: `POST cgi-bin/stable_token`. Forced, it ends the token that it replaces; once a forced
    /// try may have reached the server, the next one asks for what that brought, unforced: WeChat
    /// counts each forced request.
    pub fn stable_token(
        &self,
        app_id: &str,
        secret: &Secret,
        force: bool,
        until: Instant,
    ) -> Result<Credential, Error> {
        let request = |reached: bool| {
            let body = serde_json::json!({
                "grant_type": "client_credential",
                "appid": app_id,
                "secret": secret.reveal(),
                "force_refresh": force && !reached,
            });
            Request {
                post: true,
                url: format!("{}/cgi-bin/stable_token", self.base),
                path_is_public: true,
                query: Vec::new(),
                body: Some(body.to_string().into_bytes()),
                secrets: vec![secret],
            }
        };
        self.tried(request, until, |received, secrets| answer::read(received, Field::AccessToken, secrets))
    }

    /// mp: `GET cgi-bin/token`. Ends the token before it within five minutes.
    pub fn token(&self, app_id: &str, secret: &Secret, until: Instant) -> Result<Credential, Error> {
        let query = [("grant_type", "client_credential"), ("appid", app_id), ("secret", secret.reveal())];
        self.get("cgi-bin/token", &query, secret, Field::AccessToken, until)
    }

    /// mp: `GET cgi-bin/ticket/getticket`, `kind` being `jsapi` or `wx_card`.
    pub fn getticket(&self, token: &Secret, kind: &str, until: Instant) -> Result<Credential, Error> {
        let query = [("access_token", token.reveal()), ("type", kind)];
        self.get("cgi-bin/ticket/getticket", &query, token, Field::Ticket, until)
    }

    /// work: `GET cgi-bin/gettoken`.
    pub fn gettoken(&self, corpid: &str, secret: &Secret, until: Instant) -> Result<Credential, Error> {
        let query = [("corpid", corpid), ("corpsecret", secret.reveal())];
        self.get("cgi-bin/gettoken", &query, secret, Field::AccessToken, until)
    }

    /// work: `GET cgi-bin/get_jsapi_ticket`, the corp's ticket.
    pub fn get_jsapi_ticket(&self, token: &Secret, until: Instant) -> Result<Credential, Error> {
        let query = [("access_token", token.reveal())];
        self.get("cgi-bin/get_jsapi_ticket", &query, token, Field::Ticket, until)
    }

    /// work: `GET cgi-bin/ticket/get`, `kind` being `agent_config`, `wx_card` or `contact`.
    pub fn ticket_get(&self, token: &Secret, kind: &str, until: Instant) -> Result<Credential, Error> {
        let query = [("access_token", token.reveal()), ("type", kind)];
        self.get("cgi-bin/ticket/get", &query, token, Field::Ticket, until)
    }

    /// A site's own token server, asked for an access token. The url may hold a key.
    pub fn token_of(&self, url: &str, until: Instant) -> Result<Credential, Error> {
        self.token_server(url, Field::AccessToken, until)
    }

    /// A site's own token server, asked for a ticket. The url may hold a key.
    pub fn ticket_of(&self, url: &str, until: Instant) -> Result<Credential, Error> {
        self.token_server(url, Field::Ticket, until)
    }

    /// `POST cgi-bin/soter/verify_signature`: whether a biometric result is signed by its device.
    pub fn soter_verify(&self, token: &Secret, body: &[u8], until: Instant) -> Result<bool, Error> {
        let request = |_| Request {
            post: true,
            url: format!("{}/cgi-bin/soter/verify_signature", self.base),
            path_is_public: true,
            query: vec![("access_token", token.reveal())],
            body: Some(body.to_vec()),
            secrets: vec![token],
        };
        self.tried(request, until, answer::read_is_ok)
    }

    fn get(
        &self,
        path: &str,
        query: &[(&'static str, &str)],
        secret: &Secret,
        field: Field,
        until: Instant,
    ) -> Result<Credential, Error> {
        let request = |_| Request {
            post: false,
            url: format!("{}/{path}", self.base),
            path_is_public: true,
            query: query.to_vec(),
            body: None,
            secrets: vec![secret],
        };
        self.tried(request, until, |received, secrets| answer::read(received, field, secrets))
    }

    fn token_server(&self, url: &str, field: Field, until: Instant) -> Result<Credential, Error> {
        let secret = Secret::new(url);
        let request = |_| Request {
            post: false,
            url: url.to_owned(),
            path_is_public: false,
            query: Vec::new(),
            body: None,
            secrets: vec![&secret],
        };
        self.tried(request, until, |received, secrets| answer::read_token_server(received, field, secrets))
    }

    /// Sends a request up to [`TRIES`] times, 1 to 3 s apart at random, while another try may fix it
    /// and there is time. `request` is given whether a try before may have reached the server.
    fn tried<'r, T>(
        &self,
        request: impl Fn(bool) -> Request<'r>,
        until: Instant,
        read: impl Fn(&Received<'_>, &[&Secret]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut tries = 1;
        self.reached.set(false);
        loop {
            let error = match self.send(&request(self.reached.get()), until, &read) {
                Ok(answer) => {
                    self.reached.set(true);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            self.reached.set(self.reached.get() || error.may_have_reached());
            let Some(pause) = error.pause_before_another_try() else { return Err(error) };
            let left = until.saturating_duration_since(Instant::now());
            let most = error.most_tries();
            if tries >= most || left < pause + WORTH_A_TRY {
                return Err(error);
            }
            tries += 1;
            let (Both { zh, en }, seconds) = (error.text(), pause.as_secs_f32());
            (self.log)(&both!(
                "{zh}；{seconds:.1} 秒后第 {tries} 次尝试，最多 {most} 次",
                "{en}; try {tries} of {most} in {seconds:.1} s"
            ));
            std::thread::sleep(pause);
        }
    }

    fn send<T>(
        &self,
        request: &Request<'_>,
        until: Instant,
        read: impl Fn(&Received<'_>, &[&Secret]) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let until = until.min(started + timing::REQUEST);
        let client = if let Some(client) = self.client.get() {
            client
        } else {
            let built = Client::build(self.env, self.ca_file)?;
            self.client.get_or_init(|| built)
        };
        let mut url = url::Url::parse(&request.url).map_err(|error| {
            let Both { zh, en } = cause(&error.to_string());
            Error::Setup(both!("接口地址不是有效的 URL：{zh}", "the endpoint is not a valid URL: {en}"))
        })?;
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let asked = format!(
            "{} {} {}",
            if request.post { "POST" } else { "GET" },
            host_and_port(&url),
            if request.path_is_public && url.path().len() <= 100 { url.path() } else { "…" }
        );
        let outcome = exchange(client, request, &url, until);
        let took = started.elapsed().as_millis();
        match outcome {
            Ok((parts, body)) => {
                (self.log)(&Both::same(format!("{asked} {took} ms {}", parts.status)));
                let server = parts.date.as_deref().and_then(from_http_date);
                self.ahead.set(server.and_then(|server| {
                    i64::try_from(server).ok()?.checked_sub(i64::try_from(self.env.now()).ok()?)
                }));
                if (300..400).contains(&parts.status) {
                    return Err(Error::Redirect { to: parts.location });
                }
                let received = Received {
                    status: parts.status,
                    content_type: &parts.content_type,
                    retry_after: parts
                        .retry_after
                        .as_deref()
                        .and_then(|text| retry_after(text, self.env.now())),
                    body: &body,
                    platform: self.platform,
                };
                read(&received, &request.secrets)
            }
            Err(error) => {
                let Both { zh, en } = error.text();
                (self.log)(&both!("{asked} {took} ms {zh}", "{asked} {took} ms {en}"));
                Err(error)
            }
        }
    }
}

impl Drop for Upstream<'_> {
    /// The client's thread may be slow to end: no one waits for it.
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // If no thread can be had, the client ends here, with the wait.
            let _ = std::thread::Builder::new().spawn(move || drop(client));
        }
    }
}

/// What of an answer's head is used.
struct Head {
    status: u16,
    content_type: String,
    retry_after: Option<String>,
    date: Option<String>,
    /// The host that a redirect points to.
    location: Option<String>,
}

fn exchange(
    client: &Client,
    request: &Request<'_>,
    url: &url::Url,
    until: Instant,
) -> Result<(Head, Vec<u8>), Error> {
    let proxied = client.proxy_of(url);
    let host = host_and_port(url);
    let fault =
        |error: &(dyn std::error::Error + 'static)| Error::of_transport(error, &host, proxied.as_deref());
    let limit = until.saturating_duration_since(Instant::now());
    let builder = if request.post { client.http.post(url.clone()) } else { client.http.get(url.clone()) };
    let builder = match &request.body {
        Some(body) => builder.header("content-type", "application/json").body(body.clone()),
        None => builder,
    };
    let mut response = builder.timeout(limit).send().map_err(|error| fault(&error.without_url()))?;
    if response.status().as_u16() == 407 {
        return Err(Error::Unreachable { why: Unreachable::ProxyRefused, host: proxied.unwrap_or(host) });
    }
    let header = |name: &str| {
        response.headers().get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    let location = header("location").and_then(|to| url.join(&to).ok()).map(|to| host_and_port(&to));
    let head = Head {
        status: response.status().as_u16(),
        content_type: header("content-type").unwrap_or_default(),
        retry_after: header("retry-after"),
        date: header("date"),
        location,
    };
    let mut body = Vec::new();
    let mut chunk = [0; 8 * 1024];
    loop {
        // The client's own limit covers the body too; this one holds whatever it does.
        if Instant::now() >= until {
            return Err(Error::Unreachable { why: Unreachable::Silent, host });
        }
        match response.read(&mut chunk) {
            Ok(0) => return Ok((head, body)),
            Ok(length) if body.len() + length > BODY_LIMIT => return Err(Error::TooLarge),
            Ok(length) => body.extend_from_slice(&chunk[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(fault(&error)),
        }
    }
}

/// The seconds that `Retry-After` asks for: a number, or a date after `now`.
fn retry_after(text: &str, now: u64) -> Option<u64> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        // One that does not fit is long enough to give up.
        return Some(text.parse().unwrap_or(u64::MAX));
    }
    from_http_date(text).map(|moment| moment.saturating_sub(now))
}

/// A pause of 1 to 3 s at random, so that those who failed together do not come back together.
fn random_pause() -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    Duration::from_millis(1_000 + u64::from(random) * 2_000 / u64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_a_number_or_a_date() {
        for (text, seconds) in [
            ("1", Some(1)),
            (" 999999 ", Some(999_999)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Sun, 06 Nov 1994 08:49:40 GMT", Some(3)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(retry_after(text, 784_111_777), seconds, "{text}");
        }
    }
}

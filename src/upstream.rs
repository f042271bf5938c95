//! WeChat's HTTP API, and a site's own token centre: one method an endpoint.
//!
//! In: ids, secrets, and the moment by which an answer must be there. Out: a [`Granted`] value or
//! an [`Error`] that says what to do about it. The client is built at the first request. No
//! redirect is followed, no referer sent, at most 64 KiB of body read after decompression, and no
//! text that leaves this module carries a query or a secret (product.md 4).

mod answer;
mod client;
mod fault;

use std::cell::{Cell, OnceCell};
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

pub use answer::{Granted, LONGEST_LIFE};
pub use fault::{Error, Tls, Unreachable};

use answer::{Field, Received};
use client::Client;

use crate::env::{Env, from_http_date};
use crate::secret::Secret;
use crate::timing;

/// An answer's body after decompression. Bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// How often one thing is asked for where a fault may heal.
pub const TRIES: u32 = 3;

/// Another try is worth it only with this much time left for it.
const WORTH_A_TRY: Duration = Duration::from_secs(1);

/// A `Retry-After` is honoured up to here. Seconds.
const LONGEST_RETRY_AFTER: u64 = 5;

/// The API of one platform at one base address.
pub struct Upstream<'a> {
    env: &'a Env,
    base: &'a str,
    ca_file: Option<&'a Path>,
    log: Box<dyn Fn(&str) + 'a>,
    client: OnceCell<Client>,
    ahead: Cell<Option<i64>>,
}

/// One request to be sent.
struct Request<'r> {
    post: bool,
    url: String,
    query: Vec<(&'static str, &'r str)>,
    body: Option<Vec<u8>>,
    secrets: Vec<&'r Secret>,
}

impl<'a> Upstream<'a> {
    /// The API at `base`. `log` is given one line a request: method, host, path, time, status.
    pub fn new(env: &'a Env, base: &'a str, ca_file: Option<&'a Path>, log: impl Fn(&str) + 'a) -> Self {
        Self { env, base, ca_file, log: Box::new(log), client: OnceCell::new(), ahead: Cell::new(None) }
    }

    /// By how many seconds the server's clock was ahead of this one at its last answer; negative
    /// where it was behind.
    pub fn clock_ahead(&self) -> Option<i64> {
        self.ahead.get()
    }

    /// mp: `POST cgi-bin/stable_token`. Forced, it ends the life of the token it replaces.
    pub fn stable_token(
        &self,
        app_id: &str,
        secret: &Secret,
        force: bool,
        until: Instant,
    ) -> Result<Granted, Error> {
        let body = serde_json::json!({
            "grant_type": "client_credential",
            "appid": app_id,
            "secret": secret.reveal(),
            "force_refresh": force,
        });
        let request = Request {
            post: true,
            url: format!("{}/cgi-bin/stable_token", self.base),
            query: Vec::new(),
            body: Some(body.to_string().into_bytes()),
            secrets: vec![secret],
        };
        self.granted(&request, Field::AccessToken, until)
    }

    /// mp: `GET cgi-bin/token`. Ends the life of the token before within five minutes.
    pub fn token(&self, app_id: &str, secret: &Secret, until: Instant) -> Result<Granted, Error> {
        let query = vec![("grant_type", "client_credential"), ("appid", app_id), ("secret", secret.reveal())];
        self.get("cgi-bin/token", query, secret, Field::AccessToken, until)
    }

    /// mp: `GET cgi-bin/ticket/getticket`, `kind` being `jsapi` or `wx_card`.
    pub fn getticket(&self, token: &Secret, kind: &str, until: Instant) -> Result<Granted, Error> {
        let query = vec![("access_token", token.reveal()), ("type", kind)];
        self.get("cgi-bin/ticket/getticket", query, token, Field::Ticket, until)
    }

    /// work: `GET cgi-bin/gettoken`.
    pub fn gettoken(&self, corpid: &str, secret: &Secret, until: Instant) -> Result<Granted, Error> {
        let query = vec![("corpid", corpid), ("corpsecret", secret.reveal())];
        self.get("cgi-bin/gettoken", query, secret, Field::AccessToken, until)
    }

    /// work: `GET cgi-bin/get_jsapi_ticket`, the corp's ticket.
    pub fn get_jsapi_ticket(&self, token: &Secret, until: Instant) -> Result<Granted, Error> {
        let query = vec![("access_token", token.reveal())];
        self.get("cgi-bin/get_jsapi_ticket", query, token, Field::Ticket, until)
    }

    /// work: `GET cgi-bin/ticket/get`, `kind` being `agent_config`, `wx_card` or `contact`.
    pub fn ticket_get(&self, token: &Secret, kind: &str, until: Instant) -> Result<Granted, Error> {
        let query = vec![("access_token", token.reveal()), ("type", kind)];
        self.get("cgi-bin/ticket/get", query, token, Field::Ticket, until)
    }

    /// A site's own token centre, asked for an access token. The url may hold a key.
    pub fn centre_token(&self, url: &str, until: Instant) -> Result<Granted, Error> {
        self.centre(url, Field::AccessToken, until)
    }

    /// A site's own token centre, asked for a ticket. The url may hold a key.
    pub fn centre_ticket(&self, url: &str, until: Instant) -> Result<Granted, Error> {
        self.centre(url, Field::Ticket, until)
    }

    fn get(
        &self,
        path: &str,
        query: Vec<(&'static str, &str)>,
        secret: &Secret,
        field: Field,
        until: Instant,
    ) -> Result<Granted, Error> {
        let url = format!("{}/{path}", self.base);
        self.granted(&Request { post: false, url, query, body: None, secrets: vec![secret] }, field, until)
    }

    fn centre(&self, url: &str, field: Field, until: Instant) -> Result<Granted, Error> {
        let secret = Secret::new(url);
        let request = Request {
            post: false,
            url: url.to_owned(),
            query: Vec::new(),
            body: None,
            secrets: vec![&secret],
        };
        self.tried(&request, until, |received| answer::read_centre(received, field, &request.secrets))
    }

    fn granted(&self, request: &Request<'_>, field: Field, until: Instant) -> Result<Granted, Error> {
        self.tried(request, until, |received| answer::read(received, field, &request.secrets))
    }

    /// Sends a request up to three times, 1 to 3 s apart at random, while what goes wrong can heal
    /// and there is time.
    fn tried<T>(
        &self,
        request: &Request<'_>,
        until: Instant,
        read: impl Fn(&Received<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut tries = 1;
        loop {
            let error = match self.send(request, until, &read) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let Some(pause) = error.pause_before_another_try() else { return Err(error) };
            let left = until.saturating_duration_since(Instant::now());
            if tries == TRIES || left < pause + WORTH_A_TRY {
                return Err(error);
            }
            tries += 1;
            (self.log)(&format!("{error}; try {tries} of {TRIES} in {:.1} s", pause.as_secs_f32()));
            std::thread::sleep(pause);
        }
    }

    fn send<T>(
        &self,
        request: &Request<'_>,
        until: Instant,
        read: impl Fn(&Received<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let until = until.min(started + timing::REQUEST);
        let client = if let Some(client) = self.client.get() {
            client
        } else {
            let built = Client::build(self.env, self.ca_file)?;
            self.client.get_or_init(|| built)
        };
        let mut url = url::Url::parse(&request.url)
            .map_err(|error| Error::Setup(format!("the address to ask is none: {error}")))?;
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let asked = format!(
            "{} {} {}",
            if request.post { "POST" } else { "GET" },
            shown_host(&url),
            if url.path().len() > 100 { "…" } else { url.path() }
        );
        let outcome = exchange(client, request, &url, until);
        let took = started.elapsed().as_millis();
        match outcome {
            Ok((parts, body)) => {
                (self.log)(&format!("{asked} {took} ms {}", parts.status));
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
                    retry_after: parts.retry_after.as_deref(),
                    body: &body,
                };
                read(&received)
            }
            Err(error) => {
                (self.log)(&format!("{asked} {took} ms {error}"));
                Err(error)
            }
        }
    }
}

impl Drop for Upstream<'_> {
    /// The client's thread ends only after a name look-up that it may be stuck in: nobody waits
    /// for it.
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // Where no thread can be had, the client goes here, with the wait.
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
    let host = shown_host(url);
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
    let location = header("location").and_then(|to| url.join(&to).ok()).map(|to| shown_host(&to));
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

/// Host and, where it is not the scheme's own, port: all of an address that may be shown.
fn shown_host(url: &url::Url) -> String {
    let host = url.host_str().unwrap_or("no host");
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// A pause of 1 to 3 s at random, so that those who failed together do not come back together.
fn random_pause() -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX / 2);
    Duration::from_millis(1_000 + u64::from(random) * 2_000 / u64::from(u32::MAX))
}

//! The local server: the checker page, JSON over the same functions as the commands, and the
//! payload of `sign` for pages under development.
//!
//! In: a bound listener, [`Options`], the command's context. Out: answers until SIGTERM or Ctrl-C.
//! One thread answers; what blocks (a ticket's fetch, the search for mistakes, a probe) runs on a
//! few others. Everything from outside is bounded: connections, header and body size, and time.
//!
//! ```text
//!   listener ─► 64 connections ─► front: Host, Origin, time, access line, headers
//!                                   │
//!            page ◄─────────────────┼─► api: verify, errcode, faq, domain-check, callback-verify
//!                                   ├─► sign: trusted pages, the ticket kept in memory
//!                                   └─► share: token, ticket for holders of the key
//! ```

mod api;
mod body;
mod document;
mod front;
mod linger;
mod metrics;
mod page;
mod refusal;
mod seats;
mod share;
mod sign;
mod worker;

use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};

use crate::both;
use crate::config::Profile;
use crate::context::Context;
use crate::failure::Failure;
use crate::interrupt;
use crate::lang::{Both, Lang};
use crate::output::LogWriter;
use crate::secret::Secret;
use refusal::Refusal;
use seats::{Seat, Seats};

/// Connections at a time; more wait in the system's queue for one that says nothing to be closed.
const CONNECTIONS: usize = 64;
/// Free descriptors to begin with: the runtime's, its signals', and some connections'.
const DESCRIPTORS: usize = 16;
/// For a request's head, and for the next one on an idle connection.
const HEADER_TIME: Duration = Duration::from_secs(10);
/// A request's head. Bytes.
const HEADER_LIMIT: usize = 32 * 1024;
/// A request's body. Bytes.
const BODY_LIMIT: usize = 256 * 1024;
/// The body of /api/verify: what a browser records of one page. Bytes.
const EVIDENCE_LIMIT: usize = 128 * 1024 * 1024;
/// Searches and probes at a time; more wait.
const WORKERS: usize = 2;
/// For one connection, however busy.
const CONNECTION_TIME: Duration = Duration::from_mins(5);
/// For connections to end after a signal.
const STOP_TIME: Duration = Duration::from_secs(3);

/// What `serve` was asked for.
#[derive(Debug)]
pub struct Options {
    /// Where the listener is bound.
    pub address: SocketAddr,
    /// The names of this server besides its addresses: of `--listen` and `--allow-host`, lower case.
    pub hosts: Vec<String>,
    /// Origins whose pages may call.
    pub origins: Vec<String>,
    /// Domains to sign for besides the profile's.
    pub pages: Vec<String>,
    /// The bearer key, with `--share`.
    pub key: Option<Secret>,
    /// The profile to sign for.
    pub profile: Option<Profile>,
}

/// What every handler may look at.
struct Site {
    options: Options,
    context: Context,
    page: page::Page,
    tickets: sign::Tickets,
    metrics: metrics::Metrics,
    seats: Arc<Seats>,
    log: LogWriter,
    workers: Arc<Semaphore>,
    /// One large body at a time.
    large: Arc<Semaphore>,
    misses: share::Misses,
}

type Shared = Arc<Site>;

impl Site {
    /// Runs what blocks beside the answering thread, a few at a time.
    async fn blocking<T: Send + 'static>(
        self: Arc<Self>,
        lang: Lang,
        work: impl FnOnce(&Site, &Context) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Refusal> {
        // Waiting here and not in the pool: a client that goes away takes its place in the queue along.
        let permit = self.workers.clone().acquire_owned().await;
        let done = worker::beside(move || {
            let _permit = permit;
            let context = self.context.for_request(lang);
            work(&self, &context)
        });
        Ok(done.await??)
    }
}

/// Answers requests until a signal comes.
pub fn run(listener: TcpListener, options: Options, context: &Context) -> Result<(), Failure> {
    let broken = |error: &std::io::Error| {
        Failure::of_a_limit(error).unwrap_or_else(|| {
            let zh = Both::from(error).zh;
            Failure::network(both!("服务启动不了：{zh}", "the server cannot start: {error}"))
        })
    };
    // The runtime ends the process if it has no descriptor for its signals.
    let free: std::io::Result<Vec<_>> = (0..DESCRIPTORS).map(|_| listener.try_clone()).collect();
    drop(free.map_err(|error| broken(&error))?);
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| broken(&error))?;
    interrupt::leave_to_runtime();
    // For what happens once and not for one asker: a ticket that could not be refreshed is reported.
    let mut own = context.for_request(context.lang);
    own.out = context.out;
    let lang =
        context.env.lang_setting().or_else(|| context.settings().ok().and_then(|settings| settings.lang));
    let page = page::Page::new(lang, options.profile.as_ref());
    let site = Arc::new(Site {
        options,
        context: own,
        page,
        tickets: sign::Tickets::default(),
        metrics: metrics::Metrics::new(context.env.now()),
        seats: Arc::new(Seats::new(CONNECTIONS)),
        log: context.out.log_writer(),
        workers: Arc::new(Semaphore::new(WORKERS)),
        large: Arc::new(Semaphore::new(1)),
        misses: share::Misses::default(),
    });
    let outcome = runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).map_err(|error| broken(&error))?;
        let signal = stop_signal().map_err(|error| broken(&error))?;
        accept(listener, &site, signal).await;
        Ok(())
    });
    // A search or a fetch that still runs has no one left to answer.
    runtime.shutdown_background();
    outcome
}

/// Ends when the process is asked to stop.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ends when the process is asked to stop.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

async fn accept(listener: tokio::net::TcpListener, site: &Shared, signal: impl Future<Output = ()>) {
    let router = router(site);
    let (stop, stopped) = watch::channel(());
    let mut signal = pin!(signal);
    loop {
        let next = async {
            let accepted = listener.accept().await;
            (accepted, site.seats.take().await)
        };
        let (accepted, seat) = tokio::select! {
            () = &mut signal => break,
            next = next => next,
        };
        match accepted {
            Ok((stream, peer)) => {
                tokio::spawn(connection(stream, peer, router.clone(), seat, stopped.clone()));
            }
            // Out of descriptors, or the client went away already: neither ends the server.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    interrupt::next_ends();
    // Anyone who comes now is refused at once, and not left waiting for an answer.
    drop(listener);
    drop(stopped);
    let _ = stop.send(());
    let _ = tokio::time::timeout(STOP_TIME, stop.closed()).await;
    site.log.flush();
}

/// Answers one connection; after the signal, the request in hand and no other.
async fn connection(
    mut stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    seat: Seat,
    mut stopped: watch::Receiver<()>,
) {
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let seat = Arc::new(seat);
    let service = hyper::service::service_fn(|mut request: hyper::Request<hyper::body::Incoming>| {
        seat.begins();
        request.extensions_mut().insert(seats::Peer(peer.ip()));
        request.extensions_mut().insert(seats::Seated(seat.clone()));
        let answer = router.call(request);
        let seat = &seat;
        async move {
            let answer = answer.await;
            seat.waits();
            answer
        }
    });
    let serving = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_buf_size(HEADER_LIMIT)
        // Answers are small: one buffer is written quicker than a list of them.
        .writev(false)
        .serve_connection(TokioIo::new(&mut stream), service);
    let ended = {
        let mut serving = pin!(serving);
        tokio::select! {
            ended = serving.as_mut() => Some(ended),
            () = seat.asked_to_leave() => None,
            _ = stopped.changed() => {
                serving.as_mut().graceful_shutdown();
                Some(serving.await)
            }
            // A client that never reads its answers would hold its place for good.
            () = tokio::time::sleep(CONNECTION_TIME) => {
                serving.as_mut().graceful_shutdown();
                tokio::time::timeout(HEADER_TIME, serving).await.ok()
            }
        }
    };
    let still_sends = match ended {
        None => false,
        Some(Ok(())) => !seat.has_all(),
        // A head that cannot be read is answered; one that does not come is not.
        Some(Err(error)) => error.is_parse() || !(seat.has_all() || error.is_timeout()),
    };
    if still_sends {
        seat.waits();
        tokio::select! {
            () = linger::linger(&mut stream) => {}
            () = seat.asked_to_leave() => {}
        }
    }
}

fn router(site: &Shared) -> Router {
    Router::new()
        .route("/", get(page::show))
        .route("/sign", get(sign::sign))
        .route("/api/verify", post(api::verify))
        .route("/api/errcode", get(api::code).post(api::explain))
        .route("/api/faq", get(api::topic).post(api::faq))
        .route("/api/domain-check", post(api::domain_check))
        .route("/api/callback-verify", post(api::callback_verify))
        .route("/healthz", get(metrics::healthz))
        .route("/metrics", get(metrics::metrics))
        .route("/token", get(share::token))
        .route("/ticket", get(share::ticket))
        .fallback(refusal::not_found)
        .method_not_allowed_fallback(refusal::method_not_allowed)
        .layer(axum::middleware::from_fn_with_state(site.clone(), front::front))
        .with_state(site.clone())
}

//! Why is this WeChat signature invalid, what does this error code mean, may this page's domain be
//! used: the answers of the `wecheck` binary as a library.
//!
//! # The house
//!
//! Three storeys. A *face* turns what came in into a Request and a Report into what goes out; an *op* is
//! a use case, a Request in and a Report out; below it are *rules*, which are pure, and *edges*, each of
//! which is about one outside thing. Data goes up as one value, which is shown twice: for people and as
//! JSON. `tests/it/layers.rs` holds this table.
//!
//! ```text
//!   start    main ── cli                                     arguments to exit code; paste anything
//!                     │
//!   faces    command            server           mcp         clap, HTTP, JSON-RPC; none calls another
//!               │                 │                │         (command/serve.rs and command/mcp.rs start two)
//!               └────────────┬────┴────────────────┘
//!   ops      sign  verify  errcode  faq  domain_check  callback  token  page
//!               │                             │
//!               │         credentials         │              where cache, upstream and config meet
//!               ▼                             ▼
//!   rules    evidence  diagnosis        edges  cache  config  upstream  probe  browser  endpoint
//!            catalog  domain  callback         (one outside thing each, none uses another)
//!            (no file, net, clock)
//!
//!   ground   context: what a run was given   output: the only writer to stdout and stderr
//!            env globals interrupt timing    variables and clock, flags, signals, limits
//!            failure finding findings lang   what is said, in both languages
//!            platform secret signature address nearest packed rank
//! ```
//!
//! # Five ways through it
//!
//! `tests/it/crate_page.rs` holds that what is named here exists, and that no way is longer than eight steps.
//!
//! **A url from the command line to the digest and back.** `cli::run` parses → `command::sign::run` makes a
//! Request of the flags → `ops::sign::sign` checks the url (`ops::sign::check_page`), obtains the ticket and fills in
//! nonce and timestamp → `signature::sign` → `signature::string1` joins the values → `signature::sha1_hex` →
//! `ops::sign::Signed` → `output::Output::show` writes it as text (`command::sign`, `output::Report`) or, with `--json`, by serde.
//!
//! **A pasted HAR to the fields that are checked.** `command::args::input::read_evidence` (limit, encoding) →
//! `ops::verify::verify` → `evidence::extract` → `evidence::har::read` finds the answers →
//! `evidence::reader::Reader::run` reads each body → `evidence::assemble::claims` groups the values into claims →
//! `ops::verify::inputs::gather` lets flags win → `ops::verify::judge::Judge::check`.
//!
//! **An errmsg from WeChat to the screen.** `upstream::exchange` receives → `upstream::answer::read` finds the errcode →
//! `upstream::fault::Error` → `credentials::TokenSource::fault` makes a `failure::Failure` of it →
//! `cache::Cache::get_or_fetch` shares it with those who wait → `cli::run` → `output::Output::fail` prints it →
//! `output::Output::explain` adds what `ops::errcode::first_advice` knows of the code.
//!
//! **A ticket through the cache.** `ops::token::ticket` → `credentials::TokenSource::ticket` →
//! `cache::Cache::get_or_fetch` looks → `cache::Cache::turn` has the lock, and looks again →
//! `credentials::TokenSource::fetch_ticket` (a closure: cache and upstream do not know each other) →
//! `upstream::Upstream::getticket` → `cache::Cache::keep` stores it in one step → `cache::Served`.
//!
//! **A `POST /api/verify`.** `server::connection` gives it a seat → `server::front::front` checks the Host,
//! `server::front::answer` the Origin → `server::api::verify` → `server::body::read` waits for the whole body →
//! `ops::request::of_object` reads a Request by serde → `ops::verify::verify` on a worker thread →
//! `server::document::Document` is the Report as JSON → `server::front::protect` adds the headers.
//!
//! ```
//! use wecheck::signature::{Fields, Kind, sign};
//!
//! let fields = Fields {
//!     ticket: "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg".into(),
//!     nonce: "Wm3WZYTPz0wzccnW".into(),
//!     timestamp: "1414587457".into(),
//!     url: "http://mp.weixin.qq.com?params=value#never-signed".into(),
//!     ..Fields::default()
//! };
//! assert_eq!(sign(Kind::Jsapi, &fields), "0f9de62fce790f9a083d5c99e95740ceb90c27ed");
//! ```

#![forbid(unsafe_code)]

pub(crate) mod address;
pub(crate) mod browser;
pub mod cache;
pub mod callback;
pub mod catalog;
pub mod cli;
pub(crate) mod command;
pub mod config;
pub mod context;
pub(crate) mod credentials;
pub mod diagnosis;
pub mod domain;
pub(crate) mod endpoint;
pub mod env;
pub mod evidence;
pub mod failure;
pub(crate) mod finding;
pub mod findings;
pub mod globals;
pub(crate) mod interrupt;
pub mod lang;
pub mod mcp;
pub(crate) mod nearest;
pub(crate) mod ops;
pub(crate) mod output;
pub(crate) mod packed;
pub mod platform;
pub mod probe;
pub(crate) mod rank;
pub mod secret;
pub(crate) mod server;
pub mod signature;
pub(crate) mod timing;
pub(crate) mod upstream;

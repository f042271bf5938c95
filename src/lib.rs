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
//!            platform secret signature address nearest
//! ```
//!
//! # Five ways through it
//!
//! **A url from the command line to the digest and back.** `cli::run` parses →
//! `command::sign::run` makes a Request of the flags → `ops::sign::sign` checks the url, obtains the
//! ticket and fills in nonce and timestamp → `signature::sign` hashes → `ops::sign::Signed` →
//! `command::sign` (`Report::human`, or serde with `--json`) → `output::Output::show`.
//!
//! **A pasted HAR to the fields that are checked.** `command::args::input::read_evidence` (limit,
//! encoding) → `ops::verify::verify` → `evidence::extract` → `evidence::har` reads each body with
//! `evidence::reader` → `evidence::assemble` groups the values into claims → `ops::verify::inputs`
//! lets flags win → `ops::verify::judge`.
//!
//! **An errmsg from WeChat to the screen.** `upstream::client` receives → `upstream::answer` finds the
//! errcode → `upstream::fault::Error` → `credentials` makes a `Failure` of it, which is shared with those
//! who wait → `cli::run` → `output::Output::fail` prints it with the command that explains the code.
//!
//! **A ticket through the cache.** `ops::token::ticket` → `credentials::TokenSource::ticket` →
//! `cache::Cache::get_or_fetch` looks, and takes the lock when it has to fetch →
//! `TokenSource::fetch_ticket` (a closure: cache and upstream do not know each other) →
//! `upstream::Upstream::getticket` → `cache` stores it in one step → `cache::Served`.
//!
//! **A `POST /api/verify`.** `server::connection` gives it a seat → `server::front` checks Host and
//! Origin → `server::api::verify` → `server::body::read` waits for the whole body →
//! `ops::request::of_object` reads a Request by serde → `ops::verify::verify` on a worker thread →
//! the Report as JSON → `server::front` adds the headers, or writes a failure in the caller's language.
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
pub mod platform;
pub mod probe;
pub mod secret;
pub(crate) mod server;
pub mod signature;
pub(crate) mod timing;
pub(crate) mod upstream;

//! Why is this WeChat signature invalid, what does this error code mean, may this page's domain be
//! used: the answers of the `wecheck` binary as a library.
//!
//! Data flows one way, from the start at the bottom of this picture to the pure functions at its
//! top and back as one value that is shown twice, for people and as JSON:
//!
//! ```text
//!   pure    signature  diagnosis  evidence  catalog  domain  callback      no file, net, clock
//!             ▲                                                  ▲
//!   edge      │   config      upstream      cache      probe     │         one outside thing each
//!             │     ▲            ▲            ▲           ▲      │
//!   use     command/sign   command/verify   command/errcode …   server    one file a command
//!                   │                                            │
//!   show            └──────────────►  output  ◄──────────────────┘        stdout, stderr
//!                                        ▲
//!   start                     main ── cli ── command                      arguments to exit code
//! ```
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

pub mod address;
pub mod browser;
pub mod cache;
pub mod callback;
pub mod catalog;
pub mod cli;
pub mod command;
pub mod config;
pub mod context;
pub mod credentials;
pub mod diagnosis;
pub mod domain;
pub mod endpoint;
pub mod env;
pub mod evidence;
pub mod failure;
pub mod finding;
pub mod findings;
pub mod globals;
pub mod interrupt;
pub mod lang;
pub mod nearest;
pub mod ops;
pub mod output;
pub mod platform;
pub mod probe;
pub mod secret;
pub mod server;
pub mod signature;
pub mod timing;
pub mod upstream;

//! The commands: one enum, the one match, and what every command is handed.
//!
//! In: parsed arguments. Out: whether the answer is yes. Each file below holds one command: its
//! arguments, the struct it reports, and `run`.

pub mod args;
pub mod cache;
pub mod callback;
pub mod completions;
pub mod config;
pub mod doctor;
pub mod domain_check;
pub mod errcode;
pub mod faq;
pub mod js_api;
pub mod mcp;
pub mod page;
pub mod serve;
pub mod sign;
pub mod soter;
pub mod token;
pub mod ua;
pub mod verify;

use clap::Subcommand;

use crate::context::Context;
use crate::failure::Failure;

/// A command and its arguments, which the parser builds for the command that was typed only.
#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true, defer = true)]
pub enum Command {
    /// Sign a page's url, or a card's values
    Sign(sign::Args),
    /// Check a signature, and name what is wrong
    Verify(verify::Args),
    /// Open a page as the clients of WeChat do, and say whether they would accept it
    Page(page::Args),
    /// Print the access token, cached or fetched
    Token(token::TokenArgs),
    /// Print a ticket, cached or fetched
    Ticket(token::TicketArgs),
    /// Explain, search and list error codes, or count them in a log
    #[command(
        subcommand,
        after_help = "Examples:
  wecheck errcode explain 40164
  wecheck errcode search media_id
  wecheck errcode scan app.log"
    )]
    Errcode(errcode::Command),
    /// Show troubleshooting topics
    Faq(faq::Args),
    /// List the names that jsApiList, menuList and openTagList take
    JsApi(js_api::Args),
    /// Say what a biometric result (SOTER) means, and check it
    Soter(soter::Args),
    /// Say which client sent a user agent
    Ua(ua::Args),
    /// Say whether a page's domain may be used, and with --probe whether the host serves it well
    DomainCheck(domain_check::Args),
    /// Check, open and build what WeChat sends to your server
    Callback(callback::Args),
    /// Walk the FAQ by itself, and say what to do first
    Doctor(doctor::Args),
    /// Open the checker page, and sign for pages under development
    Serve(serve::Args),
    /// Answer an assistant: a Model Context Protocol server on stdin and stdout
    Mcp(mcp::Args),
    /// Make, find, show and check the config file
    #[command(
        subcommand,
        after_help = "Examples:
  wecheck config init
  wecheck config show
  wecheck config check --strict"
    )]
    Config(config::Command),
    /// See, clear and fill the token cache
    #[command(
        subcommand,
        after_help = "Examples:
  wecheck cache list
  wecheck cache clear --profile shop
  wecheck cache import --from wxjava"
    )]
    Cache(cache::Command),
    /// Print a completion script for a shell
    Completions(completions::Args),
}

impl Command {
    /// Runs the command; `false` when a check's answer is no.
    pub fn run(self, context: &Context) -> Result<bool, Failure> {
        match self {
            Self::Sign(args) => sign::run(&args, context),
            Self::Verify(args) => verify::run(&args, context),
            Self::Page(args) => page::run(&args, context),
            Self::Token(args) => token::run_token(args, context),
            Self::Ticket(args) => token::run_ticket(&args, context),
            Self::Errcode(command) => errcode::run(command, context),
            Self::Faq(args) => faq::run(&args, context),
            Self::JsApi(args) => js_api::run(&args, context),
            Self::Soter(args) => soter::run(&args, context),
            Self::Ua(args) => ua::run(&args, context),
            Self::DomainCheck(args) => domain_check::run(&args, context),
            Self::Doctor(args) => doctor::run(&args, context),
            Self::Serve(args) => serve::run(&args, context),
            Self::Mcp(_) => mcp::run(context),
            Self::Config(command) => config::run(command, context),
            Self::Callback(args) => callback::run(&args, context),
            Self::Cache(command) => cache::run(command, context),
            Self::Completions(args) => completions::run(&args, context),
        }
    }
}

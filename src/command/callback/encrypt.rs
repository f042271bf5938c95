//! `wecheck callback encrypt`: a callback as WeChat would send it, for one's own server.
//!
//! In: a message. Out: an encrypted body with its signature, or the curl command that sends it.

use std::io::{self, Write};
use std::path::Path;

use crate::command::args::input::read_text;
use crate::context::Context;
use crate::failure::Failure;
use crate::lang::Lang;
use crate::ops::callback::{INPUT_LIMIT, encrypt};
use crate::output::{Report, safe_lines};

/// Build a callback as WeChat would send it to your server
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck callback encrypt --body message.xml
  wecheck callback encrypt --body message.xml --as curl --url URL
  wecheck callback encrypt 12345 --as curl-echo --url URL

Token and key come from the profile, WECHECK_CALLBACK_TOKEN and WECHECK_ENCODING_AES_KEY.")]
pub(super) struct Args {
    /// The message (`-` is stdin)
    #[arg(value_name = "TEXT", allow_hyphen_values = true, required_unless_present = "body")]
    text: Option<String>,
    /// The message in a file (`-` is stdin)
    #[arg(long, value_name = "FILE", conflicts_with = "text", value_hint = clap::ValueHint::FilePath)]
    body: Option<String>,
    /// The receive id: appid, corpid or suite id [default: the profile's appid]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    receive_id: Option<String>,
    /// How the body is written
    #[arg(long, value_enum, default_value_t = FormatName::Xml)]
    format: FormatName,
    /// Seconds since 1970 [default: now]
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    timestamp: Option<String>,
    /// A nonce [default: ten random digits]
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    nonce: Option<String>,
    /// Print the command that sends it: a message (POST), or TEXT as a URL verification (GET)
    #[arg(long = "as", value_enum, value_name = "COMMAND", requires = "url")]
    command: Option<CommandName>,
    /// The address of your server
    #[arg(long, value_name = "U", requires = "command")]
    url: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FormatName {
    Xml,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum CommandName {
    Curl,
    CurlEcho,
}

pub(super) fn run(args: &Args, context: &Context) -> Result<bool, Failure> {
    let message = match (&args.body, &args.text) {
        (Some(name), _) => read_text(Path::new(name), INPUT_LIMIT)?,
        (None, Some(text)) if text != "-" => text.clone(),
        (None, _) => read_text(Path::new("-"), INPUT_LIMIT)?,
    };
    let request = encrypt::Request {
        message,
        receive_id: args.receive_id.clone(),
        is_json: args.format == FormatName::Json,
        timestamp: args.timestamp.clone(),
        nonce: args.nonce.clone(),
        url: args.url.clone(),
        is_echo: args.command == Some(CommandName::CurlEcho),
    };
    context.out.show(&encrypt::run(&request, context)?)
}

impl Report for encrypt::Report {
    fn human(&self, out: &mut dyn Write, _: Lang) -> io::Result<()> {
        let text = self.command.as_ref().or(self.body.as_ref());
        writeln!(out, "{}", safe_lines(text.map_or("", String::as_str)))
    }
}

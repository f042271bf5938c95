//! `wecheck mcp`: the assistants' server on stdin and stdout.
//!
//! In: nothing of its own. Out: answers until the input ends; what it speaks is in [`crate::mcp`].

use crate::context::Context;
use crate::failure::Failure;
use crate::mcp;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wecheck mcp
  claude mcp add wecheck -- wecheck mcp
  {\"mcpServers\": {\"wecheck\": {\"command\": \"wecheck\", \"args\": [\"mcp\"]}}}")]
pub struct Args {}

pub fn run(context: &Context) -> Result<bool, Failure> {
    mcp::run(context).map(|()| true)
}

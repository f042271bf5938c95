//! The flags by which the values of a signature are given, the same for `sign` and `verify`.
//!
//! In: flags, each of which takes any text, also an empty one or one that starts with `-`. Out: the
//! [`Fields`] that are hashed.

use crate::platform::Platform;

// Values that are signed, or are beside what is signed.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct FieldArgs {
    /// jsapi_ticket; for --kind agent the agent_config ticket, for cards the api_ticket, for group the group_ticket
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub ticket: Option<String>,
    /// noncestr (nonce_str for cards)
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    pub nonce: Option<String>,
    /// timestamp, in seconds
    #[arg(long, value_name = "S", allow_hyphen_values = true)]
    pub timestamp: Option<String>,
    /// appid, on work the corpid
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub app_id: Option<String>,
    /// agentid (work)
    #[arg(
        long,
        value_name = "ID",
        allow_hyphen_values = true,
        hide_short_help = true,
        help_heading = "Cards, groups and applications"
    )]
    pub agent_id: Option<String>,
    /// group_id (--kind group)
    #[arg(
        long,
        value_name = "ID",
        allow_hyphen_values = true,
        hide_short_help = true,
        help_heading = "Cards, groups and applications"
    )]
    pub group_id: Option<String>,
    /// card_id (cards)
    #[arg(
        long,
        value_name = "ID",
        allow_hyphen_values = true,
        hide_short_help = true,
        help_heading = "Cards, groups and applications"
    )]
    pub card_id: Option<String>,
    /// card_type (--kind card)
    #[arg(
        long,
        value_name = "TYPE",
        allow_hyphen_values = true,
        hide_short_help = true,
        help_heading = "Cards, groups and applications"
    )]
    pub card_type: Option<String>,
    /// location_id (--kind card)
    #[arg(
        long,
        value_name = "ID",
        allow_hyphen_values = true,
        hide_short_help = true,
        help_heading = "Cards, groups and applications"
    )]
    pub location_id: Option<String>,
    /// code (--kind card-ext)
    #[arg(
        long,
        value_name = "CODE",
        allow_hyphen_values = true,
        hide_short_help = true,
        help_heading = "Cards, groups and applications"
    )]
    pub code: Option<String>,
    /// openid (--kind card-ext)
    #[arg(
        long,
        value_name = "ID",
        allow_hyphen_values = true,
        hide_short_help = true,
        help_heading = "Cards, groups and applications"
    )]
    pub openid: Option<String>,
    /// balance (--kind card-ext)
    #[arg(
        long,
        value_name = "N",
        allow_hyphen_values = true,
        hide_short_help = true,
        help_heading = "Cards, groups and applications"
    )]
    pub balance: Option<String>,
    /// The platform, if no profile says it
    #[arg(long, value_enum)]
    pub platform: Option<Platform>,
}

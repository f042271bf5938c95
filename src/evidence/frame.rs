//! The brackets that a place stands in.
//!
//! A [`Frame`] is made for each bracket that opens, with whose fields stand in it ([`Owner`]), how they
//! are written ([`Mode`]) and what its strings are collected for ([`List`]).

use super::Call;
use super::key::Key;

/// Stands for `=>` as the previous character.
pub(super) const ARROW: u8 = 1;
/// Stands for a word as the previous character.
pub(super) const WORD: u8 = b'a';

/// Whose fields stand in a bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// No one's in particular: JSON, a variable, a line.
    Anyone,
    /// A call's that takes a signature.
    Call(Call),
    /// A cardExt's.
    CardExt,
    /// A request's.
    Request,
    /// Another call's: nothing in it is ours.
    Foreign,
}

/// How names and values are written in a bracket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Running text and lines.
    Text,
    /// Statements of a function.
    Body,
    /// An object, a list, arguments.
    Object,
}

/// What the strings in a bracket are collected for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum List {
    Nothing,
    JsApis { block: usize, names: Option<Vec<String>> },
    PageUrls,
    Menu { block: Option<usize> },
}

/// An open bracket.
pub(super) struct Frame {
    pub(super) kind: usize,
    pub(super) owner: Owner,
    pub(super) mode: Mode,
    pub(super) list: List,
    /// The call whose brackets these are.
    pub(super) call: Option<usize>,
    /// The call whose argument this object is.
    pub(super) object_of: Option<usize>,
    /// An invoke that waits for the name of its call, and where it starts.
    pub(super) invoke: Option<usize>,
    /// What is spread into the object, and where.
    pub(super) spread: Option<(String, usize)>,
    /// The values directly in here: key and number.
    pub(super) values: Vec<(Key, usize)>,
    pub(super) unread_urls: Vec<usize>,
    pub(super) is_share: bool,
    pub(super) is_request: bool,
    /// A key stands in here that only a cardExt has.
    pub(super) is_card_ext: bool,
    /// `map[a:b c:d]`, as Go prints it.
    pub(super) is_go_map: bool,
    /// The key before it names the agent's signature: `agentConfig: {…}`.
    pub(super) is_agent: bool,
    /// A key stands in here that only a payment has.
    pub(super) is_payment: bool,
    /// The arguments of a function that signs.
    pub(super) signs: bool,
    /// The arguments of an assertion.
    pub(super) is_assert: bool,
    /// The group of the values in here.
    pub(super) group: Option<usize>,
}

impl Frame {
    pub(super) fn new(kind: usize, owner: Owner, mode: Mode) -> Self {
        Self {
            kind,
            owner,
            mode,
            list: List::Nothing,
            call: None,
            object_of: None,
            invoke: None,
            spread: None,
            values: Vec::new(),
            unread_urls: Vec::new(),
            is_share: false,
            is_request: false,
            is_card_ext: false,
            is_go_map: false,
            is_agent: false,
            is_payment: false,
            signs: false,
            is_assert: false,
            group: None,
        }
    }
}

//! What a hit proves besides the text: how the digest is written, and which function made it.
//!
//! In: nothing. Out: the type that candidates give and explanations read.

/// What a hit proves besides the text.
pub(super) struct Proof {
    /// The mistakes in how the digest is written, each with the rank of its form.
    pub(super) written: Vec<(&'static str, u16)>,
    /// The name of another hash function.
    pub(super) function: Option<&'static str>,
}

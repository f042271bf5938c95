//! Everything from outside: the real binary, a cleared environment, a home of its own.

mod harness;
mod layers;

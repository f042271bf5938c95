//! Everything from outside: the real binary, a cleared environment, a home of its own.

mod callback;
mod config;
mod domain;
mod generated;
mod harness;
mod layers;
mod nonsense;
mod probe;
mod readme;
mod sign;
mod signatures;
mod verify;

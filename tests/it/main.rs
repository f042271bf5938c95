//! Everything from outside: the real binary, a cleared environment, a home of its own.

mod callback;
mod canary;
mod catalogue;
mod config;
mod disk;
mod domain;
mod errcode;
mod faults;
mod generated;
mod harness;
mod layers;
mod nonsense;
mod page;
mod probe;
mod readme;
mod redis;
mod search;
mod serve;
mod serving;
mod sign;
mod signatures;
mod tls;
mod tokens;
mod upstream_server;
mod verify;
mod webdriver;

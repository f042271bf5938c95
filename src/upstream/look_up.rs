//! The look-up of a name: the system's resolver, within a limit.
//!
//! In: a name. Out: its addresses, or why there are none, which an error of the client carries.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::timing;

/// Why a name has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum LookUpError {
    #[error("the resolver does not answer")]
    Silent,
    #[error("no thread for the look-up")]
    NoThread,
    #[error("the name has no address")]
    NoAddress,
}

/// The system's resolver, on a thread of its own and within a limit. The client's own resolver
/// panics if no thread can be had, and a silent one looks like a silent server.
pub(super) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let (found, answer) = tokio::sync::oneshot::channel();
            let look_up = move || {
                let addresses = std::net::ToSocketAddrs::to_socket_addrs(&(name.as_str(), 0));
                let _ = found.send(addresses.map(Iterator::collect::<Vec<_>>));
            };
            std::thread::Builder::new().spawn(look_up).map_err(|_| LookUpError::NoThread)?;
            match tokio::time::timeout(timing::LOOK_UP, answer).await {
                Err(_) => Err(LookUpError::Silent.into()),
                Ok(Ok(Ok(addresses))) if !addresses.is_empty() => {
                    Ok(Box::new(addresses.into_iter()) as Addrs)
                }
                Ok(Ok(Err(error))) if error.raw_os_error().is_some() => Err(error.into()),
                Ok(_) => Err(LookUpError::NoAddress.into()),
            }
        })
    }
}

//! The end of a connection whose client still sends: a refusal goes out before the body has come.
//!
//! In: a connection whose last answer is written. Out: its end. A system that closes a connection with
//! bytes unread resets it, and the client loses the answer that is on the way. So what the client sends
//! on is read and dropped, for a bounded time and number of bytes.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, ReadBuf};
use tokio::net::TcpStream;

use super::EVIDENCE_LIMIT;

/// For a client to notice the answer.
const TIME: Duration = Duration::from_secs(2);
/// What it may send until then: a body that is twice the largest. Bytes.
const LIMIT: usize = 2 * EVIDENCE_LIMIT;
/// Read at once. Bytes.
const PIECE: usize = 16 * 1024;

/// Reads and drops what comes until the client ends, sends too much, or takes too long.
pub(super) async fn linger(stream: &mut TcpStream) {
    let mut left = LIMIT;
    let dropping = async {
        while let Ok(count @ 1..) = read_and_drop(stream).await {
            left = left.saturating_sub(count);
            if left == 0 {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(TIME, dropping).await;
}

/// Reads once: how many bytes came, 0 at the end.
async fn read_and_drop(stream: &mut TcpStream) -> io::Result<usize> {
    poll_fn(|context| {
        // Here, and not in the future, which every connection would carry along.
        let mut bytes = [0; PIECE];
        let mut buffer = ReadBuf::new(&mut bytes);
        ready!(Pin::new(&mut *stream).poll_read(context, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    })
    .await
}

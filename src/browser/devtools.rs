//! The DevTools protocol: commands, their answers, and the events in between.
//!
//! In: the browser's WebSocket address. Out: a [`Devtools`], one connection, one thread. The protocol is
//! JSON with a number for each command; an answer has its number, everything else is an event, kept in
//! order until it is asked for. An answer that is not waited for but that is to be known ([`Devtools::ask`])
//! comes as an event, too, in its place among the others.

use std::collections::VecDeque;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket};

use crate::both;
use crate::failure::Failure;
use crate::lang::{Both, cause};

/// A connection to the browser.
pub struct Devtools {
    socket: WebSocket<TcpStream>,
    commands: u64,
    /// Commands whose answers come as events.
    asked: Vec<u64>,
    events: VecDeque<Event>,
}

/// Something that happened in the browser.
#[derive(Clone, Debug)]
pub struct Event {
    /// `Domain.event`.
    pub method: String,
    /// What came with it.
    pub params: Value,
}

/// The event of an answer to [`Devtools::ask`]; its parameter `id` is the command's number.
pub const ANSWERED: &str = "wecheck.answered";

/// How long a command may take.
const COMMAND: Duration = Duration::from_secs(20);

/// How long one look for a message waits.
const LOOK: Duration = Duration::from_millis(10);

/// The body of a response may be this large.
const MESSAGE_BYTES: usize = 64 << 20;

impl Devtools {
    /// Connects to `ws://127.0.0.1:PORT/PATH`.
    pub fn connect(address: &str) -> Result<Self, Failure> {
        let gone = |error: &dyn std::fmt::Display| {
            let Both { zh, en } = cause(&error.to_string());
            Failure::network(both!("浏览器连不上：{zh}", "the browser cannot be connected to: {en}"))
        };
        let authority = address.trim_start_matches("ws://").split('/').next().unwrap_or_default();
        let stream = TcpStream::connect(authority).map_err(|error| gone(&error))?;
        stream.set_nodelay(true).map_err(|error| gone(&error))?;
        stream.set_read_timeout(Some(COMMAND)).map_err(|error| gone(&error))?;
        let limits = WebSocketConfig::default()
            .max_message_size(Some(MESSAGE_BYTES))
            .max_frame_size(Some(MESSAGE_BYTES));
        let (socket, _) = tungstenite::client::client_with_config(address, stream, Some(limits))
            .map_err(|error| gone(&error))?;
        socket.get_ref().set_read_timeout(Some(LOOK)).map_err(|error| gone(&error))?;
        Ok(Self { socket, commands: 0, asked: Vec::new(), events: VecDeque::new() })
    }

    /// Sends a command and waits for nothing.
    pub fn send(&mut self, session: Option<&str>, method: &str, params: &Value) -> u64 {
        self.commands += 1;
        let mut command = json!({"id": self.commands, "method": method, "params": params});
        if let Some(session) = session {
            command["sessionId"] = json!(session);
        }
        // A browser that is gone shows itself at the next read.
        let _ = self.socket.send(Message::text(command.to_string()));
        self.commands
    }

    /// Sends a command whose answer comes as an event.
    pub fn ask(&mut self, session: Option<&str>, method: &str, params: &Value) -> u64 {
        let id = self.send(session, method, params);
        self.asked.push(id);
        id
    }

    /// Sends a command and waits for its answer.
    pub fn call(&mut self, session: Option<&str>, method: &str, params: &Value) -> Result<Value, Failure> {
        let id = self.send(session, method, params);
        let began = Instant::now();
        loop {
            if let Some(mut message) = self.read()? {
                if message["id"] == id {
                    if let Some(error) = message["error"]["message"].as_str() {
                        return Err(Failure::network(both!(
                            "浏览器拒绝了 {method}，原文是 `{error}`",
                            "the browser refused {method}: {error}"
                        )));
                    }
                    return Ok(message["result"].take());
                }
                self.keep(message, session);
            }
            if began.elapsed() > COMMAND {
                return Err(Failure::network(both!(
                    "浏览器没有应答 {method}",
                    "the browser did not answer {method}"
                )));
            }
        }
    }

    /// The next event; `None` if there is none right now.
    pub fn event(&mut self, session: Option<&str>) -> Result<Option<Event>, Failure> {
        if self.events.is_empty()
            && let Some(message) = self.read()?
        {
            self.keep(message, session);
        }
        Ok(self.events.pop_front())
    }

    fn keep(&mut self, mut message: Value, session: Option<&str>) {
        let Some(method) = message["method"].as_str().map(str::to_owned) else {
            let id = message["id"].as_u64();
            if let Some(place) = self.asked.iter().position(|asked| Some(*asked) == id) {
                let params = json!({"id": self.asked.swap_remove(place)});
                self.events.push_back(Event { method: ANSWERED.to_owned(), params });
            }
            return;
        };
        // A dialog holds up the page and every command to it.
        if method == "Page.javascriptDialogOpening" {
            self.send(session, "Page.handleJavaScriptDialog", &json!({"accept": true}));
        }
        self.events.push_back(Event { method, params: message["params"].take() });
    }

    fn read(&mut self) -> Result<Option<Value>, Failure> {
        use std::io::ErrorKind::{TimedOut, WouldBlock};
        match self.socket.read() {
            Ok(Message::Text(text)) => Ok(serde_json::from_str(&text).ok()),
            Ok(_) => Ok(None),
            Err(tungstenite::Error::Io(error)) if matches!(error.kind(), TimedOut | WouldBlock) => Ok(None),
            Err(_) => Err(Failure::network(both!(
                "浏览器在检查途中退出了",
                "the browser ended while the page was checked"
            ))),
        }
    }
}

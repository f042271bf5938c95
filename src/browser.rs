//! A Chromium of this machine, without a window, that runs a page as a client of WeChat would.
//!
//! In: which program, which addresses to resolve otherwise, which keys to trust. Out: a [`Browser`] with
//! a fresh profile folder, spoken to over the DevTools protocol. It is closed over the protocol, so that
//! it takes its own files along; what it leaves, also after it was killed, goes with the folder, and if this
//! program is killed, [`watch`] ends the browser. One connection for each client ([`Browser::connect`]), so
//! that several run at once.

mod devtools;
mod find;
mod tab;
mod trust;
mod watch;

use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub use devtools::{ANSWERED, Devtools, Event};
pub use find::{Places, find};
pub use tab::{Look, Tab};
pub use trust::trusted_keys;

use crate::both;
use crate::failure::Failure;
use crate::lang::cause;
use watch::Watch;

/// How to start a browser.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The program.
    pub program: PathBuf,
    /// `HOST:PORT:ADDR`, as curl has them: connections go there instead.
    pub resolve: Vec<(String, u16, std::net::IpAddr)>,
    /// SHA-256 of public keys, base64: certificates with one of them are trusted.
    pub trusted_keys: Vec<String>,
    /// Whether this user cannot have Chromium's sandbox (root).
    pub no_sandbox: bool,
    /// Variables that it is not given.
    pub withheld: Vec<OsString>,
}

/// A running browser; ended with the value.
pub struct Browser {
    process: Child,
    /// Profile, home and temporary files of the browser, all in one.
    folder: Option<TempDir>,
    /// Ends the browser if this program is killed.
    watch: Watch,
    address: String,
    /// Whether it runs without its sandbox.
    pub no_sandbox: bool,
}

/// How long a browser may take to answer for the first time.
const START: Duration = Duration::from_secs(20);

/// How long it may take to end once it was asked to.
const END: Duration = Duration::from_secs(3);

const ALWAYS: [&str; 22] = [
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-breakpad",
    "--disable-crash-reporter",
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,AutofillServerCommunication,\
     HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LocalNetworkAccessChecks",
    "--metrics-recording-only",
    "--mute-audio",
    "--hide-scrollbars",
    "--password-store=basic",
    "--use-mock-keychain",
    "--lang=zh-CN",
];

impl Browser {
    /// Starts it, without its sandbox if that cannot start.
    pub fn start(options: &Options, stop: &dyn Fn() -> bool) -> Result<Self, Failure> {
        match Self::try_start(options, stop) {
            Err(Start::NoSandbox) if !options.no_sandbox => {
                let again = Options { no_sandbox: true, ..options.clone() };
                Self::try_start(&again, stop).map_err(|start| start.failure(&options.program))
            }
            started => started.map_err(|start| start.failure(&options.program)),
        }
    }

    fn try_start(options: &Options, stop: &dyn Fn() -> bool) -> Result<Self, Start> {
        watch::clear_stale();
        let folder = TempDir::with_prefix(watch::PREFIX).map_err(|error| Start::Folder(error.to_string()))?;
        let held = watch::hold(folder.path()).map_err(|error| Start::Folder(error.to_string()))?;
        let path = folder.path();
        let profile = path.join("profile");
        let mut command = Command::new(&options.program);
        for name in &options.withheld {
            command.env_remove(name);
        }
        command.args(ALWAYS).arg(format!("--user-data-dir={}", profile.display()));
        if options.no_sandbox {
            command.arg("--no-sandbox");
        }
        if !options.resolve.is_empty() {
            let rules: Vec<String> = options.resolve.iter().map(rule).collect();
            command.arg(format!("--host-resolver-rules={}", rules.join(",")));
            // A proxy would resolve the name by itself.
            let hosts: Vec<&str> = options.resolve.iter().map(|(host, ..)| host.as_str()).collect();
            command.arg(format!("--proxy-bypass-list={}", hosts.join(";")));
        }
        if !options.trusted_keys.is_empty() {
            command.arg(format!("--ignore-certificate-errors-spki-list={}", options.trusted_keys.join(",")));
        }
        // Crash reports, fonts' caches and the socket of the single instance stay in the folder.
        for name in
            ["HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"]
        {
            command.env(name, path);
        }
        #[cfg(unix)]
        {
            // Ctrl-C of the terminal is for this program, which then closes the browser.
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
        }
        command.arg("about:blank").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = command.spawn().map_err(|error| {
            Failure::of_a_limit(&error).map_or_else(|| Start::Spawn(error.to_string()), Start::Limit)
        })?;
        let said = Arc::new(Mutex::new(String::new()));
        let mut read_on = Ok(());
        if let Some(mut stderr) = process.stderr.take() {
            let said = Arc::clone(&said);
            let read = std::thread::Builder::new().spawn(move || {
                let mut buffer = [0_u8; 4096];
                while let Ok(read @ 1..) = stderr.read(&mut buffer) {
                    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                    if said.len() < 64 * 1024 {
                        said.push_str(&String::from_utf8_lossy(&buffer[..read]));
                    }
                }
            });
            read_on = read.map(drop);
        }
        let watch = Watch::start(process.id(), path, held, &options.withheld);
        let mut browser = Self {
            process,
            folder: Some(folder),
            watch,
            address: String::new(),
            no_sandbox: options.no_sandbox,
        };
        read_on.map_err(|error| Start::Limit(Failure::no_thread(&error)))?;
        let port_file = profile.join("DevToolsActivePort");
        let began = Instant::now();
        loop {
            if let Some(address) = std::fs::read_to_string(&port_file).ok().as_deref().and_then(address) {
                browser.address = address;
                return Ok(browser);
            }
            let said = || said.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Ok(Some(_)) = browser.process.try_wait() {
                std::thread::sleep(Duration::from_millis(50));
                let said = said();
                let sandbox = said.to_ascii_lowercase().contains("sandbox");
                return Err(if sandbox { Start::NoSandbox } else { Start::Ended(last_line(&said)) });
            }
            if stop() {
                return Err(Start::Stopped);
            }
            if began.elapsed() > START {
                return Err(Start::Silent);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// A connection of its own.
    pub fn connect(&self) -> Result<Devtools, Failure> {
        Devtools::connect(&self.address)
    }

    /// Closes it over the protocol and removes its folder.
    pub fn close(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(folder) = self.folder.take() else { return };
        if !self.address.is_empty()
            && let Ok(mut devtools) = self.connect()
        {
            devtools.send(None, "Browser.close", &serde_json::json!({}));
        }
        let began = Instant::now();
        while !self.address.is_empty() && began.elapsed() < END {
            if let Ok(Some(_)) = self.process.try_wait() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill_all();
        let _ = self.process.kill();
        let _ = self.process.wait();
        self.watch.over();
        // Its helpers may write for a moment longer.
        let path = folder.keep();
        for _ in 0..100 {
            match std::fs::remove_dir_all(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                _ => break,
            }
        }
    }

    /// The browser's helpers are in its process group.
    #[cfg(unix)]
    fn kill_all(&self) {
        let group = i32::try_from(self.process.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(group) = group {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }

    #[cfg(not(unix))]
    fn kill_all(&self) {}
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.end();
    }
}

/// Whether this user cannot have Chromium's sandbox.
#[cfg(unix)]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether this user cannot have Chromium's sandbox.
#[cfg(not(unix))]
pub fn is_root() -> bool {
    false
}

/// Why it did not start.
enum Start {
    Folder(String),
    Limit(Failure),
    Spawn(String),
    Ended(String),
    NoSandbox,
    Silent,
    Stopped,
}

impl Start {
    fn failure(self, program: &Path) -> Failure {
        let program = program.display();
        let why = match self {
            Self::Folder(error) => {
                let zh = cause(&error).zh;
                return Failure::storage(both!(
                    "临时文件夹建不出来：{zh}",
                    "the temporary folder cannot be made: {error}"
                ));
            }
            Self::Limit(failure) => return failure,
            Self::Stopped => {
                return Failure::new(crate::failure::Kind::Interrupted, both!("已中断", "interrupted"));
            }
            Self::Spawn(error) | Self::Ended(error) => cause(&error),
            Self::NoSandbox => both!("沙箱启动不了", "its sandbox cannot start"),
            Self::Silent => both!("20 秒内没有应答", "no answer within 20 s"),
        };
        let (zh, en) = (why.zh, why.en);
        Failure::config(both!(
            "浏览器 `{program}` 启动失败：{zh}",
            "the browser `{program}` does not start: {en}"
        ))
        .hint("wecheck page --browser PATH URL")
    }
}

/// The WebSocket's address from the two lines of the port file.
fn address(file: &str) -> Option<String> {
    let (port, path) = file.trim_end().split_once('\n')?;
    let port: u16 = port.trim().parse().ok()?;
    Some(format!("ws://127.0.0.1:{port}{}", path.trim()))
}

fn rule((host, port, address): &(String, u16, std::net::IpAddr)) -> String {
    let address = match address {
        std::net::IpAddr::V4(address) => address.to_string(),
        std::net::IpAddr::V6(address) => format!("[{address}]"),
    };
    format!("MAP {host}:{port} {address}:{port}")
}

fn last_line(said: &str) -> String {
    said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it ended").trim().to_owned()
}

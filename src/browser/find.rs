//! Where a Chromium, Chrome or Edge is on this machine.
//!
//! In: what the flag, `CHROME_PATH` and `PATH` say. Out: the program, or the failure that says how to
//! get one.

use std::path::{Path, PathBuf};

use crate::both;
use crate::failure::Failure;

/// Where to look.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// `--browser`, or `CHROME_PATH`: nothing else is tried then.
    pub named: Option<PathBuf>,
    /// `PATH`.
    pub path: Option<std::ffi::OsString>,
    /// The home folder.
    pub home: Option<PathBuf>,
    /// `ProgramFiles`, `ProgramFiles(x86)`, `LocalAppData`.
    pub program_folders: Vec<PathBuf>,
}

const NAMES: [&str; 9] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
    "msedge",
    "headless_shell",
];

const MAC: [&str; 3] = [
    "Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "Applications/Chromium.app/Contents/MacOS/Chromium",
    "Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];

const WINDOWS: [&str; 3] = [
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
];

/// The first that is there.
pub fn find(places: &Places) -> Result<PathBuf, Failure> {
    if let Some(named) = &places.named {
        if named.is_file() {
            return Ok(named.clone());
        }
        let path = named.display();
        return Err(Failure::config(both!("没有浏览器 `{path}`", "there is no browser at `{path}`"))
            .hint(how_to_get_one()));
    }
    let on_path = places.path.iter().flat_map(std::env::split_paths);
    let on_path: Vec<PathBuf> = on_path.collect();
    let named = NAMES.iter().flat_map(|name| {
        on_path.iter().flat_map(move |folder| [folder.join(name), folder.join(format!("{name}.exe"))])
    });
    let roots = [Some(PathBuf::from("/")), places.home.clone()];
    let mac = roots.iter().flatten().flat_map(|root| MAC.iter().map(|app| root.join(app)));
    let windows = places.program_folders.iter().flat_map(|folder| WINDOWS.iter().map(|app| folder.join(app)));
    let snap = Path::new("/snap/bin/chromium").to_path_buf();
    let mut all = named.chain(mac).chain(windows).chain([snap]);
    all.find(|path| path.is_file()).ok_or_else(|| {
        Failure::config(both!(
            "这台机器上没有找到 Chromium、Chrome 或 Edge",
            "no Chromium, Chrome or Edge was found on this machine"
        ))
        .hint(how_to_get_one())
    })
}

fn how_to_get_one() -> crate::lang::Both {
    both!(
        "apt-get install chromium（macOS：brew install --cask chromium），或用 --browser PATH、CHROME_PATH 指定",
        "apt-get install chromium (macOS: brew install --cask chromium), or name one by --browser PATH or CHROME_PATH"
    )
}

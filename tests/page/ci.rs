//! The jobs of examples/ci, run: what they tell a shell to do, with the binary, a site under test and an API of
//! this machine. They pass with a site that signs rightly and fail with one that does not.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::harness::{Home, path};
use crate::site::{Signed, Site, WX, html};
use crate::upstream_server::{Server as Upstream, wechat};

const TICKET: &str = "ticket-of-this-job-0123456789abcdef";

/// The site under test; `wrongly` signs http for https, as behind a proxy.
fn site(wrongly: bool) -> Site {
    Site::start(move |ask| match ask.path() {
        "/api/sign" => {
            let url = if wrongly { ask.url().replace("http:", "https:") } else { ask.url() };
            Signed { ticket: TICKET.to_owned(), ..Signed::of(&url) }.answer()
        }
        // On iOS the address first opened is signed, on every route.
        _ => html(&format!(
            "{WX}<script>const first = here();
             const start = () => configure({{}}, window.__wxjs_is_wkwebview ? first : here());
             addEventListener('popstate', start); start();</script>"
        )),
    })
}

fn example(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ci").join(name))
        .expect("the example")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The texts of a key in YAML: on its line, as a block (`|`, `>`), or a list of either.
fn scripts(yaml: &str, key: &str) -> Vec<String> {
    let lines: Vec<&str> = yaml.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(rest) = line.trim_start().trim_start_matches("- ").strip_prefix(&format!("{key}:")) else {
            continue;
        };
        let depth = line.find(key).expect("the key");
        let inner: Vec<&str> = lines[at + 1..]
            .iter()
            .take_while(|line| line.trim().is_empty() || indent(line) > depth)
            .copied()
            .collect();
        let joined =
            |lines: &[&str], by: &str| lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(by);
        match rest.trim() {
            "|" => found.push(joined(&inner, "\n")),
            ">" => found.push(joined(&inner, " ")),
            "" => {
                for line in inner {
                    if let Some(item) = line.trim().strip_prefix("- ") {
                        found.push(item.to_owned());
                    } else if let Some(last) = found.last_mut() {
                        *last = format!("{last} {}", line.trim());
                    }
                }
            }
            text => found.push(text.to_owned()),
        }
    }
    found
}

/// The scripts of `sh` steps in a Jenkinsfile.
fn steps(jenkinsfile: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = jenkinsfile;
    while let Some(at) = rest.find("sh '") {
        rest = &rest[at + 3..];
        let quotes = if rest.starts_with("'''") { "'''" } else { "'" };
        rest = &rest[quotes.len()..];
        let end = rest.find(quotes).expect("an end");
        found.push(rest[..end].trim().to_owned());
        rest = &rest[end + quotes.len()..];
    }
    found
}

/// A runner: what a job installs is there already, and `npm start` is the site under test.
struct Runner {
    home: Home,
    port: u16,
    api: String,
}

impl Runner {
    fn new(site: &Site, upstream: &Upstream) -> Self {
        let home = Home::new();
        let programs = home.path().join("bin");
        fs::create_dir(&programs).expect("a folder");
        symlink(env!("CARGO_BIN_EXE_wecheck"), programs.join("wecheck")).expect("the program");
        for (name, text) in [
            (
                "npm",
                "#!/bin/sh\n[ \"$1\" != start ] && exit 0\n[ \"$JSAPI_TICKET\" = \"$TEST_TICKET\" ] || exit 9\nexec sleep 120\n",
            ),
            ("apt-get", "#!/bin/sh\nexit 0\n"),
        ] {
            let file = programs.join(name);
            fs::write(&file, text).expect("a program");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("it is one");
        }
        Self { home, port: site.port, api: upstream.base() }
    }

    /// Runs a script as the runner's shell does, with the variables of its env file.
    fn run(&self, shell: &[&str], script: &str) -> Output {
        let folder = self.home.path();
        let mut paths = vec![folder.join("bin")];
        paths.extend(std::env::split_paths(&path()));
        let mut command = Command::new(shell[0]);
        command
            .args(&shell[1..])
            .arg("-c")
            // The port is one that is free here.
            .arg(script.replace(":8080", &format!(":{}", self.port)))
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::join_paths(paths).expect("a path"))
            .env("HOME", folder)
            .env("TEST_TICKET", TICKET)
            .env("GITHUB_ENV", folder.join("github.env"))
            .env("WECHECK_PLATFORM", "mp")
            .env("WECHECK_APPID", "wx0123456789abcdef")
            .env("WECHECK_SECRET", "SECRET-0123456789")
            .env("WECHECK_API_BASE", &self.api)
            .stdin(Stdio::null());
        // Read literally, as GitHub does.
        for line in fs::read_to_string(folder.join("github.env")).unwrap_or_default().lines() {
            let (name, value) = line.split_once('=').expect("NAME=VALUE");
            assert!(!value.starts_with(['"', '\'']), "quotes are taken literally: {line}");
            command.env(name, value);
        }
        // What a script leaves in the background holds no pipe of this one.
        let (out, err) = (folder.join("out"), folder.join("err"));
        command
            .stdout(fs::File::create(&out).expect("a file"))
            .stderr(fs::File::create(&err).expect("a file"));
        let status = command.status().expect("a shell");
        Output { status, stdout: fs::read(out).expect("output"), stderr: fs::read(err).expect("output") }
    }

    /// Runs scripts one after the other until one fails; which one did, with what it said.
    fn run_all(&self, shell: &[&str], scripts: &[String]) -> Option<(usize, String)> {
        scripts.iter().enumerate().find_map(|(at, script)| {
            let done = self.run(shell, script);
            let said = [done.stdout, done.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
            (!done.status.success()).then(|| (at, format!("{script}\n{}", said.join("\n"))))
        })
    }
}

/// Ends what the jobs left running: `npm start` of a runner that is thrown away.
impl Drop for Runner {
    fn drop(&mut self) {
        let folder = self.home.path().to_string_lossy().into_owned();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let in_folder = fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(&folder));
            if let Some(pid) = entry.file_name().to_str().filter(|_| in_folder) {
                let _ = Command::new("kill").args(["-KILL", pid]).status();
            }
        }
    }
}

const BASH: [&str; 5] = ["bash", "--noprofile", "--norc", "-eo", "pipefail"];

/// The scripts, and the shell that runs them: each alone, or all in one.
fn jobs() -> Vec<(&'static str, Vec<String>, &'static [&'static str])> {
    let github = scripts(&example("github-actions.yml"), "run");
    assert_eq!(github.len(), 8, "{github:#?}");
    let gitlab = example("gitlab-ci.yml");
    let (page, payload) = gitlab.split_once("# A payload").expect("two jobs");
    let before = scripts(page, "before_script");
    let script = scripts(page, "script");
    assert_eq!((before.len(), script.len()), (4, 3), "{before:#?} {script:#?}");
    let page = [before, script].concat().join("\n");
    let payload = scripts(payload, "script").join("\n");
    let jenkins = steps(&example("Jenkinsfile"));
    assert_eq!(jenkins.len(), 4, "{jenkins:#?}");
    vec![
        ("github", github, &BASH),
        ("gitlab", vec![page, payload], &BASH),
        ("jenkins", jenkins, &["sh", "-xe"]),
    ]
}

#[test]
#[ignore = "needs chromium"]
fn the_jobs_pass_with_a_site_that_signs_rightly() {
    let (site, upstream) = (site(false), Upstream::start(wechat));
    for (name, scripts, shell) in jobs() {
        let runner = Runner::new(&site, &upstream);
        let failed = runner.run_all(shell, &scripts);
        assert!(failed.is_none(), "{name}: {failed:#?}");
        let file = |name: &str| fs::read_to_string(runner.home.path().join(name)).unwrap_or_default();
        assert!(file("page.json").contains("\"verdict\": \"fits\""), "{name}: {}", file("page.json"));
        let payload = [file("github.env"), file("payload.env"), file("payload.sh")].concat();
        assert!(payload.contains("WX_SIGNATURE="), "{name}: {payload}");
    }
}

#[test]
#[ignore = "needs chromium"]
fn the_jobs_fail_with_a_site_that_signs_wrongly() {
    let (site, upstream) = (site(true), Upstream::start(wechat));
    for (name, scripts, shell) in jobs() {
        let runner = Runner::new(&site, &upstream);
        let (_, said) = runner.run_all(shell, &scripts).unwrap_or_else(|| panic!("{name} passes"));
        assert!(said.contains("wecheck page"), "{name}: {said}");
    }
}

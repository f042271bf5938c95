//! What disks, clocks, modes and kills do to the cache (F-12, F-06, F-10, F-31 to F-42). Rows
//! about modes and owners run the binary as `nobody`, since root ignores them.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::harness::{Done, Home, Run, amount, binary};
use crate::tokens::{shop, together};
use crate::upstream_server::{Call, Server, json, wechat};

/// Debian's `nobody`.
const NOBODY: u32 = 65_534;

pub fn folder(home: &Home) -> PathBuf {
    home.path().join(".cache/wecheck/v1")
}

/// The one file of this home's cache that ends so.
pub fn file(home: &Home, end: &str) -> PathBuf {
    let found: Vec<PathBuf> = names(home)
        .into_iter()
        .filter(|name| name.ends_with(end))
        .map(|name| folder(home).join(name))
        .collect();
    assert_eq!(found.len(), 1, "{end}: {found:?}");
    found[0].clone()
}

fn names(home: &Home) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder(home))
        .expect("the cache")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

pub fn mode(path: &Path) -> u32 {
    path.symlink_metadata().expect("it is there").mode() & 0o7777
}

pub fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("chmod");
}

/// The binary where any user can reach it.
fn shared_binary() -> &'static Path {
    static COPY: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = COPY.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        set_mode(folder.path(), 0o755);
        let path = folder.path().join("wecheck");
        std::fs::copy(binary(), &path).expect("it is copied");
        set_mode(&path, 0o755);
        (folder, path)
    });
    path
}

/// Gives a whole home to `nobody`.
pub fn give_to_other_user(home: &Home) {
    fn walk(path: &Path) {
        std::os::unix::fs::lchown(path, Some(NOBODY), Some(NOBODY)).expect("chown: these tests run as root");
        if path.is_dir() && !path.is_symlink() {
            std::fs::read_dir(path)
                .expect("readable")
                .for_each(|entry| walk(&entry.expect("an entry").path()));
        }
    }
    walk(home.path());
    set_mode(home.path(), 0o755);
}

/// A run as `nobody`, through `sh` so that a umask or a limit can be set before it.
pub fn as_other_user(run: &Run, before: &str) -> Done {
    Done::from(unprivileged(run, before).output().expect("setpriv is there"))
}

/// The command of [`as_other_user`].
pub fn unprivileged(run: &Run, before: &str) -> Command {
    let wecheck = run.command();
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c"])
        .arg(format!("{before} exec \"$0\" \"$@\""))
        .arg(shared_binary())
        .args(wecheck.get_args())
        .current_dir("/")
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::null());
    for (name, value) in wecheck.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command
}

#[test]
fn f12_a_late_answer_does_not_overwrite_a_newer_one() {
    let server = Server::start(|call: &Call| {
        wechat(call).after(Duration::from_millis(if call.before == 0 { 1_500 } else { 10 }))
    });
    let home = shop(&server);
    let slow = home.run(["token"]).spawn();
    let began = Instant::now();
    while server.calls().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10), "it asks");
        std::thread::sleep(Duration::from_millis(10));
    }
    // As if someone had cleaned up: the lock that is held is on no name any more.
    std::fs::remove_file(file(&home, ".lock")).expect("it goes");
    let quick = home.run(["token"]).done();
    assert_eq!(quick.stdout, "TOKEN-2-of-wx0123456789abcdef\n", "{quick}");
    let slow = Done::from(slow.wait_with_output().expect("it ends"));
    assert_eq!(slow.stdout, quick.stdout, "{slow}");
    assert_eq!(home.run(["token"]).done().stdout, quick.stdout);
}

#[test]
fn f12_a_late_answer_does_not_take_the_place_of_one_that_is_on_its_way() {
    let server = Server::start(|call: &Call| {
        wechat(call).after(Duration::from_millis(if call.before == 0 { 700 } else { 1_600 }))
    });
    let home = shop(&server);
    let asked = |calls: usize| {
        let began = Instant::now();
        while server.calls().len() < calls {
            assert!(began.elapsed() < Duration::from_secs(10), "it asks");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let first = home.run(["token"]).spawn();
    asked(1);
    std::fs::remove_file(file(&home, ".lock")).expect("it goes");
    let second = home.run(["token"]).spawn();
    asked(2);
    // The first answer comes first, and is the older one all the same.
    for child in [second, first] {
        let done = Done::from(child.wait_with_output().expect("it ends"));
        assert_eq!(done.stdout, "TOKEN-2-of-wx0123456789abcdef\n", "{done}");
    }
    assert_eq!(home.run(["token"]).done().stdout, "TOKEN-2-of-wx0123456789abcdef\n");
    assert_eq!(server.calls().len(), 2);
}

#[test]
fn a_cache_that_is_removed_under_a_fetch_holds_its_answer_all_the_same() {
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(600)));
    let home = shop(&server);
    let fetching = home.run(["token"]).spawn();
    let began = Instant::now();
    while server.calls().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10), "it asks");
        std::thread::sleep(Duration::from_millis(10));
    }
    std::fs::remove_dir_all(home.path().join(".cache")).expect("it goes");
    let done = Done::from(fetching.wait_with_output().expect("it ends"));
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{done}");
    assert_eq!(home.run(["token"]).done().stdout, done.stdout);
    assert_eq!(server.calls().len(), 1);
}

#[test]
fn f06_an_old_stray_goes_and_a_young_one_stays() {
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    let (old, young) = (folder(&home).join("0.old.tmp"), folder(&home).join("0.young.tmp"));
    for path in [&old, &young] {
        std::fs::write(path, "half").expect("written");
    }
    let two_hours_ago =
        young.metadata().and_then(|meta| meta.modified()).expect("a time") - Duration::from_hours(2);
    std::fs::File::options()
        .write(true)
        .open(&old)
        .expect("open")
        .set_modified(two_hours_ago)
        .expect("utimes");
    assert_eq!(home.run(["ticket"]).done().code, 0);
    assert!(!old.exists() && young.exists());
}

/// Kills at random moments.
#[test]
fn f10_random_kills_leave_a_cache_that_parses_and_no_lock() {
    let kills = amount("WECHECK_TEST_KILLS", 60);
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(30)));
    let home = shop(&server);
    let mut running: std::collections::VecDeque<std::process::Child> = std::collections::VecDeque::new();
    let (mut seed, mut killed) = (0x9e37_79b9_u64, 0);
    while killed < kills {
        while running.len() < 16 {
            // Refreshing, so that there is always something being written.
            running.push_back(home.run(["ticket", "--refresh"]).spawn());
        }
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        std::thread::sleep(Duration::from_millis((seed >> 33) % 25));
        let at = usize::try_from(seed >> 40).expect("it fits") % running.len();
        let mut child = running.remove(at).expect("one of them");
        child.kill().expect("killed");
        child.wait().expect("it ends");
        killed += 1;
        if let Some(mut done) = running.pop_front() {
            done.wait().expect("it ends");
        }
    }
    for mut child in running {
        child.wait().expect("it ends");
    }
    let began = Instant::now();
    let done = home.run(["ticket"]).done();
    assert_eq!(done.code, 0, "{done}");
    assert!(began.elapsed() < Duration::from_secs(3), "no stuck lock");
    assert!(!done.stderr.contains("corrupt"), "nothing half: {done}");
    let list = home.run(["cache", "list", "--json"]).done().json();
    assert_eq!(list["entries"].as_array().map(Vec::len), Some(2), "{list}");
}

/// Kills at random moments of a cold cache: all who were not killed are served, and soon.
#[test]
fn f10_waiters_are_served_when_any_is_killed() {
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(150)));
    let mut seed = 0x9e37_79b9_u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    // Three kills a round.
    for round in 0..amount("WECHECK_TEST_KILLS", 30) / 3 {
        let home = shop(&server);
        let before = server.calls().len();
        let mut running: Vec<std::process::Child> = (0..12).map(|_| home.run(["ticket"]).spawn()).collect();
        for _ in 0..3 {
            std::thread::sleep(Duration::from_millis(random(200)));
            let at = usize::try_from(random(running.len() as u64)).expect("it fits");
            let mut child = running.swap_remove(at);
            child.kill().expect("it is killed");
            child.wait().expect("it ends");
        }
        let killed = Instant::now();
        let mut tickets = Vec::new();
        for child in running {
            let done = Done::from(child.wait_with_output().expect("it ends"));
            assert!(done.code == 0 && done.stdout.starts_with("TICKET-jsapi-"), "round {round}: {done}");
            tickets.push(done.stdout);
        }
        tickets.dedup();
        assert_eq!(tickets.len(), 1, "round {round}: the same for all: {tickets:?}");
        assert!(killed.elapsed() < Duration::from_secs(5), "round {round}: {:?}", killed.elapsed());
        assert_eq!(home.run(["ticket"]).done().stdout, tickets[0], "round {round}");
        // A token, a ticket; a kill costs the request in flight, and no other.
        let calls = server.calls().len() - before;
        assert!((2..=5).contains(&calls), "round {round}: {calls} calls");
    }
}

#[test]
fn f31_a_full_disk_costs_a_warning_and_no_old_value() {
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(home.run(["ticket"]).done().code, 0);
    let stored = || -> Vec<(String, Vec<u8>)> {
        let values = names(&home).into_iter().filter(|name| !name.contains(".lock"));
        values.map(|name| (name.clone(), std::fs::read(folder(&home).join(&name)).expect("there"))).collect()
    };
    let before = stored();
    let wecheck = home.run(["ticket", "--refresh"]).command();
    // Full before the first byte, and in the middle of the file.
    for (n, limit) in [(2, "--fsize=0"), (3, "--fsize=100")] {
        let mut limited = Command::new("prlimit");
        limited.arg(limit).arg(binary()).args(wecheck.get_args()).env_clear();
        for (name, value) in wecheck.get_envs() {
            limited.env(name, value.unwrap_or_default());
        }
        let done = Done::from(limited.output().expect("prlimit is there"));
        assert_eq!((done.code, done.stdout), (0, format!("TICKET-jsapi-{n}-0123456789\n")), "{limit}");
        assert_eq!(done.stderr.lines().count(), 1, "one warning: {}", done.stderr);
        assert!(done.stderr.starts_with("warning: fetched, but not stored: "), "{}", done.stderr);
        assert!(stored() == before, "{limit}: byte for byte as before, and nothing besides");
    }
    assert_eq!(home.run(["ticket"]).done().stdout, "TICKET-jsapi-1-0123456789\n");
    let done = home.run(["ticket", "--refresh"]).done();
    assert_eq!(done.stderr, "", "and then it is well again");
    assert_eq!(home.run(["ticket"]).done().stdout, done.stdout);
}

#[test]
fn a_reader_finds_a_whole_value_at_every_moment_of_a_refresh() {
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    let token = file(&home, ".value");
    assert_eq!(home.run(["ticket"]).done().code, 0);
    let ticket = names(&home)
        .into_iter()
        .map(|name| folder(&home).join(name))
        .find(|path| path.extension().is_some_and(|end| end == "value") && *path != token)
        .expect("the ticket's");
    std::thread::scope(|scope| {
        let refreshing = scope.spawn(|| {
            for _ in 0..15 {
                assert_eq!(home.run(["ticket", "--refresh"]).done().code, 0);
            }
        });
        let mut reads = 0;
        while !refreshing.is_finished() {
            let text = std::fs::read_to_string(&ticket).expect("never a gap");
            assert!(is_whole(&text), "never half: {text:?}");
            reads += 1;
        }
        assert!(reads > 1_000, "{reads}");
    });
}

fn is_whole(text: &str) -> bool {
    use sha2::Digest;
    let Some((head, json)) = text.split_once('\n') else { return false };
    head.ends_with(&hex::encode(sha2::Sha256::digest(json.as_bytes())))
}

#[test]
#[ignore = "needs root"]
fn f32_without_a_cache_it_works_and_says_what_that_means() {
    let server = Server::start(wechat);
    let home = shop(&server);
    give_to_other_user(&home);
    set_mode(home.path(), 0o555);
    let done = as_other_user(&home.run(["token"]), "");
    assert_eq!((done.code, done.stdout.as_str()), (0, "TOKEN-1-of-wx0123456789abcdef\n"), "{done}");
    assert_eq!(done.stderr.lines().count(), 1, "{done}");
    assert!(done.stderr.contains("every process asks the server for itself"), "{done}");
    set_mode(home.path(), 0o755);
    // A folder of another user, and a home that is not there.
    std::fs::create_dir_all(home.path().join(".cache/wecheck/v1")).expect("made by root");
    let done = as_other_user(&home.run(["token"]), "");
    assert!(done.code == 0 && done.stderr.contains("every process asks"), "{done}");
    let config = home.path().join(".config/wecheck/config.toml");
    let done =
        as_other_user(&home.run(["token"]).var("HOME", "/no/such/home").var("WECHECK_CONFIG", config), "");
    assert!(done.code == 0 && done.stderr.contains("every process asks"), "{done}");
}

#[test]
#[ignore = "needs root"]
fn f32_a_hundred_without_a_cache_are_all_served_and_each_says_why() {
    let server = Server::start(|call: &Call| wechat(call).after(Duration::from_millis(50)));
    let home = shop(&server);
    give_to_other_user(&home);
    set_mode(home.path(), 0o555);
    let done: Vec<Done> = std::thread::scope(|scope| {
        let running: Vec<_> =
            (0..100).map(|_| scope.spawn(|| as_other_user(&home.run(["token"]), ""))).collect();
        running.into_iter().map(|one| one.join().expect("no panic")).collect()
    });
    for one in &done {
        assert!(one.code == 0 && one.stdout.starts_with("TOKEN-"), "{one}");
        let warnings: Vec<&str> = one.stderr.lines().filter(|line| line.starts_with("warning: ")).collect();
        assert_eq!(warnings.len(), 1, "{one}");
        assert!(warnings[0].ends_with("without it every process asks the server for itself"), "{one}");
    }
    assert_eq!(server.calls().len(), 100, "as it says");
}

/// strace changes what the kernel says of the file system: its magic number comes first.
#[test]
#[ignore = "needs strace"]
fn f39_a_network_file_system_is_warned_of_before_a_fetch() {
    let server = Server::start(wechat);
    let on = |home: &Home, magic: &str, args: &[&str]| {
        let wecheck = home.run(args).command();
        let mut strace = Command::new("strace");
        strace.args(["-f", "-o"]).arg(home.path().join("trace"));
        strace.args(["-e", "trace=statfs", "-e", &format!("inject=statfs:poke_exit=@arg2={magic}00000000")]);
        strace.arg(binary()).args(wecheck.get_args()).env_clear();
        for (name, value) in wecheck.get_envs() {
            strace.env(name, value.unwrap_or_default());
        }
        Done::from(strace.output().expect("strace is there: apt-get install strace (tests/run does)"))
    };
    for (magic, name) in [
        ("69690000", "NFS"),
        ("424d53ff", "SMB"),
        ("424d53fe", "SMB"),
        ("97190201", "9p"),
        ("46557365", "FUSE"),
    ] {
        let home = shop(&server);
        // Cold: the folder that it speaks of is not made yet.
        let done = on(&home, magic, &["token"]);
        assert_eq!(
            (done.code, done.stderr.clone()),
            (
                0,
                format!(
                    "warning: the cache folder is on {name}, where locks between machines may not hold; \
                     to share it, use a Redis: WECHECK_CACHE_URL\n"
                )
            ),
            "{done}"
        );
        assert_eq!(on(&home, magic, &["token"]).stderr, "", "reading needs no lock");
        let done = on(&home, magic, &["ticket", "--lang", "zh"]);
        assert!(done.stderr.starts_with(&format!("警告：缓存目录在 {name} 上，")), "{done}");
    }
    let done = on(&shop(&server), "ef530000", &["token"]);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""), "ext4: {done}");
}

#[test]
fn f33_what_is_in_a_values_place_is_set_aside_and_fetched_again() {
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    let path = file(&home, ".value");
    let whole = std::fs::read(&path).expect("stored");
    let other = {
        let other = Home::new();
        other.config(&format!(
            "[profile.x]\nplatform = \"mp\"\nappid = \"wx9\"\nsecret = \"s\"\napi_base = \"{}\"\n",
            server.base()
        ));
        assert_eq!(other.run(["token"]).done().code, 0);
        std::fs::read(file(&other, ".value")).expect("stored")
    };
    let remove = |path: &Path| {
        if path.is_dir() && !path.is_symlink() {
            std::fs::remove_dir_all(path)
        } else {
            std::fs::remove_file(path)
        }
        .expect("gone");
    };
    let text = String::from_utf8(whole.clone()).expect("text");
    let mut flipped = whole.clone();
    flipped[200] ^= 1;
    let contents: Vec<(&str, Vec<u8>)> = vec![
        ("zero length", Vec::new()),
        ("cut", whole[..whole.len() / 2].to_vec()),
        ("cut by one", whole[..whole.len() - 1].to_vec()),
        ("one bit", flipped),
        ("junk behind", [&whole[..], b"x"].concat()),
        ("16 MiB", vec![b'x'; 16 << 20]),
        ("version 0", text.replacen("wecheck 1", "wecheck 0", 1).into_bytes()),
        ("version 999", text.replacen("wecheck 1", "wecheck 999", 1).into_bytes()),
        ("another app's", other),
    ];
    for (what, content) in contents {
        std::fs::write(&path, content).expect("written");
        set_mode(&path, 0o600);
        recovers(&home, &server, what);
    }
    remove(&path);
    std::fs::create_dir(&path).expect("a folder");
    std::fs::write(path.join("x"), "").expect("not empty");
    recovers(&home, &server, "a folder");
    remove(&path);
    assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo is there").success());
    recovers(&home, &server, "a pipe");
    // A folder again, now that the place for what is set aside is taken.
    remove(&path);
    std::fs::create_dir(&path).expect("a folder");
    recovers(&home, &server, "a folder over a file");
    let target = home.file("target", "not ours");
    for (what, link) in [("a link", target.clone()), ("a dangling link", home.path().join("nowhere"))] {
        remove(&path);
        symlink(link, &path).expect("a link");
        recovers(&home, &server, what);
    }
    remove(&path);
    std::fs::hard_link(&target, &path).expect("a second name");
    recovers(&home, &server, "a second name");
    assert_eq!(std::fs::read_to_string(&target).expect("there"), "not ours");
    let aside = names(&home).into_iter().filter(|name| name.contains("aside")).count();
    assert_eq!(aside, 1, "one is kept at most");
}

#[test]
#[ignore = "needs root"]
fn f33_a_device_in_a_values_place_is_set_aside() {
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    let path = file(&home, ".value");
    std::fs::remove_file(&path).expect("gone");
    let made = Command::new("mknod").arg(&path).args(["c", "1", "3"]).status();
    assert!(made.expect("mknod is there").success());
    recovers(&home, &server, "a device");
}

fn recovers(home: &Home, server: &Server, what: &str) {
    let before = server.calls().len();
    let done = home.run(["token"]).done();
    assert_eq!(done.code, 0, "{what}: {done}");
    assert!(done.stderr.starts_with("note: the cached token was corrupt ("), "{what}: {done}");
    assert_eq!(server.calls().len(), before + 1, "{what}");
    let again = home.run(["token"]).done();
    assert_eq!((again.stdout, again.stderr.as_str()), (done.stdout, ""), "{what}");
    assert_eq!(server.calls().len(), before + 1, "{what}");
}

#[test]
fn f36_no_link_is_followed() {
    let server = Server::start(wechat);
    let home = shop(&server);
    let elsewhere = Home::new();
    std::fs::create_dir_all(home.path().join(".cache")).expect("a folder");
    let link = home.path().join(".cache/wecheck");
    symlink(elsewhere.path(), &link).expect("a link");
    let done = home.run(["token"]).done();
    assert_eq!(done.code, 0, "{done}");
    assert!(done.stderr.contains("it is a link or a file, not a folder"), "{done}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).expect("there").count(), 0, "nothing is put there");
    assert_eq!(home.run(["cache", "list"]).done().code, 6);
    std::fs::remove_file(&link).expect("gone");
    // The folder within.
    std::fs::create_dir(&link).expect("a folder");
    symlink(elsewhere.path(), link.join("v1")).expect("a link");
    assert!(home.run(["token"]).done().stderr.contains("not a folder"));
    assert_eq!(std::fs::read_dir(elsewhere.path()).expect("there").count(), 0);
    std::fs::remove_file(link.join("v1")).expect("gone");
    // The lock.
    assert_eq!(home.run(["token"]).done().code, 0);
    std::fs::remove_file(file(&home, ".value")).expect("gone");
    let lock = file(&home, ".lock");
    std::fs::remove_file(&lock).expect("gone");
    let target = elsewhere.path().join("target");
    symlink(&target, &lock).expect("a link");
    let done = home.run(["token"]).done();
    assert!(done.code == 0 && done.stderr.contains("cannot be locked"), "{done}");
    assert!(!target.exists(), "nothing is made behind the link");
}

#[test]
#[ignore = "needs root"]
fn f37_a_readable_file_is_tightened_and_a_foreign_one_is_not_believed() {
    let server = Server::start(wechat);
    let home = shop(&server);
    give_to_other_user(&home);
    let run = |args: &[&str]| as_other_user(&home.run(args), "");
    let token = run(&["token"]).stdout;
    let path = file(&home, ".value");
    assert_eq!((mode(&path), mode(&folder(&home))), (0o600, 0o700));
    set_mode(&path, 0o644);
    let done = run(&["token"]);
    assert_eq!(done.stdout, token);
    assert_eq!(done.stderr, "note: a cache file was readable by others; its mode is 0600 now\n");
    assert_eq!(mode(&path), 0o600);
    std::os::unix::fs::chown(&path, Some(1), Some(1)).expect("chown");
    set_mode(&path, 0o666);
    let done = run(&["token"]);
    assert!(done.stderr.contains("not a plain file of this user's own"), "{done}");
    assert_eq!(server.calls().len(), 2);
}

#[test]
#[ignore = "needs root"]
fn f37_a_hard_link_lends_no_file_of_another_user_and_changes_none() {
    let server = Server::start(wechat);
    let home = shop(&server);
    give_to_other_user(&home);
    let run = |args: &[&str]| as_other_user(&home.run(args), "");
    let token = run(&["token"]).stdout;
    let (value, lock) = (file(&home, ".value"), file(&home, ".lock"));
    // Root's own, and readable by all: a value that would do, were it this user's.
    for (path, mode) in [(&value, 0o644), (&lock, 0o666)] {
        let others = home.path().join("others");
        std::fs::copy(path, &others).expect("copied");
        std::os::unix::fs::chown(&others, Some(0), Some(0)).expect("chown");
        set_mode(&others, mode);
        std::fs::remove_file(path).expect("gone");
        std::fs::hard_link(&others, path).expect("a link");
        let content = std::fs::read(&others).expect("there");
        let done = run(&["token", "--refresh"]);
        assert_eq!(done.code, 0, "{done}");
        assert!(done.stdout.starts_with("TOKEN-") && done.stdout != token, "{done}");
        assert!(!done.stderr.is_empty(), "it is said: {done}");
        let meta = others.metadata().expect("it is there");
        assert_eq!((meta.uid(), self::mode(&others)), (0, mode), "its owner and its mode stay");
        assert_eq!(std::fs::read(&others).expect("there"), content, "and what it holds");
        std::fs::remove_file(&others).expect("gone");
    }
}

#[test]
#[ignore = "needs root"]
fn f38_files_are_private_under_any_umask() {
    for umask in ["000", "777", "022"] {
        let server = Server::start(wechat);
        let home = shop(&server);
        give_to_other_user(&home);
        let done = as_other_user(&home.run(["ticket"]), &format!("umask {umask};"));
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{umask}: {done}");
        assert_eq!(mode(&folder(&home)), 0o700, "{umask}");
        assert_eq!(mode(&home.path().join(".cache/wecheck")), 0o700, "{umask}");
        for name in names(&home) {
            assert_eq!(mode(&folder(&home).join(&name)), 0o600, "{umask} {name}");
        }
        assert_eq!(as_other_user(&home.run(["ticket"]), &format!("umask {umask};")).stdout, done.stdout);
        assert_eq!(server.counts(), (1, 1), "{umask}");
    }
}

#[test]
fn a_lock_file_stays_whatever_comes_of_the_fetch() {
    let server = Server::start(|call: &Call| if call.before == 1 { json("{}") } else { wechat(call) });
    let home = shop(&server);
    let mut inodes = Vec::new();
    for (args, code) in [
        (&["token"][..], 0),
        (&["ticket"], 4),
        (&["token", "--refresh"], 0),
        (&["cache", "clear"], 0),
        (&["token"], 0),
    ] {
        let done = home.run(args).done();
        assert_eq!(done.code, code, "{done}");
        let lock = names(&home).into_iter().find(|name| {
            name.contains(".lock") && (inodes.is_empty() || inodes.iter().any(|(known, _)| known == name))
        });
        let lock = lock.expect("it is there");
        inodes.push((lock.clone(), folder(&home).join(lock).metadata().expect("there").ino()));
    }
    assert!(
        inodes.iter().all(|inode| *inode == inodes[0]),
        "a lock on a deleted file locks no one out: {inodes:?}"
    );
}

#[test]
fn f41_ten_thousand_leftovers_slow_nothing() {
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(home.run(["token"]).done().code, 0);
    for n in 0..10_000 {
        std::fs::write(folder(&home).join(format!("{n:040}.lock")), "").expect("written");
    }
    let began = Instant::now();
    assert_eq!(home.run(["cache", "list"]).done().code, 0);
    assert_eq!(home.run(["cache", "clear", "--all", "--json"]).done().json()["cleared"], 1);
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    assert!(file(&home, &format!("{:040}.lock", 7)).exists(), "a lock file is never deleted");
}

#[test]
fn a_warm_read_opens_no_lock_and_writes_nothing() {
    let server = Server::start(wechat);
    let home = shop(&server);
    assert_eq!(home.run(["ticket"]).done().code, 0);
    for name in names(&home).iter().filter(|name| name.contains(".lock")) {
        std::fs::remove_file(folder(&home).join(name)).expect("gone");
    }
    let before: Vec<_> = names(&home);
    let changed = |home: &Home| folder(home).metadata().expect("there").modified().expect("a time");
    let at = changed(&home);
    let done = together((0..30).map(|_| home.run(["ticket"])));
    assert!(done.iter().all(|one| one.code == 0 && one.stdout == done[0].stdout));
    assert_eq!((names(&home), changed(&home)), (before, at), "no lock file is made again");
    assert_eq!(server.counts(), (1, 1));
}

#[test]
#[ignore = "needs strace"]
fn f03_strace_sees_no_lock_and_no_socket_on_a_warm_read() {
    let server = Server::start(wechat);
    let home = shop(&server);
    let traced = |args: &[&str]| {
        let wecheck = home.run(args).command();
        let trace = home.path().join("trace");
        let mut strace = Command::new("strace");
        strace.args(["-f", "-o"]).arg(&trace).arg(binary()).args(wecheck.get_args()).env_clear();
        for (name, value) in wecheck.get_envs() {
            strace.env(name, value.unwrap_or_default());
        }
        let done =
            Done::from(strace.output().expect("strace is there: apt-get install strace (tests/run does)"));
        assert_eq!(done.code, 0, "{done}");
        std::fs::read_to_string(trace).expect("a trace")
    };
    let cold = traced(&["ticket"]);
    let lines: Vec<&str> = cold.lines().collect();
    let renames: Vec<usize> = (0..lines.len()).filter(|n| lines[*n].contains("renameat")).collect();
    assert!(renames.len() >= 2, "a token and a ticket: {cold}");
    assert!(lines[..renames[0]].iter().any(|line| line.contains("flock(")));
    for renamed in renames {
        let born = lines[..renamed]
            .iter()
            .rposition(|line| line.contains("O_EXCL"))
            .expect("never written in place");
        let on_disk = |lines: &[&str]| lines.iter().position(|line| line.contains("fsync("));
        let before = &lines[born..renamed];
        let written = before.iter().position(|line| line.contains("write(")).expect("it is written");
        assert!(
            on_disk(before).is_some_and(|synced| synced > written),
            "on disk before it has its name: {before:?}"
        );
        assert!(on_disk(&lines[renamed..]).is_some(), "and its name too");
        assert!(!before.iter().any(|line| line.contains("chmod")), "private from its birth: {before:?}");
    }
    let warm = traced(&["ticket"]);
    for call in ["flock(", ".lock", "socket(", "fsync(", "clone(", "clone3("] {
        assert!(!warm.contains(call), "{call}");
    }
}

#[test]
fn an_old_value_serves_others_while_one_refreshes_it() {
    let server = Server::start(|call: &Call| {
        wechat(call).after(Duration::from_millis(if call.before == 0 { 0 } else { 1_500 }))
    });
    let home = Home::new();
    home.config(&format!(
        "[cache]\nrefresh_margin = 7300\n[profile.shop]\nplatform = \"mp\"\nappid = \"wx0\"\nsecret = \"s\"\napi_base = \"{}\"\n",
        server.base()
    ));
    assert_eq!(home.run(["token"]).done().code, 0);
    // Older than the half minute in which a short-lived one is not asked for again.
    let path = file(&home, ".value");
    rewrite(&path, |entry| entry["issued_at"] = (entry["issued_at"].as_u64().expect("a time") - 100).into());
    let refreshing = home.run(["token"]).spawn();
    let began = Instant::now();
    while server.calls().len() < 2 {
        assert!(began.elapsed() < Duration::from_secs(10), "it asks");
        std::thread::sleep(Duration::from_millis(10));
    }
    let began = Instant::now();
    let done = together((0..10).map(|_| home.run(["token"])));
    assert!(began.elapsed() < Duration::from_millis(1_200), "no one waits: {:?}", began.elapsed());
    assert!(done.iter().all(|one| one.stdout == "TOKEN-1-of-wx0\n" && one.stderr.is_empty()), "{}", done[0]);
    assert_eq!(refreshing.wait_with_output().expect("it ends").stdout, b"TOKEN-2-of-wx0\n");
    assert_eq!(server.calls().len(), 2);
}

/// Changes a stored entry as another version of time would have written it.
fn rewrite(path: &Path, change: impl Fn(&mut serde_json::Value)) {
    use sha2::Digest;
    let text = std::fs::read_to_string(path).expect("stored");
    let (_, json) = text.split_once('\n').expect("two lines");
    let mut entry: serde_json::Value = serde_json::from_str(json).expect("JSON");
    change(&mut entry);
    let json = entry.to_string();
    let checksum = hex::encode(sha2::Sha256::digest(json.as_bytes()));
    std::fs::write(path, format!("wecheck 1 {checksum}\n{json}")).expect("written");
}

#[test]
fn f42_a_profile_name_is_not_a_path() {
    let home = Home::new();
    home.config("[profile.a]\nappid = \"wx0\"\nsecret = \"s\"\n");
    for name in ["../x", "/abs", "a/b", "..", ".", "", &"a".repeat(300), "a\nb", "a:b", "a ", "%2e%2e", "é"]
    {
        let done = home.run(["-p", name, "token"]).done();
        assert_eq!(done.code, 2, "{name:?}: {done}");
    }
}

#[test]
fn f07_a_signal_ends_a_wait_at_once_and_frees_the_lock() {
    let server = Server::start(|call: &Call| {
        wechat(call).after(Duration::from_millis(if call.before == 0 { 8_000 } else { 0 }))
    });
    let home = shop(&server);
    let holder = home.run(["token"]).spawn();
    let began = Instant::now();
    while server.calls().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10), "it asks");
        std::thread::sleep(Duration::from_millis(10));
    }
    let waiter = home.run(["token"]).spawn();
    std::thread::sleep(Duration::from_millis(500));
    for (child, signal, code) in [(waiter, "TERM", 143), (holder, "INT", 130)] {
        let began = Instant::now();
        let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
        let done = Done::from(child.wait_with_output().expect("it ends"));
        assert_eq!((done.code, done.stdout.as_str()), (code, ""), "{done}");
        assert!(began.elapsed() < Duration::from_millis(600), "{:?}", began.elapsed());
    }
    assert_eq!(server.calls().len(), 1);
    assert_eq!(home.run(["token"]).done().code, 0, "the lock is free");
}

//! Clocks that jump, and machines that sleep: the cache with a clock that the test sets.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use wecheck::cache::{Cache, Fetching, Freshness, Item, Key, Location, Origin, Request, Scope};
use wecheck::env::Clock;
use wecheck::platform::Platform;
use wecheck::secret::{Credential, Secret};

static LID: AtomicU64 = AtomicU64::new(1_700_000_000);

#[test]
fn f35_an_answer_that_lay_there_while_the_machine_slept_has_aged() {
    let folder = tempfile::tempdir().expect("a folder");
    let clock = || LID.load(Ordering::SeqCst);
    let cache = Cache::new(Location::Folder(folder.path().join("c")), Clock::new(clock), 300, |_| {});
    let key = Key { scope: Scope::new(Platform::Mp, "https://api.weixin.qq.com", "wx0"), item: Item::Token };
    let fetched_when_it_takes = |seconds: u64| {
        let mut fetched = false;
        let request = Request {
            key: &key,
            freshness: Freshness::Usable,
            before_fetch: &|| Ok("digest".to_owned()),
            offline: false,
            counted: true,
            automatic: false,
            until: Instant::now() + Duration::from_secs(15),
            on_wait: &|| {},
        };
        let served = cache.get_or_fetch(&request, &mut |_: Fetching| {
            fetched = true;
            LID.fetch_add(seconds, Ordering::SeqCst);
            Ok(Credential { value: Secret::new("T"), expires_in: Some(7_200), group_id: None })
        });
        (fetched, served.expect("a value").expires_at.expect("it is known").saturating_sub(clock()))
    };
    assert_eq!(fetched_when_it_takes(8 * 3_600), (true, 0), "its life is over");
    assert_eq!(fetched_when_it_takes(6_000), (true, 1_200), "it is asked for again, and ages too");
    assert_eq!(fetched_when_it_takes(0), (false, 1_200));
    LID.fetch_add(1_000, Ordering::SeqCst);
    assert_eq!(fetched_when_it_takes(10), (true, 7_200), "a slow answer is a good one");
}

static CLOCK: AtomicU64 = AtomicU64::new(0);

#[test]
fn f35_a_clock_that_jumps_costs_one_fetch() {
    const START: u64 = 1_700_000_000;
    let folder = tempfile::tempdir().expect("a folder");
    let cache = Cache::new(
        Location::Folder(folder.path().join("c")),
        Clock::new(|| CLOCK.load(Ordering::SeqCst)),
        300,
        |_| {},
    );
    let key = Key { scope: Scope::new(Platform::Mp, "https://api.weixin.qq.com", "wx0"), item: Item::Token };
    let fetches = AtomicU64::new(0);
    let get = || {
        let request = Request {
            key: &key,
            freshness: Freshness::Usable,
            before_fetch: &|| Ok("digest".to_owned()),
            offline: false,
            counted: true,
            automatic: false,
            until: Instant::now() + Duration::from_secs(15),
            on_wait: &|| {},
        };
        cache
            .get_or_fetch(&request, &mut |_: Fetching| {
                let n = fetches.fetch_add(1, Ordering::SeqCst);
                Ok(Credential {
                    value: Secret::new(format!("T{n}")),
                    expires_in: Some(7_200),
                    group_id: None,
                })
            })
            .expect("a value")
    };
    CLOCK.store(START, Ordering::SeqCst);
    assert_eq!(get().source, Origin::Upstream);
    let hour = 3_600;
    let day = 86_400;
    for (now, fetched) in [
        (START, false),
        (START + 6_899, false),
        // The margin is before the end, not after it.
        (START + 6_900, true),
        (START + 6_900 - 60, false),
        (START + 6_900 - hour, true),
        (START - day, true),
        (START + day, true),
        (0, true),
        (4_102_444_800, true),
        (u64::MAX / 2, true),
        (START, true),
    ] {
        CLOCK.store(now, Ordering::SeqCst);
        let before = fetches.load(Ordering::SeqCst);
        get();
        get();
        assert_eq!(fetches.load(Ordering::SeqCst) - before, u64::from(fetched), "at {now}");
    }
}

static JUMPS: AtomicU64 = AtomicU64::new(0);

/// One fetches while another waits for it, and the clock is set meanwhile.
#[test]
fn f35_a_clock_that_jumps_moves_no_deadline_and_costs_a_waiter_nothing() {
    const START: u64 = 1_700_000_000;
    for (now, most_fetches) in [(START - 86_400, 1), (0, 1), (START + 86_400, 2), (4_102_444_800, 2)] {
        JUMPS.store(START, Ordering::SeqCst);
        let folder = tempfile::tempdir().expect("a folder");
        let (fetches, took_to_give_up) = (AtomicU64::new(0), Duration::from_secs(1));
        let (held, holds) = std::sync::mpsc::channel();
        let ask = |until: Duration, fetched_in: Duration, held: Option<std::sync::mpsc::Sender<()>>| {
            let clock = Clock::new(|| JUMPS.load(Ordering::SeqCst));
            let cache = Cache::new(Location::Folder(folder.path().join("c")), clock, 300, |_| {});
            let key = Key {
                scope: Scope::new(Platform::Mp, "https://api.weixin.qq.com", "wx0"),
                item: Item::Token,
            };
            let request = Request {
                key: &key,
                freshness: Freshness::Usable,
                before_fetch: &|| Ok("digest".to_owned()),
                offline: false,
                counted: true,
                automatic: false,
                until: Instant::now() + until,
                on_wait: &|| {},
            };
            let began = Instant::now();
            let served = cache.get_or_fetch(&request, &mut |_: Fetching| {
                fetches.fetch_add(1, Ordering::SeqCst);
                if let Some(held) = &held {
                    held.send(()).expect("someone waits");
                }
                std::thread::sleep(fetched_in);
                Ok(Credential { value: Secret::new("T"), expires_in: Some(7_200), group_id: None })
            });
            (served, began.elapsed())
        };
        std::thread::scope(|scope| {
            let ask = &ask;
            let holder =
                scope.spawn(move || ask(Duration::from_secs(15), Duration::from_millis(2_500), Some(held)));
            holds.recv().expect("it fetches");
            let patient = scope.spawn(|| ask(Duration::from_secs(15), Duration::ZERO, None));
            let hasty = scope.spawn(|| ask(took_to_give_up, Duration::ZERO, None));
            std::thread::sleep(Duration::from_millis(300));
            JUMPS.store(now, Ordering::SeqCst);
            let (served, took) = hasty.join().expect("no panic");
            assert_eq!(served.err().map(|failure| failure.kind.exit_code()), Some(6), "{now}");
            assert!(took >= took_to_give_up && took < 2 * took_to_give_up, "{now}: {took:?}");
            let (served, took) = patient.join().expect("no panic");
            assert!(served.is_ok() && took < Duration::from_secs(5), "{now}: {took:?}");
            assert!(holder.join().expect("no panic").0.is_ok(), "{now}");
        });
        assert!(fetches.load(Ordering::SeqCst) <= most_fetches, "{now}: {fetches:?}");
    }
}

//! Completion in real shells: bash, zsh and fish in tmux, after `wecheck completions --install` on a fresh
//! home.

use crate::harness::Home;
use crate::tmux::Screen;

/// Each shell, and what is typed for a bare prompt.
const SHELLS: [(&str, &str); 3] =
    [("bash", "PS1='$ '"), ("zsh", "PS1='$ '"), ("fish", "function fish_prompt; echo '$ '; end")];

/// What is typed before Tab, and what the line is afterwards.
const COMPLETED: &[(&str, &str)] = &[
    ("wecheck domain-c", "wecheck domain-check"),
    ("wecheck --profile sho", "wecheck --profile shop"),
    ("wecheck token -p off", "wecheck token -p office"),
    ("wecheck faq invalid-sig", "wecheck faq invalid-signature"),
    ("wecheck callback send change_contact-create_u", "wecheck callback send change_contact-create_user"),
    ("wecheck errcode explain 5010", "wecheck errcode explain 50100"),
    ("wecheck sign --emit pay", "wecheck sign --emit payload"),
    ("wecheck verify zeb", "wecheck verify zebra.js"),
    ("wecheck verify --from zeb", "wecheck verify --from zebra.js"),
    ("wecheck callback verify --request reques", "wecheck callback verify --request request.log"),
    ("wecheck callback encrypt --body mess", "wecheck callback encrypt --body message.xml"),
    (
        "wecheck domain-check --verify-file N --write fold",
        "wecheck domain-check --verify-file N --write folder/",
    ),
];

/// What a Tab leaves as it is: no file is meant there.
const LEFT: &[&str] = &[
    "wecheck sign zeb",
    "wecheck faq zeb",
    "wecheck domain-check zeb",
    "wecheck verify --ticket zeb",
    "wecheck errcode search zeb",
    "wecheck callback probe zeb",
];

fn home() -> Home {
    let home = Home::new();
    home.config("[profile.shop]\nplatform = \"mp\"\n[profile.office]\nplatform = \"work\"\n");
    home.file("zebra.js", "wx.config({})\n");
    home.file("request.log", "GET /wx HTTP/1.1\n");
    home.file("message.xml", "<xml/>\n");
    home.file("folder/file", "");
    home
}

/// A shell that started in the home, and all that it said until its prompt.
fn started<'h>(home: &'h Home, (shell, prompt): (&str, &str), vars: &[(&str, &str)]) -> (Screen<'h>, String) {
    let screen = Screen::open(home, (100, 40), &[shell, "-i"], vars);
    screen.waits("a prompt", |shown| !shown.is_empty());
    screen.types(prompt);
    screen.presses(&["Enter"]);
    let said = screen.waits("the prompt", |shown| shown.lines().any(|line| line == "$"));
    screen.presses(&["C-l"]);
    screen.waits("a clear screen", |shown| shown == "$");
    (screen, said)
}

/// The line that is being edited.
fn line(shown: &str) -> &str {
    shown.lines().rfind(|line| line.starts_with("$ ")).map_or("", |line| line[2..].trim_end())
}

#[test]
#[ignore = "needs tmux, zsh and fish"]
fn real_shells_complete_after_one_line() {
    for (shell, prompt) in SHELLS {
        let home = home();
        let installed = home.run(["completions", shell, "--install"]).done();
        assert_eq!(installed.code, 0, "{installed}");
        let (screen, _) = started(&home, (shell, prompt), &[]);
        for (typed, becomes) in COMPLETED {
            screen.presses(&["C-u"]);
            screen.presses(&["C-l"]);
            screen.types(typed);
            screen.waits(typed, |shown| line(shown).starts_with(typed));
            screen.presses(&["Tab"]);
            screen.waits(&format!("{shell}: `{becomes}`"), |shown| line(shown) == *becomes);
        }
        for typed in LEFT {
            screen.presses(&["C-u"]);
            screen.presses(&["C-l"]);
            // The line before ends as this one will.
            screen.waits("an empty line", |shown| line(shown).is_empty());
            screen.types(typed);
            screen.presses(&["Tab"]);
            // A word typed after it shows that the Tab was answered.
            screen.types("@");
            let shown = screen.waits(typed, |shown| line(shown).ends_with('@'));
            assert_eq!(line(&shown), format!("{typed}@"), "{shell}: {shown}");
        }
    }
}

#[test]
#[ignore = "needs tmux, zsh and fish"]
fn a_shell_starts_quietly_when_the_binary_is_gone() {
    for (shell, prompt) in SHELLS {
        let home = home();
        assert_eq!(home.run(["completions", shell, "--install"]).done().code, 0);
        let (_screen, said) = started(&home, (shell, prompt), &[("PATH", "/usr/bin:/bin")]);
        assert!(!said.contains("wecheck") && !said.contains("not found"), "{shell}: {said}");
    }
}

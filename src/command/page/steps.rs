//! `--go` and `--click`, in the order in which they were typed: clap keeps that by index only.

use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches};

use crate::ops::page::Step;
use crate::rank::by_rank;

/// The steps.
#[derive(Clone, Debug, Default)]
pub struct Steps(pub Vec<Step>);

impl FromArgMatches for Steps {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut steps = Vec::new();
        for (id, step) in [("go", Step::Go as fn(String) -> Step), ("click", Step::Click)] {
            let places = matches.indices_of(id).into_iter().flatten();
            let texts = matches.get_many::<String>(id).into_iter().flatten();
            steps.extend(places.zip(texts).map(|(place, text)| (place, step(text.clone()))));
        }
        by_rank(&mut steps, |(place, _)| *place);
        Ok(Self(steps.into_iter().map(|(_, step)| step).collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl clap::Args for Steps {
    fn augment_args(command: Command) -> Command {
        command
            .arg(
                Arg::new("go")
                    .long("go")
                    .value_name("PATH")
                    .action(ArgAction::Append)
                    .help_heading("What a person does on the page")
                    .help("Then change the route to PATH, without a page load (repeatable, in order)"),
            )
            .arg(
                Arg::new("click")
                    .long("click")
                    .value_name("SELECTOR")
                    .action(ArgAction::Append)
                    .help_heading("What a person does on the page")
                    .help("Then click the first element of a CSS selector (repeatable, in order)"),
            )
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

//! The marketplace with one page more: `/fixed`, the homepage with three books for which nobody
//! is asked. `bench` compares the two.

use std::process::ExitCode;

use marketplace::{
    admission::{Admission, Full},
    config::Arguments,
    failure::Failure,
    observe::Trace,
    pages::Shelf,
    problem::Problem,
    query::{BadUser, CATEGORIES, User},
    server,
};
use recommendations_proto::BookRecommendation;

/// All that the homepage does but the call.
#[rocket::get("/fixed")]
async fn fixed(
    user: Result<User, BadUser>,
    slot: Result<Admission<'_>, Full>,
    _trace: Trace,
) -> Result<Shelf, Problem> {
    let user = user?;
    let Ok(_slot) = slot else {
        return Err(Problem::overloaded());
    };
    let titles = [
        "The Maltese Falcon",
        "Murder on the Orient Express",
        "The Hound of the Baskervilles",
    ];
    let books = (1..).zip(titles).map(|(id, title)| BookRecommendation {
        id,
        title: title.to_owned(),
    });
    Ok(Shelf::new(CATEGORIES[0], true, user, books.collect()))
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("fixed-shop: {failure}");
            failure.exit_code()
        }
    }
}

fn run() -> Result<(), Failure> {
    let Some(arguments) = Arguments::read()? else {
        return Ok(());
    };
    let _logging = telemetry::logging::init()?;
    server::run(arguments, rocket::routes![fixed])
}

//! What is asked, and what a right answer is: three different books of the right category, for
//! the reader who asked.

use std::{collections::BTreeMap, fs, io, path::PathBuf};

use http::StatusCode;
use integration::page::texts_of;
use serde::Deserialize;

use crate::{description::Service, http::Answer};

/// Readers that pages are asked for; none is the default one, whose number is 1.
const READERS: [Option<i32>; 4] = [None, Some(2), Some(77), Some(-3)];
/// Pages, and the category that each shows.
const PAGES: [(&str, &str); 4] = [
    ("/", "mystery"),
    ("/categories/mystery", "mystery"),
    ("/categories/science-fiction", "science-fiction"),
    ("/categories/self-help", "self-help"),
];

/// A page that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// Its address.
    pub path: String,
    category: &'static str,
    reader: i32,
}

impl Question {
    /// Every page for every reader.
    pub fn all() -> Vec<Self> {
        let of_page = |(path, category): (&str, &'static str)| {
            READERS.map(|reader| Self {
                path: match reader {
                    Some(reader) => format!("{path}?user={reader}"),
                    None => path.to_owned(),
                },
                category,
                reader: reader.unwrap_or(1),
            })
        };
        PAGES.into_iter().flat_map(of_page).collect()
    }
}

/// The catalogue cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("the description has no file catalogue for recommendations")]
    Unknown,
    #[error("{0}: {1}")]
    Read(PathBuf, io::Error),
    #[error("{0}: {1}")]
    Parse(PathBuf, serde_json::Error),
}

/// The titles that there are, by category.
#[derive(Debug)]
pub(super) struct Books(BTreeMap<String, Vec<String>>);

#[derive(Deserialize)]
struct Book {
    category: String,
    title: String,
}

impl Books {
    /// Those of the file that recommendations reads.
    pub fn of(recommendations: &Service) -> Result<Self, Error> {
        let file = recommendations
            .files
            .get("catalogue")
            .ok_or(Error::Unknown)?;
        let named = || file.source.clone();
        let json = fs::read(&file.source).map_err(|error| Error::Read(named(), error))?;
        let books: Vec<Book> =
            serde_json::from_slice(&json).map_err(|error| Error::Parse(named(), error))?;
        let mut shelves = BTreeMap::<_, Vec<_>>::new();
        for Book { category, title } in books {
            shelves.entry(category).or_default().push(title);
        }
        Ok(Self(shelves))
    }

    /// Nothing, or what is wrong with an answer to `question`.
    pub fn check(&self, question: &Question, answer: &Answer) -> Result<(), String> {
        if answer.status != StatusCode::OK {
            return Err(format!("status {}", answer.status));
        }
        let Ok(html) = std::str::from_utf8(&answer.body) else {
            return Err("the page is not UTF-8".to_owned());
        };
        let shown = texts_of(html, "li");
        let [first, second, third] = &shown[..] else {
            return Err(format!("{} books, expected three: {shown:?}", shown.len()));
        };
        if first == second || second == third || third == first {
            return Err(format!("a book twice: {shown:?}"));
        }
        let known = self.0.get(question.category);
        if let Some(title) = shown
            .iter()
            .find(|it| !known.is_some_and(|known| known.contains(it)))
        {
            return Err(format!(
                "{title:?} is not among the {} books",
                question.category
            ));
        }
        let reader = format!("reader {}.", question.reader);
        if !html.contains(&reader) {
            return Err(format!("the page is not for {reader:?}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn check(status: u16, titles: &[&str], footer: &str) -> Result<(), String> {
        let shelf = |titles: [&str; 4]| titles.map(str::to_owned).to_vec();
        let books = Books(BTreeMap::from([
            ("mystery".to_owned(), shelf(["A", "B", "C & D", "E"])),
            ("self-help".to_owned(), shelf(["F", "G", "H", "I"])),
        ]));
        let items: String = titles.iter().map(|it| format!("<li>{it}</li>")).collect();
        let page = format!("<ul>{items}</ul><footer>Chosen for {footer}</footer>");
        let question = &Question::all()[1];
        assert_eq!(question.path, "/?user=2");
        books.check(
            question,
            &Answer {
                status: StatusCode::from_u16(status).unwrap(),
                body: Bytes::from(page),
            },
        )
    }

    #[test]
    fn three_different_books_of_the_category_are_right() {
        check(200, &["A", "C &amp; D", "B"], "reader 2.").unwrap();
    }

    #[test]
    fn anything_else_is_wrong() {
        let cases: [(u16, &[&str], &str, &str); 6] = [
            (503, &["A", "B", "E"], "reader 2.", "status 503"),
            (200, &["A", "B"], "reader 2.", "2 books"),
            (200, &["A", "B", "E", "C"], "reader 2.", "4 books"),
            (200, &["A", "B", "A"], "reader 2.", "twice"),
            (
                200,
                &["A", "B", "F"],
                "reader 2.",
                "\"F\" is not among the mystery",
            ),
            (200, &["A", "B", "E"], "reader 22.", "not for \"reader 2.\""),
        ];
        for (status, titles, footer, expected) in cases {
            let error = check(status, titles, footer).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn every_page_is_asked_for_every_reader() {
        let all = Question::all();
        assert_eq!(all.len(), 16);
        let last = all.last().unwrap();
        assert_eq!(last.path, "/categories/self-help?user=-3");
        assert_eq!((last.category, last.reader), ("self-help", -3));
    }
}

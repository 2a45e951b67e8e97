//! The books that can be recommended: strict loading from JSON, and random samples of a category.

use std::{collections::BTreeMap, fs, io, path::Path};

use rand::{Rng, seq::index};
use recommendations_proto::{BookCategory, BookRecommendation};
use serde::Deserialize;

/// The catalogue that the program carries, for when no file is named.
const EMBEDDED: &[u8] = include_bytes!("../catalogue.json");

/// All books by category. They are kept in their wire form, so that answering is a clone.
#[derive(Debug)]
pub struct Catalogue {
    shelves: BTreeMap<BookCategory, Vec<BookRecommendation>>,
}

/// Why a catalogue cannot be used; one line that names the file, the place in it and the cause.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file cannot be read.
    #[error("catalogue {}: {source}", one_line(.file))]
    Read {
        /// The file as it was named.
        file: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is not JSON, or a value in it is not what the catalogue allows.
    #[error("catalogue {}: {}", one_line(.file), one_line(.source))]
    Parse {
        /// The file as it was named.
        file: String,
        /// The cause, with line and column.
        source: serde_json::Error,
    },
    /// Each book is right by itself, but two of them have one id.
    #[error("catalogue {}: book {second}: id {id} is already taken by book {first}", one_line(.file))]
    RepeatedId {
        /// The file as it was named.
        file: String,
        /// The id that both have.
        id: i32,
        /// The first book that has it, counted from 1.
        first: usize,
        /// The second book that has it, counted from 1.
        second: usize,
    },
    /// There is nothing to recommend.
    #[error("catalogue {}: it has no book", one_line(.file))]
    Empty {
        /// The file as it was named.
        file: String,
    },
}

/// A text with its control characters escaped: a field's name or a file's may hold line breaks,
/// and what takes over a terminal.
fn one_line(text: &impl ToString) -> String {
    let mut line = String::new();
    for character in text.to_string().chars() {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
    }
    line
}

/// One entry of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Id,
    category: Category,
    title: Title,
}

#[derive(Deserialize)]
#[serde(try_from = "i64")]
struct Id(i32);

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Category(BookCategory);

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Title(String);

// Values are checked while they are parsed, so that serde_json adds the line and the column.

impl TryFrom<i64> for Id {
    type Error = String;

    fn try_from(id: i64) -> Result<Self, String> {
        match i32::try_from(id) {
            Ok(id) if id > 0 => Ok(Self(id)),
            _ => Err(format!("id {id} is not between 1 and {}", i32::MAX)),
        }
    }
}

impl TryFrom<String> for Category {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        match name.as_str() {
            "mystery" => Ok(Self(BookCategory::Mystery)),
            "science-fiction" => Ok(Self(BookCategory::ScienceFiction)),
            "self-help" => Ok(Self(BookCategory::SelfHelp)),
            _ => Err(format!(
                "unknown category {name:?}, expected \"mystery\", \"science-fiction\" or \"self-help\""
            )),
        }
    }
}

impl TryFrom<String> for Title {
    type Error = &'static str;

    fn try_from(title: String) -> Result<Self, Self::Error> {
        if title.trim().is_empty() {
            return Err("empty title");
        }
        Ok(Self(title))
    }
}

impl Catalogue {
    /// Loads `file`, or the embedded catalogue when there is none.
    ///
    /// # Errors
    /// When the file cannot be read or holds anything but a catalogue without mistakes.
    pub fn load(file: Option<&Path>) -> Result<Self, CatalogueError> {
        let Some(path) = file else {
            return Self::parse("(embedded)", EMBEDDED);
        };
        let file = path.display().to_string();
        match fs::read(path) {
            Ok(json) => Self::parse(&file, &json),
            Err(source) => Err(CatalogueError::Read { file, source }),
        }
    }

    /// Reads a catalogue from JSON; `file` is the name that errors give.
    ///
    /// # Errors
    /// When `json` is anything but a catalogue without mistakes.
    pub fn parse(file: &str, json: &[u8]) -> Result<Self, CatalogueError> {
        let file = || file.to_owned();
        let entries: Vec<Entry> = serde_json::from_slice(json).map_err(|source| {
            let file = file();
            CatalogueError::Parse { file, source }
        })?;
        if entries.is_empty() {
            return Err(CatalogueError::Empty { file: file() });
        }

        let mut shelves = BTreeMap::<_, Vec<_>>::new();
        let mut numbers = BTreeMap::new();
        for (number, entry) in (1..).zip(entries) {
            let id = entry.id.0;
            if let Some(first) = numbers.insert(id, number) {
                return Err(CatalogueError::RepeatedId {
                    file: file(),
                    id,
                    first,
                    second: number,
                });
            }
            let title = entry.title.0;
            let shelf = shelves.entry(entry.category.0).or_default();
            shelf.push(BookRecommendation { id, title });
        }
        Ok(Self { shelves })
    }

    /// How many books there are.
    pub fn len(&self) -> usize {
        self.shelves.values().map(Vec::len).sum()
    }

    /// Whether there is no book; never so for one that was loaded.
    pub fn is_empty(&self) -> bool {
        self.shelves.is_empty()
    }

    /// A random sample of a category without repeats: `count` books, or all if there are fewer.
    /// `None` when the catalogue has no such category.
    pub fn sample(
        &self,
        category: BookCategory,
        count: usize,
        rng: &mut impl Rng,
    ) -> Option<Vec<BookRecommendation>> {
        let shelf = self.shelves.get(&category)?;
        let picks = index::sample(rng, shelf.len(), count.min(shelf.len()));
        Some(picks.iter().map(|pick| shelf[pick].clone()).collect())
    }
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn error(json: &str) -> String {
        let error = Catalogue::parse("books.json", json.as_bytes()).unwrap_err();
        error.to_string()
    }

    #[test]
    fn the_embedded_catalogue_has_three_books_a_category() {
        let catalogue = Catalogue::load(None).unwrap();
        assert_eq!(catalogue.len(), 9);
        for category in recommendations_proto::CATEGORIES {
            assert_eq!(catalogue.shelves[&category].len(), 3, "{category:?}");
        }
    }

    #[test]
    fn a_sample_has_no_repeats_and_every_book_turns_up() {
        let catalogue = Catalogue::load(None).unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let mut pairs = BTreeSet::new();
        for _ in 0..200 {
            let books = catalogue
                .sample(BookCategory::Mystery, 2, &mut rng)
                .unwrap();
            pairs.insert((books[0].id, books[1].id));
        }
        // Every ordered pair of different books out of ids 1 to 3, and nothing else.
        let expected = [(1, 2), (1, 3), (2, 1), (2, 3), (3, 1), (3, 2)];
        assert_eq!(pairs, BTreeSet::from(expected));
    }

    #[test]
    fn a_sample_is_cut_to_what_there_is() {
        let catalogue = Catalogue::load(None).unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let mut count = |asked| {
            let books = catalogue.sample(BookCategory::SelfHelp, asked, &mut rng);
            books.unwrap().len()
        };
        assert_eq!(count(0), 0);
        assert_eq!(count(usize::MAX), 3);
    }

    #[test]
    fn a_category_without_books_is_not_there() {
        let json = br#"[{ "id": 1, "category": "mystery", "title": "A" }]"#;
        let catalogue = Catalogue::parse("books.json", json).unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let books = catalogue.sample(BookCategory::SelfHelp, 1, &mut rng);
        assert_eq!(books, None);
    }

    #[test]
    fn mistakes_are_named_with_file_place_and_cause() {
        let cases = [
            ("mystery", "expected value at line 1 column 1"),
            ("[] []", "trailing characters at line 1 column 4"),
            ("[]", "it has no book"),
            (
                r#"[{ "id": 1, "category": "romance", "title": "A" }]"#,
                r#"unknown category "romance", expected "mystery", "science-fiction" or "self-help" at line 1 column 33"#,
            ),
            (
                "[\n{ \"id\": 1, \"category\": \"mystery\", \"title\": \" \" }]",
                "empty title at line 2 column 48",
            ),
            (
                r#"[{ "id": 0, "category": "mystery", "title": "A" }]"#,
                "id 0 is not between 1 and 2147483647 at line 1 column 10",
            ),
            (
                r#"[{ "id": 1, "category": "mystery" }]"#,
                "missing field `title` at line 1 column 35",
            ),
            (
                r#"[{ "id": 1, "category": "mystery", "title": "A", "price": 1 }]"#,
                "unknown field `price`, expected one of `id`, `category`, `title` at line 1 column 56",
            ),
            (
                r#"[{ "id": 7, "category": "mystery", "title": "A" },
                    { "id": 7, "category": "self-help", "title": "B" }]"#,
                "book 2: id 7 is already taken by book 1",
            ),
        ];
        for (json, cause) in cases {
            assert_eq!(error(json), format!("catalogue books.json: {cause}"));
        }
    }

    #[test]
    fn control_characters_of_a_field_and_of_a_file_are_escaped() {
        let json = r#"[{ "pri\nce\u001b[2J": 1 }]"#;
        let error = Catalogue::parse("new\nbooks.json", json.as_bytes()).unwrap_err();
        let expected = r"catalogue new\nbooks.json: unknown field `pri\nce\u{1b}[2J`, expected one of `id`, `category`, `title` at line 1 column 21";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn an_unreadable_file_is_named() {
        let error = Catalogue::load(Some(Path::new("/nowhere/books.json"))).unwrap_err();
        let expected = "catalogue /nowhere/books.json: No such file or directory (os error 2)";
        assert_eq!(error.to_string(), expected);
    }
}

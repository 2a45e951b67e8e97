//! Properties of the loader: whatever a file holds, the result is a catalogue without mistakes, or
//! an error of one line that says where.

use std::collections::BTreeSet;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::*;

/// No file of failing cases: a case that has failed becomes a test with a name.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

const SLUGS: [&str; 3] = ["mystery", "science-fiction", "self-help"];
const FIELDS: [&str; 3] = ["id", "category", "title"];

/// What holds for every file. Says whether it was accepted.
fn check(bytes: &[u8]) -> Result<bool, TestCaseError> {
    let catalogue = match Catalogue::parse("books.json", bytes) {
        Ok(catalogue) => catalogue,
        Err(error) => return says_where(&error).map(|()| false),
    };
    // All entries of the file and nothing else, by another reader.
    let entries: Vec<Value> = serde_json::from_slice(bytes).unwrap();
    prop_assert_eq!(catalogue.len(), entries.len());
    prop_assert!(!catalogue.is_empty());
    let mut ids = BTreeSet::new();
    for (category, shelf) in &catalogue.shelves {
        prop_assert!(recommendations_proto::CATEGORIES.contains(category));
        prop_assert!(!shelf.is_empty(), "a category without books is there");
        for book in shelf {
            prop_assert!(book.id > 0 && ids.insert(book.id), "id {}", book.id);
            prop_assert!(!book.title.trim().is_empty());
        }
    }
    Ok(true)
}

fn says_where(error: &CatalogueError) -> Result<(), TestCaseError> {
    let line = error.to_string();
    prop_assert!(!line.contains(char::is_control), "{line:?}");
    let cause = line.strip_prefix("catalogue books.json: ");
    let place = match error {
        CatalogueError::Parse { source, .. } => {
            prop_assert!(source.line() > 0);
            format!(" at line {} column {}", source.line(), source.column())
        }
        CatalogueError::RepeatedId { second, .. } => format!("book {second}: "),
        CatalogueError::Empty { .. } => "no book".to_owned(),
        CatalogueError::Read { .. } => return Err(TestCaseError::fail("nothing was read")),
    };
    prop_assert!(cause.is_some_and(|cause| cause.contains(&place)), "{line}");
    Ok(())
}

/// Any text, line breaks and other control characters among it.
fn text() -> impl Strategy<Value = String> {
    vec(any::<char>(), 0..8).prop_map(String::from_iter)
}

/// Any JSON, a few levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
        select(&SLUGS).prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        let key = prop_oneof![select(&FIELDS).prop_map(str::to_owned), text()];
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(key, inner, 0..4).prop_map(|object| object.into_iter().collect()),
        ]
    })
}

/// Values that a field may have, or nearly.
fn near() -> impl Strategy<Value = Value> {
    let edge = 1_i64 << 31;
    prop_oneof![
        (-2..=2_i64).prop_map(Value::from),
        (edge - 2..edge + 2).prop_map(Value::from),
        select(&SLUGS).prop_map(Value::from),
        "\\s{0,3}".prop_map(Value::from),
    ]
}

/// A catalogue without mistakes.
fn books() -> impl Strategy<Value = Vec<Value>> {
    let book = (select(&SLUGS), text(), "[^\\s\\p{Cc}]");
    btree_map(1..=i32::MAX, book, 1..12).prop_map(|books| {
        let books = books.into_iter().map(|(id, (category, start, end))| {
            // The last character makes sure of a title that is not blank.
            json!({ "id": id, "category": category, "title": start + &end })
        });
        books.collect()
    })
}

/// What may be done to a catalogue.
#[derive(Clone, Debug)]
enum Change {
    /// The field of a book gets another value, or a field is added.
    Set(Index, String, Value),
    /// A book loses a field.
    Remove(Index, &'static str),
    /// A book is there again.
    Repeat(Index),
    /// These bytes take the place of some others.
    Splice(Index, usize, Vec<u8>),
}

fn change() -> impl Strategy<Value = Change> {
    let field = prop_oneof![
        4 => select(&FIELDS).prop_map(str::to_owned),
        1 => text(),
    ];
    let value = prop_oneof![any_json(), near()];
    let index = any::<Index>;
    prop_oneof![
        (index(), field, value).prop_map(|(at, name, value)| Change::Set(at, name, value)),
        (index(), select(&FIELDS)).prop_map(|(at, name)| Change::Remove(at, name)),
        index().prop_map(Change::Repeat),
        (index(), 0..4_usize, vec(any::<u8>(), 0..4))
            .prop_map(|(at, length, bytes)| Change::Splice(at, length, bytes)),
    ]
}

fn changed(mut books: Vec<Value>, change: Change) -> Vec<u8> {
    match change {
        Change::Set(at, name, value) => at.get_mut(&mut books)[name.as_str()] = value,
        Change::Remove(at, name) => {
            let book = at.get_mut(&mut books).as_object_mut();
            book.unwrap().remove(name);
        }
        Change::Repeat(at) => books.push(at.get(&books).clone()),
        Change::Splice(at, length, new) => {
            let mut bytes = serde_json::to_vec_pretty(&books).unwrap();
            let start = at.index(bytes.len());
            let end = bytes.len().min(start + length);
            bytes.splice(start..end, new);
            return bytes;
        }
    }
    serde_json::to_vec_pretty(&books).unwrap()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..200)) {
        check(&bytes)?;
    }

    #[test]
    fn any_document(document in any_json()) {
        check(&serde_json::to_vec(&document).unwrap())?;
    }

    #[test]
    fn what_has_no_mistake_is_accepted(books in books()) {
        prop_assert!(check(&serde_json::to_vec(&books).unwrap())?);
    }

    #[test]
    fn a_change_is_accepted_or_its_place_is_named(books in books(), change in change()) {
        let may_be_right = match &change {
            Change::Set(_, name, _) => FIELDS.contains(&name.as_str()),
            Change::Remove(..) | Change::Repeat(_) => false,
            Change::Splice(..) => true,
        };
        let accepted = check(&changed(books, change))?;
        prop_assert!(may_be_right || !accepted);
    }
}

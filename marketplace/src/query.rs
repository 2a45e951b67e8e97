//! What a page reads from its address: the category and the user.

use rocket::Request;
use rocket::request::{FromParam, FromRequest, Outcome};

use recommendations_proto::BookCategory;

/// A shelf of the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its name in addresses.
    pub slug: &'static str,
    /// Its name in headings.
    pub name: &'static str,
    /// Its name within a sentence.
    pub lower: &'static str,
    /// Its name to recommendations.
    pub book: BookCategory,
}

/// Every category; the first is the homepage's.
pub const CATEGORIES: [Category; 3] = [
    Category {
        slug: "mystery",
        name: "Mystery",
        lower: "mystery",
        book: BookCategory::Mystery,
    },
    Category {
        slug: "science-fiction",
        name: "Science fiction",
        lower: "science fiction",
        book: BookCategory::ScienceFiction,
    },
    Category {
        slug: "self-help",
        name: "Self-help",
        lower: "self-help",
        book: BookCategory::SelfHelp,
    },
];

/// There is no such category.
#[derive(Debug)]
pub struct NoSuchCategory;

impl FromParam<'_> for Category {
    type Error = NoSuchCategory;

    fn from_param(slug: &str) -> Result<Self, NoSuchCategory> {
        let found = CATEGORIES
            .into_iter()
            .find(|category| category.slug == slug);
        found.ok_or(NoSuchCategory)
    }
}

/// Whom the books are for: `?user=N`, user 1 without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User(pub i32);

/// The user of an address that names none.
pub const DEFAULT_USER: User = User(1);

/// The parameter `user` is wrong.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadUser {
    /// It is there more than once.
    #[error("The parameter “user” is there {0} times; it may be there once.")]
    Repeated(usize),
    /// It is not an `int32`.
    #[error(
        "The parameter “user” has to be a whole number from {min} to {max}, but is “{0}”.",
        min = i32::MIN,
        max = i32::MAX
    )]
    NoNumber(String),
}

/// Characters of a bad value that are shown.
const SHOWN: usize = 40;

impl User {
    /// Reads the values of all parameters called `user`.
    ///
    /// # Errors
    ///
    /// When there are several, or the one is not an `int32`.
    pub fn parse<'a>(mut values: impl Iterator<Item = &'a str>) -> Result<Self, BadUser> {
        let Some(value) = values.next() else {
            return Ok(DEFAULT_USER);
        };
        match values.count() {
            0 => {}
            more => return Err(BadUser::Repeated(1 + more)),
        }
        value.parse().map(Self).map_err(|_| {
            let mut shown: String = value.chars().take(SHOWN).collect();
            if shown.len() < value.len() {
                shown.push('…');
            }
            BadUser::NoNumber(shown)
        })
    }

    /// The query that keeps this user in a link; nothing for the default one.
    #[must_use]
    pub fn query(self) -> String {
        if self == DEFAULT_USER {
            String::new()
        } else {
            format!("?user={}", self.0)
        }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for User {
    type Error = BadUser;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, BadUser> {
        let fields = request.query_fields();
        let values = fields.filter(|field| field.name.source() == "user");
        match Self::parse(values.map(|field| field.value)) {
            Ok(user) => Outcome::Success(user),
            Err(error) => Outcome::Error((rocket::http::Status::BadRequest, error)),
        }
    }
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_user_and_nothing_is_user_1() {
        assert_eq!(User::parse([].into_iter()), Ok(User(1)));
        for (text, number) in [("7", 7), ("-3", -3), ("2147483647", i32::MAX), ("007", 7)] {
            assert_eq!(User::parse([text].into_iter()), Ok(User(number)));
        }
    }

    #[test]
    fn anything_else_is_said_to_be_no_number() {
        for text in ["", " ", "abc", "1.5", "2147483648", "1 ", "0x1", "١"] {
            let error = User::parse([text].into_iter()).unwrap_err();
            assert_eq!(error, BadUser::NoNumber(text.to_owned()));
        }
        let error = User::parse(["é".repeat(99).as_str()].into_iter()).unwrap_err();
        assert_eq!(error, BadUser::NoNumber("é".repeat(40) + "…"));
    }

    #[test]
    fn two_users_are_one_too_many() {
        let error = User::parse(["1", "1"].into_iter()).unwrap_err();
        assert_eq!(error, BadUser::Repeated(2));
    }

    #[test]
    fn the_first_category_is_the_homepages() {
        assert_eq!(CATEGORIES[0].book, BookCategory::Mystery);
    }
}

//! What a visitor sees of a page, as look.js measures it, and what is wrong with it.

use serde::Deserialize;

/// The script that measures; runs in the page.
pub const SCRIPT: &str = include_str!("look.js");

/// A page as it is shown.
#[derive(Clone, Debug, Deserialize)]
pub struct Look {
    /// Width of the window that the page is laid out for, in CSS pixels.
    window: u32,
    /// Width of what there is to see, in CSS pixels.
    content: u32,
    /// The colour behind everything.
    pub background: String,
    headings: Vec<Sight>,
    books: Vec<Sight>,
}

/// An element of the page.
#[derive(Clone, Debug, Deserialize)]
struct Sight {
    text: String,
    /// Why it cannot be seen.
    hidden: Option<String>,
}

impl Look {
    /// The page fits a window of this width, and nobody has to scroll sideways.
    ///
    /// # Errors
    /// With the widths, when it does not.
    pub fn fits(&self, width: u32) -> Result<(), String> {
        if self.window != width {
            return Err(format!(
                "laid out for {} pixels instead of {width}",
                self.window
            ));
        }
        if self.content > width {
            return Err(format!(
                "{} pixels wide in a window of {width}",
                self.content
            ));
        }
        Ok(())
    }

    /// One heading and so many books are there to see.
    ///
    /// # Errors
    /// With the first that is not.
    pub fn visible(&self, books: usize) -> Result<(), String> {
        for (what, sights, expected) in [
            ("headings", &self.headings, 1),
            ("books", &self.books, books),
        ] {
            if sights.len() != expected {
                return Err(format!("{} {what}, expected {expected}", sights.len()));
            }
            for sight in sights {
                if sight.text.is_empty() {
                    return Err(format!("one of the {what} has no text"));
                }
                if let Some(why) = &sight.hidden {
                    return Err(format!("{:?} {why}", sight.text));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sight(text: &str) -> Sight {
        let text = text.to_owned();
        Sight { text, hidden: None }
    }

    fn look() -> Look {
        Look {
            window: 360,
            content: 360,
            background: "rgb(0, 0, 0)".to_owned(),
            headings: vec![sight("Books")],
            books: ["A", "B", "C"].map(sight).into(),
        }
    }

    #[test]
    fn a_page_that_fits_and_shows_everything_is_right() {
        assert_eq!(look().fits(360), Ok(()));
        assert_eq!(look().visible(3), Ok(()));
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wide = Look {
            content: 361,
            ..look()
        };
        assert_eq!(
            wide.fits(360).unwrap_err(),
            "361 pixels wide in a window of 360"
        );
        let not_a_phone = Look {
            window: 980,
            content: 980,
            ..look()
        };
        let why = not_a_phone.fits(360).unwrap_err();
        assert_eq!(why, "laid out for 980 pixels instead of 360");

        assert_eq!(look().visible(0).unwrap_err(), "3 books, expected 0");
        let headless = Look {
            headings: vec![],
            ..look()
        };
        assert_eq!(headless.visible(3).unwrap_err(), "0 headings, expected 1");
        let untitled = Look {
            books: vec![sight("")],
            ..look()
        };
        assert_eq!(
            untitled.visible(1).unwrap_err(),
            "one of the books has no text"
        );
        let mut covered = look();
        covered.books[1].hidden = Some("is covered by <nav>".to_owned());
        assert_eq!(covered.visible(3).unwrap_err(), "\"B\" is covered by <nav>");
    }
}

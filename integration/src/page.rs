//! What a page says: its title, its heading, its list items.
//!
//! Not a parser of all HTML: it finds elements by their tags, which is enough for pages whose
//! text is escaped, and saves the checks a browser engine.

/// The text of the first `name` element of `html`.
pub fn text_of(html: &str, name: &str) -> Option<String> {
    texts_of(html, name).into_iter().next()
}

/// The text of every `name` element of `html`, in order. Elements of one name must not be nested.
pub fn texts_of(html: &str, name: &str) -> Vec<String> {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut texts = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(&open) {
        rest = &rest[at + open.len()..];
        // `<li` is also how `<link` begins.
        if !rest.starts_with(|next: char| next == '>' || next.is_ascii_whitespace()) {
            continue;
        }
        let content = rest.split_once('>').map_or("", |(_, content)| content);
        let end = content.find(&close).unwrap_or(content.len());
        texts.push(text(&content[..end]));
        rest = &content[end..];
    }
    texts
}

/// The text in a piece of HTML: without its tags, its entities resolved.
fn text(html: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ if !in_tag => text.push(character),
            _ => {}
        }
    }
    resolve(text.trim())
}

/// A text or an attribute's value with its entities resolved.
pub fn resolve(escaped: &str) -> String {
    let mut text = escaped.to_owned();
    // The ampersand comes last: what it resolves to is no entity any more.
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2F;", "/"),
        ("&amp;", "&"),
    ];
    for (entity, character) in entities {
        text = text.replace(entity, character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_found_whatever_their_attributes_and_tags() {
        let html = "<link rel=x><ul><li>A</li><li class=\"b\">\n<cite>B</cite>\n</li><li>C</ul>";
        assert_eq!(texts_of(html, "li"), ["A", "B", "C"]);
    }

    #[test]
    fn entities_are_resolved_once() {
        let html = "<li>Ender&#x27;s &lt;Game&gt; &amp;amp; &quot;more&quot;</li>";
        let expected = "Ender's <Game> &amp; \"more\"";
        assert_eq!(text_of(html, "li").as_deref(), Some(expected));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert_eq!(text_of("<title>Books</title>", "h1"), None);
        assert!(texts_of("<link href=x>", "li").is_empty());
    }
}

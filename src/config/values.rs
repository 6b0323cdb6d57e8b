//! Single values: what each has to look like.

use std::net::SocketAddr;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeInteger, DeValue};

use crate::desk::{Choice, ClaimBy, CountsAs, Pattern, Share};
use crate::wikitext::Titles;

/// A value and where it stands.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

/// What is wrong with a value: byte offsets, and for each what was expected.
pub(super) type Wrong = Vec<(usize, String)>;

/// Says what was expected, and what is there.
pub(super) fn wrong<T>(value: &Value, expected: impl AsRef<str>) -> Result<T, Wrong> {
    let shown = match value.get_ref() {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => format!("the time {time}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    };
    let message = format!("expected {}, not {shown}", expected.as_ref());
    Err(vec![(value.span().start, message)])
}

fn str_or<'a>(value: &'a Value, expected: &str) -> Result<&'a str, Wrong> {
    match value.get_ref().as_str() {
        Some(text) => Ok(text.trim()),
        None => wrong(value, expected),
    }
}

/// One line of text, trimmed, not empty.
pub(super) fn text(value: &Value) -> Result<String, Wrong> {
    let text = str_or(value, "a text in quotes")?;
    if text.is_empty() || text.chars().any(char::is_control) {
        return wrong(value, "one line of text, not empty");
    }
    Ok(text.to_owned())
}

/// The same, or nothing.
pub(super) fn text_or_nothing(value: &Value) -> Result<String, Wrong> {
    if str_or(value, "a text in quotes")?.is_empty() { Ok(String::new()) } else { text(value) }
}

/// `true` or `false`.
pub(super) fn flag(value: &Value) -> Result<bool, Wrong> {
    match value.get_ref().as_bool() {
        Some(flag) => Ok(flag),
        None => wrong(value, "true or false (without quotes)"),
    }
}

/// Whether it is the team that fills in a field.
pub(super) fn filled_by(value: &Value) -> Result<bool, Wrong> {
    match value.get_ref().as_str() {
        Some("team") => Ok(true),
        Some("requester") => Ok(false),
        _ => wrong(value, "\"requester\" or \"team\""),
    }
}

/// A whole number, 0 or more.
pub(super) fn number(value: &Value) -> Result<u32, Wrong> {
    let read = |n: &DeInteger| u32::from_str_radix(n.as_str(), n.radix()).ok();
    match value.get_ref().as_integer().and_then(read) {
        Some(number) => Ok(number),
        None => wrong(value, "a whole number, 0 or more (without quotes)"),
    }
}

/// A whole number, 1 or more.
pub(super) fn count(value: &Value) -> Result<u32, Wrong> {
    match number(value) {
        Ok(number) if number > 0 => Ok(number),
        _ => wrong(value, "a whole number, 1 or more (without quotes)"),
    }
}

/// The longest duration accepted, so that sums with it stay within the calendar.
const LONGEST: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

/// A duration in words.
pub(super) fn duration(value: &Value) -> Result<Duration, Wrong> {
    const EXPECTED: &str = "a duration such as \"30 seconds\" or \"7 days\"";
    match humantime::parse_duration(str_or(value, EXPECTED)?) {
        Ok(duration) if duration <= LONGEST => Ok(duration),
        Ok(_) => wrong(value, "a duration of at most 100 years"),
        Err(_) => wrong(value, EXPECTED),
    }
}

/// A duration in words, longer than nothing.
pub(super) fn interval(value: &Value) -> Result<Duration, Wrong> {
    match duration(value)? {
        Duration::ZERO => wrong(value, "a duration longer than 0"),
        duration => Ok(duration),
    }
}

/// A duration in words, longer than nothing, or never.
pub(super) fn interval_or_never(value: &Value) -> Result<Option<Duration>, Wrong> {
    const EXPECTED: &str = "a duration such as \"7 days\", or \"never\"";
    match str_or(value, EXPECTED)? {
        "never" => Ok(None),
        _ => interval(value).map(Some).or_else(|_| wrong(value, EXPECTED)),
    }
}

/// Who may help with requests.
pub(super) fn claim_by(value: &Value) -> Result<ClaimBy, Wrong> {
    const EXPECTED: &str = "\"anyone\", \"members\" or \"listed\"";
    ClaimBy::parse(str_or(value, EXPECTED)?).map_or_else(|| wrong(value, EXPECTED), Ok)
}

/// What a status counts as in the figures.
pub(super) fn counts_as(value: &Value) -> Result<CountsAs, Wrong> {
    const EXPECTED: &str = "\"supported\" or \"declined\"";
    CountsAs::parse(str_or(value, EXPECTED)?).map_or_else(|| wrong(value, EXPECTED), Ok)
}

/// A share, exact: a decimal as it is written, or a fraction in quotes.
pub(super) fn share(value: &Value) -> Result<Share, Wrong> {
    let written = match value.get_ref() {
        DeValue::String(text) => text.as_ref(),
        DeValue::Float(number) => number.as_str(),
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        _ => return wrong(value, "a share between 0 and 1, such as 0.67 or \"2/3\""),
    };
    Share::parse(written).map_err(|expected| vec![(value.span().start, expected)])
}

/// A link.
pub(super) fn url(value: &Value) -> Result<String, Wrong> {
    const EXPECTED: &str = "a link that begins with https:// or http://";
    let text = str_or(value, EXPECTED)?;
    let rest = ["https://", "http://"].iter().find_map(|p| text.strip_prefix(p));
    match rest {
        Some(rest) if !rest.is_empty() && !text.contains(char::is_whitespace) => Ok(text.to_owned()),
        _ => wrong(value, EXPECTED),
    }
}

/// A regular expression.
pub(super) fn pattern(value: &Value) -> Result<Pattern, Wrong> {
    let written = text(value)?;
    Pattern::new(&written).or_else(|why| wrong(value, format!("a regular expression ({why})")))
}

/// An address to listen on.
pub(super) fn address(value: &Value) -> Result<SocketAddr, Wrong> {
    const EXPECTED: &str = "an address and a port, such as \"127.0.0.1:9464\"";
    str_or(value, EXPECTED)?.parse().or_else(|_| wrong(value, EXPECTED))
}

/// A choice.
pub(super) fn choice(value: &Value) -> Result<Choice, Wrong> {
    const EXPECTED: &str = "\"support\", \"oppose\", \"abstain\" or \"info\"";
    let text = str_or(value, EXPECTED)?;
    Choice::parse(text).map_or_else(|| wrong(value, EXPECTED), Ok)
}

/// What of a title MediaWiki would refuse.
pub(super) fn bad_title(title: &str) -> Option<String> {
    let bad = |c: char| "#<>[]|{}".contains(c) || c.is_control();
    match title.chars().find(|c| bad(*c)) {
        Some(c) => Some(format!("{c:?} cannot stand in the title {title:?}")),
        None if title.is_empty() => Some("expected a title, not nothing".to_owned()),
        None if title.len() > 255 => Some("expected a title of at most 255 bytes".to_owned()),
        None => None,
    }
}

/// Whether MediaWiki takes both for the same title.
pub(super) fn same_title(a: &str, b: &str) -> bool {
    Titles::canonical().same_page(a, b)
}

/// A title (with spaces), as it would follow this prefix, which must not be there.
fn name_after(value: &Value, prefix: &str) -> Result<String, Wrong> {
    let text = str_or(value, "a text in quotes")?.replace('_', " ");
    let text = text.trim();
    if let Some(bad) = bad_title(text) {
        return Err(vec![(value.span().start, bad)]);
    }
    match text.split_once(':') {
        Some((before, _)) if before.trim().eq_ignore_ascii_case(prefix) => {
            wrong(value, format!("a name without `{prefix}:`"))
        }
        _ => Ok(text.to_owned()),
    }
}

/// A page's title.
pub(super) fn title(value: &Value) -> Result<String, Wrong> {
    name_after(value, "")
}

/// The name of a page directly below another one.
pub(super) fn part(value: &Value) -> Result<String, Wrong> {
    let name = title(value)?;
    if name.contains('/') {
        wrong(value, "the name of a page directly below the intake page, without /")
    } else {
        Ok(name)
    }
}

/// A template's name.
pub(super) fn template(value: &Value) -> Result<String, Wrong> {
    name_after(value, "Template")
}

/// A category's name.
pub(super) fn category(value: &Value) -> Result<String, Wrong> {
    name_after(value, "Category")
}

/// An account's name.
pub(super) fn account(value: &Value) -> Result<String, Wrong> {
    name_after(value, "User")
}

/// A parameter's name. The bot's own are not for fields.
pub(super) fn parameter(value: &Value) -> Result<String, Wrong> {
    let name = text(value)?;
    if name.contains(['=', '|', '{', '}', '[', ']', '<', '>']) {
        return wrong(value, "a parameter's name, without any of = | { } [ ] < >");
    }
    if ["status", "status since"].contains(&name.as_str()) {
        return wrong(value, "a parameter that people fill in (the bot does this one)");
    }
    Ok(name)
}

/// A value with its byte offset.
pub(super) fn placed<T>(read: impl Fn(&Value) -> Result<T, Wrong>) -> impl Fn(&Value) -> Result<(usize, T), Wrong> {
    move |value| Ok((value.span().start, read(value)?))
}

/// A list, each value read alike.
pub(super) fn list_of<T>(read: impl Fn(&Value) -> Result<T, Wrong>) -> impl Fn(&Value) -> Result<Vec<T>, Wrong> {
    move |value| {
        let Some(items) = value.get_ref().as_array() else {
            return wrong(value, "a list in [brackets]");
        };
        let (mut good, mut bad) = (Vec::new(), Vec::new());
        for item in items.iter() {
            match read(item) {
                Ok(item) => good.push(item),
                Err(wrong) => bad.extend(wrong),
            }
        }
        if bad.is_empty() { Ok(good) } else { Err(bad) }
    }
}

/// A list that is not empty.
pub(super) fn some_of<T>(read: impl Fn(&Value) -> Result<T, Wrong>) -> impl Fn(&Value) -> Result<Vec<T>, Wrong> {
    let read = list_of(read);
    move |value| match read(value)? {
        items if items.is_empty() => Err(vec![(value.span().start, "expected a list of at least one".to_owned())]),
        items => Ok(items),
    }
}

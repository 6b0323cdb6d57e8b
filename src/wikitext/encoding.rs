//! Percent-encoding and character references.

/// Percent-encoding and the commonest character references resolved, as in link targets.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |b: &u8| char::from(*b).to_digit(16);
        match (first, tail) {
            (b'%', [a, b, after @ ..]) if hex(a).is_some() && hex(b).is_some() => {
                let value = hex(a).unwrap_or(0) * 16 + hex(b).unwrap_or(0);
                bytes.push(u8::try_from(value).unwrap_or(b'?'));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if text.contains('&') { references(&text) } else { text }
}

/// Character references resolved: by number, and the commonest by name.
#[must_use]
pub fn references(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let decoded =
            rest.bytes().take(12).position(|b| b == b';').and_then(|end| Some((reference(&rest[1..end])?, end)));
        match decoded {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn reference(name: &str) -> Option<char> {
    let number = name.strip_prefix('#');
    match (name, number) {
        (_, Some(hex)) if hex.starts_with(['x', 'X']) => {
            u32::from_str_radix(&hex[1..], 16).ok().and_then(char::from_u32)
        }
        (_, Some(decimal)) => decimal.parse().ok().and_then(char::from_u32),
        ("amp", _) => Some('&'),
        ("nbsp", _) => Some('\u{a0}'),
        ("quot", _) => Some('"'),
        ("lt", _) => Some('<'),
        ("gt", _) => Some('>'),
        _ => None,
    }
}

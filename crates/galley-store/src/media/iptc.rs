//! IPTC-IIM: the captions of agencies, inside a Photoshop resource. Read only.
//!
//! No crate at hand reads it without much else; a record is a marker, two numbers, a length and a text.

use encoding_rs::GB18030;

/// What the segment begins with.
pub(super) const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";
/// Number of the resource that holds IPTC-IIM.
const RESOURCE: [u8; 2] = [0x04, 0x04];

pub(super) const BYLINE: u8 = 80;
pub(super) const CREDIT: u8 = 110;
pub(super) const COPYRIGHT: u8 = 116;
pub(super) const CAPTION: u8 = 120;

/// The IPTC-IIM records among Photoshop's resources.
pub(super) fn find(mut resources: &[u8]) -> Option<Vec<u8>> {
    while let Some((kind, rest)) = resources.strip_prefix(b"8BIM")?.split_first_chunk::<2>() {
        // A name with its length, filled up to an even number; then the contents, filled up, too.
        let name = (1 + usize::from(*rest.first()?)).next_multiple_of(2);
        let (length, contents) = rest.get(name..)?.split_first_chunk::<4>()?;
        let length = u32::from_be_bytes(*length) as usize;
        if *kind == RESOURCE {
            return contents.get(..length).map(<[u8]>::to_vec);
        }
        resources = contents.get(length.next_multiple_of(2)..)?;
    }
    None
}

/// The texts of one kind in the application record, in order.
pub(super) fn texts(mut records: &[u8], wanted: u8) -> Vec<String> {
    let mut texts = Vec::new();
    // Longer records than 32 kB say so in their length; no caption is one.
    while let [0x1c, record, kind, high @ 0..=0x7f, low, rest @ ..] = records {
        let Some((text, after)) = rest.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))
        else {
            break;
        };
        if (*record, *kind) == (2, wanted) {
            texts.push(decode(text));
        }
        records = after;
    }
    texts
}

/// UTF-8 where it can be, else GB18030, as agencies in China wrote before they wrote UTF-8.
fn decode(text: &[u8]) -> String {
    let text = match std::str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(_) => GB18030.decode_without_bom_handling(text).0.into_owned(),
    };
    text.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned()
}

#[cfg(test)]
mod tests {
    use super::{BYLINE, CAPTION, find, texts};

    #[test]
    fn captions_are_found_in_both_encodings() {
        let (gb, _, _) = encoding_rs::GB18030.encode("江水回落");
        let record = |kind: u8, text: &[u8]| [&[0x1c, 2, kind, 0, text.len() as u8], text].concat();
        let records = [record(BYLINE, "王芳".as_bytes()), record(CAPTION, &gb)].concat();
        let mut resources = b"8BIM\x03\xed\0\0\0\0\0\x02xx8BIM\x04\x04\x03abc".to_vec();
        resources.extend((records.len() as u32).to_be_bytes());
        resources.extend(&records);
        assert_eq!(find(&resources), Some(records.clone()));
        assert_eq!(texts(&records, CAPTION), ["江水回落"]);
        assert_eq!(texts(&records, BYLINE), ["王芳"]);
        (0..resources.len()).for_each(|end| drop(find(&resources[..end])));
        (0..records.len()).for_each(|end| drop(texts(&records[..end], CAPTION)));
    }
}

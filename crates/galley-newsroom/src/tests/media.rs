//! Photos that arrive in pieces, twice, wrong or not at all.

use std::time::{Duration, SystemTime};

use galley_destinations::PhotoSource as _;
use galley_model::Sha256;
use galley_sync::wire::{MAX_MEDIA_BYTES, MediaAnswer, MediaRequest};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Media, MediaError};

const WANG: Uuid = Uuid::from_u128(1);
const LI: Uuid = Uuid::from_u128(2);
const CHUNK: usize = 100;

fn shelf() -> (TempDir, Media) {
    let folder = tempfile::tempdir().unwrap();
    let media = Media::open(folder.path()).unwrap();
    (folder, media)
}

/// Begins like a JPEG and goes on as it likes.
fn photo(n: u8) -> Vec<u8> {
    let rest = (0..1000_u32).map(|i| (i.wrapping_mul(31) >> 3) as u8 ^ n);
    [0xff, 0xd8, 0xff, 0xe0].into_iter().chain(rest).collect()
}

fn request(bytes: &[u8]) -> MediaRequest {
    MediaRequest { sha256: Sha256::of(bytes), size: bytes.len() as u64, mime: "image/jpeg".to_owned() }
}

#[track_caller]
fn begun(media: &Media, device: Uuid, bytes: &[u8]) -> (Uuid, u64) {
    match media.begin(device, &request(bytes)).unwrap() {
        MediaAnswer::Upload { id, offset } => (id, offset),
        MediaAnswer::Present => panic!("it is there already"),
    }
}

/// Sends from where the server stands, up to the end or to a number of bytes.
fn send(media: &Media, device: Uuid, bytes: &[u8], upto: usize) -> Result<(), MediaError> {
    let (id, offset) = begun(media, device, bytes);
    let mut offset = usize::try_from(offset).unwrap();
    while offset < upto {
        let end = (offset + CHUNK).min(upto);
        let after = media.append(device, id, offset as u64, &bytes[offset..end])?;
        assert_eq!(after, end as u64);
        offset = end;
    }
    Ok(())
}

#[test]
fn an_upload_cut_anywhere_goes_on_where_it_stood() {
    let bytes = photo(1);
    for cut in (0..bytes.len()).step_by(37) {
        let (folder, media) = shelf();
        send(&media, WANG, &bytes, cut).unwrap();
        assert!(!media.has(Sha256::of(&bytes)));
        // Another run of the server.
        let media = Media::open(folder.path()).unwrap();
        let (id, offset) = begun(&media, WANG, &bytes);
        assert_eq!((offset, media.offset(WANG, id).unwrap()), (cut as u64, cut as u64));
        send(&media, WANG, &bytes, bytes.len()).unwrap();
        assert_eq!(media.open(Sha256::of(&bytes)).unwrap(), bytes);
        assert_eq!(media.begin(LI, &request(&bytes)).unwrap(), MediaAnswer::Present);
        assert_eq!(std::fs::read_dir(folder.path().join("uploads")).unwrap().count(), 0);
    }
}

#[test]
fn a_chunk_that_was_sent_twice_or_too_early_changes_nothing() {
    let (_folder, media) = shelf();
    let bytes = photo(1);
    let (id, _) = begun(&media, WANG, &bytes);
    media.append(WANG, id, 0, &bytes[..300]).unwrap();
    for wrong in [0, 299, 301, 1000, u64::MAX] {
        let answer = media.append(WANG, id, wrong, &bytes[..100]);
        assert!(matches!(answer, Err(MediaError::Offset { offset: 300 })), "{wrong}");
    }
    send(&media, WANG, &bytes, bytes.len()).unwrap();
    assert_eq!(media.open(Sha256::of(&bytes)).unwrap(), bytes);
    assert!(matches!(media.append(WANG, id, 0, &bytes), Err(MediaError::Gone)));
}

#[test]
fn wrong_bytes_are_removed_and_the_right_ones_can_be_sent_after_them() {
    let (folder, media) = shelf();
    let (bytes, mut wrong) = (photo(1), photo(1));
    wrong[500] ^= 1;
    let (id, _) = begun(&media, WANG, &bytes);
    assert!(matches!(media.append(WANG, id, 0, &wrong), Err(MediaError::WrongBytes)));
    assert!(!media.has(Sha256::of(&bytes)) && !media.has(Sha256::of(&wrong)));
    assert!(matches!(media.offset(WANG, id), Err(MediaError::Gone)));
    assert_eq!(std::fs::read_dir(folder.path().join("uploads")).unwrap().count(), 0);
    send(&media, WANG, &bytes, bytes.len()).unwrap();
    assert!(media.has(Sha256::of(&bytes)));
}

#[test]
fn what_is_no_picture_is_not_kept_whatever_it_is_called() {
    let (_folder, media) = shelf();
    for bytes in [&b"<html><script>alert(1)</script></html>"[..], b"GIF89a..............", b"\xff\xd8"] {
        let (id, _) = begun(&media, WANG, bytes);
        assert!(matches!(media.append(WANG, id, 0, bytes), Err(MediaError::WrongBytes)), "{bytes:?}");
        let request = MediaRequest { mime: "text/html".to_owned(), ..request(bytes) };
        assert!(matches!(media.begin(WANG, &request), Err(MediaError::Kind)));
    }
    // A PNG by its name, a JPEG by its bytes.
    let bytes = photo(1);
    let request = MediaRequest { mime: "image/png".to_owned(), ..request(&bytes) };
    let MediaAnswer::Upload { id, .. } = media.begin(WANG, &request).unwrap() else { panic!("present") };
    assert!(matches!(media.append(WANG, id, 0, &bytes), Err(MediaError::WrongBytes)));
}

#[test]
fn two_devices_send_the_same_photo_and_neither_waits_for_the_other() {
    let (_folder, media) = shelf();
    let bytes = photo(1);
    send(&media, WANG, &bytes, 500).unwrap();
    let (wangs, _) = begun(&media, WANG, &bytes);
    let (lis, offset) = begun(&media, LI, &bytes);
    assert_eq!(offset, 0);
    assert!(matches!(media.append(LI, wangs, 500, &bytes[500..]), Err(MediaError::Gone)));
    media.append(LI, lis, 0, &bytes).unwrap();
    media.append(WANG, wangs, 500, &bytes[500..]).unwrap();
    assert_eq!(media.open(Sha256::of(&bytes)).unwrap(), bytes);
    assert_eq!(media.verify().unwrap(), (1, Vec::new()));
}

#[test]
fn more_than_was_announced_or_than_a_photo_may_be_is_refused() {
    let (_folder, media) = shelf();
    let bytes = photo(1);
    for size in [0, MAX_MEDIA_BYTES + 1] {
        let answer = media.begin(WANG, &MediaRequest { size, ..request(&bytes) });
        assert!(matches!(answer, Err(MediaError::TooLarge { .. })), "{size}");
    }
    let (id, _) = begun(&media, WANG, &bytes);
    let more = [&bytes[..], b"!"].concat();
    assert!(matches!(media.append(WANG, id, 0, &more), Err(MediaError::TooLarge { .. })));
    assert_eq!(media.offset(WANG, id).unwrap(), 0);
}

#[test]
fn a_device_has_a_bounded_number_of_uploads_open() {
    let (_folder, media) = shelf();
    for n in 0..64 {
        begun(&media, WANG, &photo(n));
    }
    assert!(matches!(media.begin(WANG, &request(&photo(64))), Err(MediaError::TooMany)));
    begun(&media, WANG, &photo(0));
    begun(&media, LI, &photo(64));
}

#[test]
fn a_partial_upload_is_removed_after_seven_days() {
    let (_folder, media) = shelf();
    let bytes = photo(1);
    send(&media, WANG, &bytes, 500).unwrap();
    let day = Duration::from_secs(24 * 60 * 60);
    assert_eq!(media.expire(SystemTime::now() + 6 * day).unwrap(), 0);
    assert_eq!(begun(&media, WANG, &bytes).1, 500);
    assert_eq!(media.expire(SystemTime::now() + 8 * day).unwrap(), 1);
    assert_eq!(begun(&media, WANG, &bytes).1, 0);
}

#[test]
fn a_photo_that_rotted_on_the_disk_is_found() {
    let (_folder, media) = shelf();
    let bytes = photo(1);
    send(&media, WANG, &bytes, bytes.len()).unwrap();
    let stored = media.stored(Sha256::of(&bytes)).unwrap();
    assert_eq!((stored.mime, stored.size), ("image/jpeg", bytes.len() as u64));
    std::fs::write(&stored.path, photo(2)).unwrap();
    assert_eq!(media.verify().unwrap(), (1, vec![stored.path]));
}

//! Photos lose their metadata and not one pixel.

use std::io::Cursor;

use galley_model::Sha256;
use galley_store::{ImportedPhoto, Library, MediaError};
use image::{DynamicImage, ImageFormat, RgbImage};
use img_parts::png::{Png, PngChunk};
use img_parts::webp::WebP;
use img_parts::{Bytes, ImageEXIF as _, ImageICC as _};

use crate::common::open;

/// Stands in every piece of metadata that must go.
const PRIVATE: &str = "PRIVATE-31.23N-121.47E";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// A photo of 48 by 32 pixels, no two alike.
fn picture() -> DynamicImage {
    RgbImage::from_fn(48, 32, |x, y| image::Rgb([x as u8 * 5, y as u8 * 7, (x * y) as u8])).into()
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture().write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn pixels(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).unwrap()
}

/// An Exif with an orientation, an artist, a caption and a place.
fn exif(orientation: u16) -> Vec<u8> {
    let artist = "王芳\0".as_bytes();
    let caption = "江水回落\0".as_bytes();
    let place = format!("{PRIVATE}\0");
    let entry = |tag: u16, kind: u16, count: usize, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &(count as u32).to_le_bytes(), &value.to_le_bytes()]
            .concat()
    };
    // Header 8, directory 2 + 4 * 12 + 4, place's directory 2 + 12 + 4, then the texts.
    let gps = 8 + 2 + 4 * 12 + 4;
    let texts = gps + 2 + 12 + 4;
    [
        b"II*\0\x08\0\0\0".to_vec(),
        4u16.to_le_bytes().to_vec(),
        entry(0x010e, 2, caption.len(), (texts + artist.len()) as u32),
        entry(0x0112, 3, 1, u32::from(orientation)),
        entry(0x013b, 2, artist.len(), texts as u32),
        entry(0x8825, 4, 1, gps as u32),
        vec![0; 4],
        1u16.to_le_bytes().to_vec(),
        entry(0x001c, 7, place.len(), (texts + artist.len() + caption.len()) as u32),
        vec![0; 4],
        artist.to_vec(),
        caption.to_vec(),
        place.into_bytes(),
    ]
    .concat()
}

fn xmp() -> Vec<u8> {
    format!(
        r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
          photoshop:Credit="新华社" photoshop:City="{PRIVATE}"><dc:rights><rdf:Alt><rdf:li>© 本报</rdf:li></rdf:Alt></dc:rights>
        </rdf:Description></rdf:RDF></x:xmpmeta>"#
    )
    .into_bytes()
}

fn segment(marker: u8, contents: &[u8]) -> Vec<u8> {
    [&[0xff, marker][..], &(contents.len() as u16 + 2).to_be_bytes(), contents].concat()
}

/// A JPEG with everything that cameras, editors and phones hide in one.
fn jpeg() -> Vec<u8> {
    let plain = encoded(ImageFormat::Jpeg);
    let (start, rest) = plain.split_at(2);
    let (scans, end) = rest.split_at(rest.len() - 2);
    assert_eq!(end, [0xff, 0xd9]);
    let private = PRIVATE.as_bytes();
    let hidden = [
        segment(0xe1, &[b"Exif\0\0", exif(6).as_slice()].concat()),
        segment(0xe1, &[XMP, &xmp()].concat()),
        segment(0xe1, &[b"http://ns.adobe.com/xmp/extension/\0", private].concat()),
        segment(0xe0, &[b"JFXX\0\x10", private].concat()),
        segment(0xe2, b"ICC_PROFILE\0\x01\x01a profile of colours"),
        segment(0xe2, &[b"MPF\0", private].concat()),
        segment(
            0xed,
            &[b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0", &[private.len() as u8][..], private].concat(),
        ),
        segment(0xef, private),
        segment(0xfe, private),
    ];
    let behind = [segment(0xfe, private), end.to_vec(), private.to_vec()].concat();
    [start, &hidden.concat(), scans, &behind].concat()
}

fn import(library: &Library, bytes: &[u8]) -> (ImportedPhoto, Vec<u8>) {
    let photo = library.media().import(bytes, "DSC_0001.JPG").unwrap();
    let (mime, stripped) = library.media().read(photo.sha256).unwrap();
    assert_eq!(mime, photo.mime);
    assert_eq!(Sha256::of(&stripped), photo.sha256);
    let text = String::from_utf8_lossy(&stripped).into_owned();
    assert!(!text.contains("PRIVATE"), "{text}");
    (photo, stripped)
}

#[test]
fn a_jpeg_loses_its_metadata_and_keeps_pixels_profile_and_orientation() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let original = jpeg();
    let (photo, stripped) = import(&library, &original);
    assert_eq!(pixels(&stripped), pixels(&encoded(ImageFormat::Jpeg)));
    assert_eq!(
        img_parts::jpeg::Jpeg::from_bytes(stripped.clone().into()).unwrap().icc_profile().unwrap(),
        &b"a profile of colours"[..]
    );
    let kept = exif::Reader::new().read_from_container(&mut Cursor::new(&stripped)).unwrap();
    let tags: Vec<_> = kept.fields().map(|field| (field.tag, field.value.get_uint(0))).collect();
    assert_eq!(tags, [(exif::Tag::Orientation, Some(6))]);
    assert_eq!((photo.width, photo.height, photo.mime.as_str()), (32, 48, "image/jpeg"));
    let texts = [&photo.caption, &photo.creator, &photo.credit, &photo.copyright];
    assert_eq!(texts, ["江水回落", "王芳", "新华社", "© 本报"]);
    let packet = String::from_utf8_lossy(&stripped).into_owned();
    assert!(packet.contains("<photoshop:Credit>新华社<") && packet.contains("<rdf:li>王芳<"));
    assert!(stripped.ends_with(&[0xff, 0xd9]));

    let originals: Vec<_> = std::fs::read_dir(folder.path().join("originals")).unwrap().collect();
    assert_eq!(std::fs::read(originals[0].as_ref().unwrap().path()).unwrap(), original);
    let (again, _) = import(&library, &stripped);
    assert_eq!(again.sha256, photo.sha256, "a stripped photo is its own stripped photo");
}

#[test]
fn other_formats_lose_their_metadata_and_keep_their_pixels() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let check = |original: Vec<u8>, mime: &str, size: (u32, u32)| {
        let (photo, stripped) = import(&library, &original);
        assert_eq!(pixels(&stripped), pixels(&original), "{mime}");
        assert_eq!((photo.width, photo.height, photo.mime.as_str()), (size.0, size.1, mime));
        assert_eq!(photo.creator, if mime == "image/gif" { "" } else { "王芳" });
        stripped
    };

    let mut png = Png::from_bytes(encoded(ImageFormat::Png).into()).unwrap();
    png.set_exif(Some(exif(8).into()));
    png.set_icc_profile(Some(Bytes::from_static(b"a profile of colours")));
    png.chunks_mut().insert(1, PngChunk::new(*b"tEXt", format!("Comment\0{PRIVATE}").into()));
    png.chunks_mut().insert(1, PngChunk::new(*b"tIME", vec![7, 0xea, 1, 1, 1, 1, 1].into()));
    let file = [png.encoder().bytes().to_vec(), PRIVATE.into()].concat();
    let stripped = Png::from_bytes(check(file, "image/png", (32, 48)).into()).unwrap();
    assert_eq!(stripped.icc_profile().unwrap(), &b"a profile of colours"[..]);
    assert!(stripped.chunk_by_type(*b"tIME").is_none());

    let mut webp = WebP::from_bytes(encoded(ImageFormat::WebP).into()).unwrap();
    webp.set_exif(Some(exif(3).into()));
    let stripped = check(webp.encoder().bytes().to_vec(), "image/webp", (48, 32));
    let kept = exif::Reader::new().read_from_container(&mut Cursor::new(&stripped)).unwrap();
    assert_eq!(kept.fields().count(), 1);

    let mut gif = encoded(ImageFormat::Gif);
    let header = 13 + if gif[10] & 0x80 == 0 { 0 } else { 3 << ((gif[10] & 7) + 1) };
    let comment = [&[0x21, 0xfe, PRIVATE.len() as u8], PRIVATE.as_bytes(), &[0]].concat();
    gif.splice(header..header, comment);
    gif.extend_from_slice(PRIVATE.as_bytes());
    check(gif, "image/gif", (48, 32));
}

#[test]
fn a_photo_is_what_it_is_and_not_what_its_name_says() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let png = library.media().import(&encoded(ImageFormat::Png), "really.jpg").unwrap();
    assert_eq!(png.mime, "image/png");
    assert!(library.media().path(png.sha256).unwrap().0.ends_with(format!("{}.png", png.sha256)));

    let check = |bytes: &[u8], expected: &str| {
        let error = library.media().import(bytes, "photo.jpg").unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    check(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic....", "HEIC is not supported");
    check(b"II*\0........", "TIFF is not supported");
    check(b"", "the photo cannot be read");
    check("这不是照片".as_bytes(), "the photo cannot be read");
    check(b"\xff\xd8\xff\xe0 and nothing more", "the photo cannot be read");
    check(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", "the photo cannot be read");
    check(b"GIF89a\x01\0\x01\0\x80\0\0", "the photo cannot be read");
    check(b"RIFF\x10\0\0\0WEBPVP8 \x04\0\0\0abcd", "the photo cannot be read");
    assert!(!folder.path().join("media/x").exists());
    assert_eq!(std::fs::read_dir(folder.path().join("media")).unwrap().count(), 1);
}

#[test]
fn a_huge_photo_is_refused_by_its_header_alone() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let mut jpeg = encoded(ImageFormat::Jpeg);
    let frame = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x27, 0x10, 0x27, 0x10]);
    let error = library.media().import(&jpeg, "huge.jpg").unwrap_err();
    assert!(matches!(error, MediaError::TooLarge { megapixels: 100, max_megapixels: 80, .. }), "{error}");
    let mut heavy = encoded(ImageFormat::Jpeg);
    heavy.resize(60_000_001, 0);
    let error = library.media().import(&heavy, "heavy.jpg").unwrap_err();
    assert!(matches!(error, MediaError::TooLarge { megabytes: 61, max_megabytes: 60, .. }), "{error}");
}

#[test]
fn a_thumbnail_is_small_and_upright_and_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let (photo, _) = import(&library, &jpeg());
    let small = library.media().thumbnail(photo.sha256, 16).unwrap();
    let decoded = pixels(&small);
    assert_eq!((decoded.width(), decoded.height()), (11, 16), "48 by 32, on its side");
    std::fs::remove_file(library.media().path(photo.sha256).unwrap().0).unwrap();
    assert_eq!(library.media().thumbnail(photo.sha256, 16).unwrap(), small);
    assert!(matches!(library.media().read(photo.sha256), Err(MediaError::Missing(_))));
}

#[test]
fn a_photo_whose_file_was_changed_is_not_given_out() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let (photo, mut stripped) = import(&library, &encoded(ImageFormat::Png));
    *stripped.last_mut().unwrap() ^= 1;
    std::fs::write(library.media().path(photo.sha256).unwrap().0, stripped).unwrap();
    assert!(matches!(library.media().read(photo.sha256), Err(MediaError::Unreadable)));
}

#[test]
fn a_broken_photo_is_refused_or_read_and_never_more() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let check = |bytes: &[u8]| match library.media().import(bytes, "broken") {
        Ok(_) | Err(MediaError::Unreadable | MediaError::TooLarge { .. } | MediaError::Format { .. }) => {}
        Err(error) => panic!("{error}"),
    };
    let files = [jpeg(), encoded(ImageFormat::Png), encoded(ImageFormat::WebP), encoded(ImageFormat::Gif)];
    for file in files {
        for at in (0..file.len()).step_by(file.len() / 60 + 1) {
            check(&file[..at]);
            let mut changed = file.clone();
            changed[at] ^= 0xff;
            check(&changed);
        }
    }
}

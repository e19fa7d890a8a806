use std::cell::Cell;
use std::io::Cursor;
use std::path::Path;

use galley_model::Sha256;
use galley_testkit::photos::{
    CAPTION, COPYRIGHT, CREDIT, Format, PHOTOGRAPHER, PRIVATE_MARKS, Photo, bad_files,
};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{DynamicImage, ImageEncoder as _, Rgb, RgbImage, Rgba, RgbaImage};
use moxcms::ColorProfile;

use super::*;

const JPEG: RenditionFormat = RenditionFormat::Jpeg;
const WEBP: RenditionFormat = RenditionFormat::WebP;

fn rendition(photo: &[u8], width: u32, format: RenditionFormat) -> io::Result<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let wanted = Rendition::whole(Sha256::of(photo), width, format);
    Renditions::new(folder.path().join("renditions")).get(wanted, || Ok(photo.to_vec()))
}

fn picture(photo: &[u8], width: u32, format: RenditionFormat) -> DynamicImage {
    let bytes = rendition(photo, width, format).unwrap();
    let expected = if format == JPEG { image::ImageFormat::Jpeg } else { image::ImageFormat::WebP };
    assert_eq!(image::guess_format(&bytes).unwrap(), expected);
    image::load_from_memory(&bytes).unwrap()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_rendition_is_as_wide_as_asked_and_never_enlarged() {
    for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Gif] {
        let photo = Photo { width: 600, height: 380, ..Photo::default() }.file(format);
        for (width, size) in [(480, (480, 304)), (1600, (600, 380)), (37, (37, 23))] {
            for to in [JPEG, WEBP] {
                let picture = picture(&photo, width, to);
                assert_eq!((picture.width(), picture.height()), size, "{format:?} to {to:?} at {width}");
            }
        }
    }
}

#[test]
fn whichever_way_up_a_photo_was_stored_its_renditions_stand_upright_and_say_nothing_of_it() {
    for orientation in 1..=8 {
        for format in [Format::Jpeg, Format::Png, Format::WebP] {
            let photo = Photo { width: 300, height: 200, orientation, ..Photo::default() };
            let bytes = rendition(&photo.file(format), 240, JPEG).unwrap();
            let picture = image::load_from_memory(&bytes).unwrap().into_rgb8();
            let turned = orientation >= 5;
            let size = if turned { (200, 300) } else { (240, 160) };
            assert_eq!(picture.dimensions(), size, "{format:?} {orientation}");
            // The red corner of the stored picture is its upper left one.
            let (right, lower) = match orientation {
                1 | 5 => (false, false),
                2 | 6 => (true, false),
                3 | 7 => (true, true),
                _ => (false, true),
            };
            let at = |far: bool, side: u32| if far { side - 4 } else { 3 };
            let [r, _, b] = picture.get_pixel(at(right, size.0), at(lower, size.1)).0;
            assert!(i32::from(r) - i32::from(b) > 80, "{format:?} {orientation}: {r} {b}");
            assert!(memchr::memmem::find(&bytes, b"Exif\0").is_none());
        }
    }
}

#[test]
fn nothing_that_a_camera_or_an_agency_wrote_gets_into_a_rendition() {
    let words = [CAPTION, PHOTOGRAPHER, CREDIT, COPYRIGHT].map(str::as_bytes);
    for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Gif] {
        for to in [JPEG, WEBP] {
            let bytes = rendition(&Photo::default().file(format), 320, to).unwrap();
            for mark in PRIVATE_MARKS.into_iter().chain(words) {
                assert!(memchr::memmem::find(&bytes, mark).is_none(), "{format:?} to {to:?}");
            }
        }
    }
}

#[test]
fn a_file_holds_pixels_and_the_packet_and_no_other_part() {
    let packet = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
        <x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
        <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
        xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\"><photoshop:Credit>县融媒体中心</photoshop:Credit>\
        </rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>";
    let opaque = Photo { metadata: false, ..Photo::default() }.file(Format::Jpeg);
    let transparent = png(&RgbaImage::from_fn(300, 200, |x, y| Rgba([9, 99, 199, ((x + y) / 2) as u8])));
    for photo in [opaque, transparent] {
        for has_packet in [false, true] {
            // Where it stands in the file does not matter; behind its end is simplest.
            let photo = [photo.as_slice(), if has_packet { packet.as_bytes() } else { b"" }].concat();
            let jpeg = rendition(&photo, 300, JPEG).unwrap();
            let allowed: &[u8] = if has_packet {
                &[0xd8, 0xe0, 0xe1, 0xdb, 0xc0, 0xc4, 0xda]
            } else {
                &[0xd8, 0xe0, 0xdb, 0xc0, 0xc4, 0xda]
            };
            for marker in jpeg_markers(&jpeg) {
                assert!(allowed.contains(&marker), "{marker:x}");
            }
            let webp = rendition(&photo, 300, WEBP).unwrap();
            for chunk in webp_chunks(&webp) {
                let is_pixels = [b"VP8X", b"VP8 ", b"VP8L", b"ALPH"].contains(&&chunk);
                assert!(is_pixels || has_packet && chunk == *b"XMP ", "{chunk:?}");
            }
            for bytes in [jpeg, webp] {
                let found = memchr::memmem::find(&bytes, packet.as_bytes());
                assert_eq!(found.is_some(), has_packet);
                image::load_from_memory(&bytes).unwrap();
            }
        }
    }
}

fn jpeg_markers(bytes: &[u8]) -> Vec<u8> {
    let (mut markers, mut at) = (vec![bytes[1]], 2);
    while bytes[at] == 0xff && bytes[at + 1] != 0xda {
        markers.push(bytes[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]));
    }
    markers
}

fn webp_chunks(bytes: &[u8]) -> Vec<[u8; 4]> {
    let (mut chunks, mut at) = (Vec::new(), 12);
    while at + 8 <= bytes.len() {
        chunks.push(bytes[at..at + 4].try_into().unwrap());
        let length = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        at += 8 + length + length % 2;
    }
    assert_eq!(at, bytes.len(), "the chunks fill the file");
    chunks
}

#[test]
fn the_same_photo_gives_the_same_bytes_whatever_is_asked_first() {
    let photo = Photo { width: 700, height: 480, ..Photo::default() }.file(Format::Jpeg);
    let sha256 = Sha256::of(&photo);
    let all = |first: u32| {
        let folder = tempfile::tempdir().unwrap();
        let renditions = Renditions::new(folder.path().to_owned());
        let get = |width, format| {
            let wanted = Rendition::whole(sha256, width, format);
            renditions.get(wanted, || Ok(photo.clone())).unwrap()
        };
        get(first, WEBP);
        [480, 700].map(|width| [get(width, JPEG), get(width, WEBP)])
    };
    assert_eq!(all(480), all(313));
}

#[test]
fn a_photo_is_decoded_once_for_all_its_renditions_and_what_broke_is_made_anew() {
    let photo = Photo { width: 700, height: 480, ..Photo::default() }.file(Format::Jpeg);
    let sha256 = Sha256::of(&photo);
    let folder = tempfile::tempdir().unwrap();
    let renditions = Renditions::new(folder.path().join("renditions"));
    let n_read = Cell::new(0);
    let get = |width, format| {
        let read = || {
            n_read.set(n_read.get() + 1);
            Ok(photo.clone())
        };
        renditions.get(Rendition::whole(sha256, width, format), read).unwrap()
    };
    let first = get(480, JPEG);
    for width in [480, 700] {
        get(width, JPEG);
        get(width, WEBP);
    }
    assert_eq!(n_read.get(), 1);
    assert_eq!(files(&folder.path().join("renditions")).len(), 4, "no temporary file is left");
    std::fs::write(renditions.path(Rendition::whole(sha256, 480, JPEG)), &first[..99]).unwrap();
    assert_eq!(get(480, JPEG), first);
    assert_eq!(n_read.get(), 2);
}

/// Left half red, right half blue, with a green bar at the top.
fn halves(width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 8) {
        (_, true) => Rgb([0, 200, 0]),
        (true, _) => Rgb([200, 0, 0]),
        (false, _) => Rgb([0, 0, 200]),
    });
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(&image, width, height, image::ExtendedColorType::Rgb8).unwrap();
    bytes
}

#[test]
fn a_cut_has_the_size_that_its_name_says_and_shows_its_point() {
    let check = |size: (u32, u32), focal: (u16, u16), reds: [bool; 3], greens: [bool; 3]| {
        let photo = halves(size.0, size.1);
        let folder = tempfile::tempdir().unwrap();
        let renditions = Renditions::new(folder.path().to_owned());
        let cuts = Rendition::cuts(Sha256::of(&photo), size, Some(focal));
        assert_eq!(cuts.len(), 3);
        for ((cut, is_red), is_green) in cuts.into_iter().zip(reds).zip(greens) {
            let bytes = renditions.get(cut, || Ok(photo.clone())).unwrap();
            let picture = image::load_from_memory(&bytes).unwrap().into_rgb8();
            assert_eq!((picture.width(), Some(picture.height())), (cut.width, cut.height()), "{cut:?}");
            let [r, _, b] = picture.get_pixel(picture.width() / 4, picture.height() - 5).0;
            assert_eq!(r > b, is_red, "{cut:?}");
            let [_, g, _] = picture.get_pixel(picture.width() / 2, 5).0;
            assert_eq!(g > 100, is_green, "{cut:?}");
        }
    };
    // Wide: cut at the sides alone, the more the squarer.
    check((1600, 900), (0, 500), [true, true, true], [true, true, true]);
    check((1600, 900), (1000, 500), [true, true, false], [true, true, true]);
    // High: cut above and below.
    check((900, 1600), (500, 500), [true, true, true], [false, false, false]);
    check((900, 1600), (500, 0), [true, true, true], [true, true, true]);
    check((4000, 1000), (1000, 0), [false, false, false], [true, true, true]);
    check((501, 333), (500, 1000), [true, true, true], [false, true, true]);
}

#[test]
fn the_cuts_around_one_point_are_made_together_and_another_point_is_another_file() {
    let photo = halves(800, 600);
    let (sha256, n_read) = (Sha256::of(&photo), Cell::new(0));
    let folder = tempfile::tempdir().unwrap();
    let renditions = Renditions::new(folder.path().to_owned());
    let get = |wanted: Rendition| {
        let read = || {
            n_read.set(n_read.get() + 1);
            Ok(photo.clone())
        };
        renditions.get(wanted, read).unwrap()
    };
    for cut in Rendition::cuts(sha256, (800, 600), Some((0, 0))) {
        get(cut);
    }
    get(Rendition::whole(sha256, 480, WEBP));
    assert_eq!((n_read.get(), files(folder.path()).len()), (1, 3 + 4));
    for cut in Rendition::cuts(sha256, (800, 600), Some((1000, 0))) {
        get(cut);
    }
    assert_eq!((n_read.get(), files(folder.path()).len()), (2, 3 + 4 + 3));
}

#[test]
fn the_folder_stays_within_its_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let renditions = Renditions { most_bytes: 60_000, ..Renditions::new(folder.path().to_owned()) };
    for seed in 0..12 {
        let photo = Photo { seed, ..Photo::default() }.file(Format::Jpeg);
        let wanted = Rendition::whole(Sha256::of(&photo), 320, JPEG);
        renditions.get(wanted, || Ok(photo)).unwrap();
        let n_bytes: u64 = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|file| file.unwrap().metadata().unwrap().len())
            .sum();
        assert!(n_bytes <= 60_000, "{n_bytes}");
    }
    assert!(!files(folder.path()).is_empty());
}

#[test]
fn what_is_no_photo_or_too_large_a_one_is_refused() {
    for bad in bad_files() {
        let made = rendition(&bad.bytes, 480, JPEG);
        assert_eq!(made.is_ok(), bad.readable, "{}", bad.wrong);
        if let Err(error) = made {
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{}", bad.wrong);
        }
    }
    let missing = Renditions::new(tempfile::tempdir().unwrap().path().to_owned())
        .get(Rendition::whole(Sha256::of(b""), 480, JPEG), || Err(io::ErrorKind::NotFound.into()));
    assert_eq!(missing.unwrap_err().kind(), io::ErrorKind::NotFound);
    let other = Rendition::whole(Sha256::of(b"another"), 320, JPEG);
    let folder = tempfile::tempdir().unwrap();
    let swapped =
        Renditions::new(folder.path().to_owned()).get(other, || Ok(galley_testkit::photos::jpeg(1)));
    assert_eq!(swapped.unwrap_err().kind(), io::ErrorKind::InvalidData, "a name is a promise");
}

#[test]
fn colours_of_a_wider_profile_become_those_of_the_web() {
    let image = RgbImage::from_pixel(40, 30, Rgb([200, 80, 60]));
    let with_profile = |profile: Option<Vec<u8>>| {
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 100);
        if let Some(profile) = profile {
            encoder.set_icc_profile(profile).unwrap();
        }
        encoder.encode_image(&image).unwrap();
        let picture = picture(&bytes, 40, JPEG).into_rgb8();
        picture.get_pixel(20, 15).0.map(i32::from)
    };
    let near = |a: [i32; 3], b: [i32; 3]| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 4);
    let plain = with_profile(None);
    assert!(near(plain, [200, 80, 60]), "{plain:?}");
    let web = with_profile(Some(ColorProfile::new_srgb().encode().unwrap()));
    assert!(near(web, plain), "{web:?}");
    let wide = with_profile(Some(ColorProfile::new_display_p3().encode().unwrap()));
    // The red of Display P3 is redder than the web's.
    assert!(near(wide, [216, 69, 47]), "{wide:?}");
    assert!(near(with_profile(Some(vec![0; 200])), plain), "a broken profile is none");
}

#[test]
fn a_drawing_keeps_its_edges_and_its_transparency_and_is_on_white_where_there_is_none() {
    let line =
        |x: u32| if (x / 10).is_multiple_of(2) { Rgba([20, 20, 20, 255]) } else { Rgba([255, 0, 0, 0]) };
    let drawing = png(&RgbaImage::from_fn(200, 100, |x, _| line(x)));
    let webp = rendition(&drawing, 200, WEBP).unwrap();
    assert!(webp_chunks(&webp).contains(b"VP8L"), "without loss");
    let webp = image::load_from_memory(&webp).unwrap().into_rgba8();
    assert_eq!(webp.get_pixel(5, 50).0, [20, 20, 20, 255]);
    assert_eq!(webp.get_pixel(15, 50).0[3], 0);
    let jpeg = picture(&drawing, 200, JPEG).into_rgb8();
    assert!(jpeg.get_pixel(15, 50).0.iter().all(|c| *c > 240));
    // Scaled, the red of what is transparent does not shine through at the edges.
    let small = picture(&drawing, 70, JPEG).into_rgb8();
    for pixel in small.pixels() {
        let [r, g, b] = pixel.0.map(i32::from);
        assert!((r - g).abs() < 24 && (g - b).abs() < 24, "{r} {g} {b}");
    }
}

#[test]
fn a_long_picture_is_a_jpeg_alone_where_webp_cannot_hold_it() {
    let long = png(&RgbaImage::from_pixel(20, 17_000, Rgba([1, 2, 3, 255])));
    let jpeg = picture(&long, 20, JPEG);
    assert_eq!((jpeg.width(), jpeg.height()), (20, 17_000));
    let webp = picture(&long, 20, WEBP);
    assert_eq!(webp.height(), 16_383);
}

fn png(image: &RgbaImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new(Cursor::new(&mut bytes));
    encoder
        .write_image(image.as_raw(), image.width(), image.height(), image::ExtendedColorType::Rgba8)
        .unwrap();
    bytes
}

//! The settings of the site over HTTP: versioned, an administrator's, and true to the readers.

use galley_model::workflow::Role;
use serde_json::{Value, json};

use crate::house::{House, Reply};

impl House {
    async fn save_site(&self, token: &str, version: &Value, settings: &Value) -> Reply {
        let body = serde_json::to_vec(&json!({ "version": version, "settings": settings })).unwrap();
        self.ask("PUT", "/api/v1/site", token, "content-type: application/json\r\n", &body).await
    }
}

#[tokio::test]
async fn settings_are_read_by_everyone_saved_by_an_administrator_and_refused_in_clear_words() {
    let house = House::new().await;
    let reporter = house.signed_in("王记者", Role::Reporter).await;
    let (admin, other) =
        (house.signed_in("程管理员", Role::Admin).await, house.signed_in("孙管理员", Role::Admin).await);
    let site: Value = house.get("/api/v1/site", &reporter).await.json();
    let mut settings = site["settings"].clone();
    settings["name"] = json!("临湖新闻网");
    let refused = house.save_site(&reporter, &site["version"], &settings).await;
    assert_eq!(refused.failure(), (403, "not_permitted".to_owned()));
    let saved = house.save_site(&admin, &site["version"], &settings).await;
    assert_eq!(saved.status, 200, "{saved:?}");
    let saved: Value = saved.json();
    assert_eq!(saved["settings"]["name"], "临湖新闻网");
    assert_eq!(saved["version"].as_u64(), site["version"].as_u64().map(|version| version + 1));
    assert_eq!(house.get("/api/v1/site", &reporter).await.json::<Value>(), saved);
    assert_eq!(house.get("/api/v1/hello", "").await.json::<Value>()["name"], "临湖新闻网");

    let mut stale = site["settings"].clone();
    stale["hotline"] = json!("12345");
    let moved = house.save_site(&other, &site["version"], &stale).await;
    assert_eq!(moved.failure(), (409, "settings_moved".to_owned()));
    let values = moved.json::<Value>()["values"].clone();
    assert_eq!(
        (&values["name"], &values["current"]),
        (&json!("程管理员"), &json!(saved["version"].to_string()))
    );
    // An answer that was lost: the same again.
    assert_eq!(house.save_site(&admin, &site["version"], &settings).await.json::<Value>(), saved);

    settings["base_url"] = json!("javascript:alert(1)");
    let invalid = house.save_site(&admin, &saved["version"], &settings).await;
    assert_eq!(invalid.failure(), (422, "invalid".to_owned()));
    assert_eq!(invalid.json::<Value>()["values"]["field"], "base_url");
    settings["base_url"] = json!("");
    settings["theme_options"] = json!({ "code": "perhaps" });
    let option = house.save_site(&admin, &saved["version"], &settings).await;
    assert_eq!(option.failure(), (422, "theme".to_owned()));
    assert_eq!(option.json::<Value>()["values"]["option"], "code");
    assert_eq!(house.get("/api/v1/site", &reporter).await.json::<Value>(), saved, "nothing was changed");
}

#[tokio::test]
async fn a_logo_is_measured_and_one_with_metadata_is_refused_whatever_its_sender_says_of_it() {
    use galley_model::site::SiteLogo;
    use galley_testkit::photos::{Format, Photo};

    let house = House::new().await;
    let admin = house.signed_in("程管理员", Role::Admin).await;
    let mut site: Value = house.get("/api/v1/site", &admin).await.json();
    let with_logo = |site: &Value, bytes: &[u8], mime: &str| {
        let logo = SiteLogo { mime: mime.to_owned(), width: 9000, height: 1, bytes: bytes.to_vec() };
        let mut settings = site["settings"].clone();
        settings["logo"] = serde_json::to_value(logo).unwrap();
        settings
    };
    for (format, mime) in
        [(Format::Jpeg, "image/jpeg"), (Format::Png, "image/png"), (Format::WebP, "image/webp")]
    {
        // On its side, as a phone takes it, with a place and names.
        let photo = Photo { orientation: 6, width: 120, height: 80, ..Photo::default() }.file(format);
        let settings = with_logo(&site, &photo, mime);
        let refused = house.save_site(&admin, &site["version"], &settings).await;
        assert_eq!(refused.failure(), (422, "invalid".to_owned()), "{format:?}");
        let told: Value = refused.json();
        assert_eq!(told["values"]["field"], "logo");
        assert!(told["message"].as_str().unwrap().contains("metadata"), "{told}");
        assert_eq!(house.get("/api/v1/site", &admin).await.json::<Value>(), site, "nothing was changed");

        // As the app cleans it, it is taken byte for byte, with its size as it is.
        let clean = galley_store::clean_picture(&photo).unwrap();
        let saved = house.save_site(&admin, &site["version"], &with_logo(&site, &clean.bytes, mime)).await;
        assert_eq!(saved.status, 200, "{format:?}: {saved:?}");
        site = saved.json();
        let logo: SiteLogo = serde_json::from_value(site["settings"]["logo"].clone()).unwrap();
        let expected =
            SiteLogo { mime: mime.to_owned(), width: clean.width, height: clean.height, bytes: clean.bytes };
        assert!(logo == expected, "{format:?}: {logo:?}");
    }
    let settings = with_logo(&site, b"\x89PNG\r\n\x1a\n and no more", "image/png");
    let refused = house.save_site(&admin, &site["version"], &settings).await;
    assert_eq!(refused.failure(), (422, "invalid".to_owned()));
    assert!(refused.json::<Value>()["message"].as_str().unwrap().contains("cannot be read"));
}

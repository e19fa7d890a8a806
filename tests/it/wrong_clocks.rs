//! A clock that is ten years wrong, a device's or the server's: work goes on, and what is on record is the server's time.

use galley_client::api::PublishRequest;
use galley_model::ArticleId;
use galley_model::workflow::{Policy, Publication, Role, Verdict};
use galley_sync::wire::Standing;

use super::house::{Device, House};
use super::simulated_newsroom::world::now;

const TEN_YEARS_MS: i64 = 10 * 365 * 24 * 60 * 60 * 1_000;
/// Longer than a story takes, and much shorter than what a clock is wrong by.
const AN_HOUR_MS: i64 = 60 * 60 * 1_000;

impl Device {
    fn server_says(&self, article: ArticleId) -> Standing {
        let said = self.galley.standing(article).unwrap().standing.unwrap();
        serde_json::from_str(&said).unwrap()
    }

    async fn publish(&self, article: ArticleId) {
        let page_hash = self.preview(article).await.page_hash;
        let intent = uuid::Uuid::now_v7().to_string();
        let request = PublishRequest { article, page_hash, intent, correction: None };
        self.galley.publish(request).await.unwrap();
    }
}

/// From signing in to what readers have, on computers and a server whose clocks are wrong by so much.
async fn a_day_of_work(of_reporter: i64, of_editor: i64, of_server: i64) {
    let mut house = House::new(Policy::two_eyes().reference()).await;
    let as_reporter = || galley_client::clock::set_wrong_by(of_reporter);
    let as_editor = || galley_client::clock::set_wrong_by(of_editor);
    house.set_clock(of_server);
    as_reporter();
    let mut reporter = house.device(0, "林一舟", &[Role::Reporter]).await;
    as_editor();
    let roles = [Role::ResponsibleEditor, Role::Publisher];
    let mut editor = house.device(1, "李编辑", &roles).await;

    as_reporter();
    let article = reporter.draft("桥通车", "积水三十厘米。").await;
    reporter.sets(article, &[("slug", "bridge")]).await;
    let photo = galley_testkit::photos::png(1);
    reporter.galley.add_photo(article, "桥.png".to_owned(), photo).await.unwrap();
    reporter.sync().await;
    reporter.galley.submit(article).await.unwrap();
    reporter.types(article, 2, "约").await;
    reporter.sync().await;
    as_editor();
    editor.sync().await;
    editor.galley.claim(article).await.unwrap();
    editor.galley.assign_responsible_editor(article, "李编辑".to_owned()).await.unwrap();
    editor.sync().await;
    let seen = Some(editor.preview(article).await.page_hash);
    editor.galley.sign_off(article, Verdict::Adopt, String::new(), seen, None).await.unwrap();
    editor.sync().await;
    editor.publish(article).await;
    editor.sync().await;
    house.app.newsroom().work(house.now()).await.unwrap();
    editor.sync().await;

    // What is on record, and what readers see, is of the server's clock.
    let said = editor.server_says(article);
    assert_eq!(said.publication.state, Publication::Live, "{:?}", editor.galley.outbox(0, 20));
    let [signed] = said.sign_offs.as_slice() else { panic!("{said:?}") };
    let times = [signed.server_time, said.publication.published_at.unwrap()];
    for time in times {
        let off = house.now().0 - time.0;
        assert!((0..AN_HOUR_MS).contains(&off), "{off} ms before the server's now");
    }
    let off = now().0 + of_editor - signed.client_time.0;
    assert!((0..AN_HOUR_MS).contains(&off), "the editor's own clock is kept beside it");
    let shown = editor.galley.article_standing(article).await.unwrap().word.unwrap();
    assert_eq!(shown.sign_offs[0].at, signed.server_time);
    let page = house.read("/articles/bridge.html").await;
    let (_, published) = page.split_once("datetime=\"").unwrap();
    let year: i64 = published.get(..4).unwrap().parse().unwrap();
    assert!((year - year_of(house.now().0)).abs() <= 1, "{year}: {page}");

    // The clocks are set right, or jump on: nobody is signed out, and what is written then arrives too.
    for jump in [0, -of_server] {
        house.set_clock(jump);
        galley_client::clock::set_wrong_by(-of_editor);
        let at = u32::try_from(editor.open(article).await.body.encode_utf16().count()).unwrap();
        editor.types(article, at, "今晨退去。").await;
        editor.sync().await;
        galley_client::clock::set_wrong_by(-of_reporter);
        reporter.sync().await;
        assert!(reporter.galley.account().unwrap().unwrap().signed_in);
        assert!(editor.galley.account().unwrap().unwrap().signed_in);
    }
    let written = "积水约三十厘米。今晨退去。今晨退去。";
    let there = house.app.newsroom().text_of(article).await.unwrap();
    assert_eq!((there.body.as_str(), there.photos.len()), (written, 1));
    for device in [&reporter, &editor] {
        assert_eq!(device.open(article).await.body, written);
        let rows = device.galley.outbox(0, 50).unwrap();
        assert!(rows.iter().all(|row| row.state == "sent"), "{rows:?}");
    }
    house.set_clock(0);
    galley_client::clock::set_wrong_by(0);
}

/// Within a day of the turn of a year it may be the other one.
fn year_of(ms: i64) -> i64 {
    1970 + ms / (TEN_YEARS_MS / 10)
}

#[tokio::test]
async fn a_devices_clock_may_be_ten_years_wrong() {
    a_day_of_work(-TEN_YEARS_MS, TEN_YEARS_MS, 0).await;
}

#[tokio::test]
async fn a_servers_clock_may_be_ten_years_slow() {
    a_day_of_work(0, 0, -TEN_YEARS_MS).await;
}

#[tokio::test]
async fn a_servers_clock_may_be_ten_years_fast_and_a_device_slow() {
    a_day_of_work(-TEN_YEARS_MS, 0, TEN_YEARS_MS).await;
}

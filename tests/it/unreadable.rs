//! An article that this computer cannot read when it is to go up.

use galley_client::api::OutboxRow;
use galley_model::ArticleId;
use galley_model::workflow::{Policy, Role};
use rusqlite::Connection;

use super::house::{Device, House};

impl Device {
    fn library(&self, house: &House) -> Connection {
        Connection::open(house.folder.path().join("device-0/library.sqlite")).unwrap()
    }

    fn refused(&self) -> Vec<OutboxRow> {
        let rows = self.galley.outbox(0, 50).unwrap().into_iter();
        rows.filter(|row| row.state == "refused").collect()
    }

    fn upload(&self, article: ArticleId) -> (String, String) {
        let standing = self.galley.standing(article).unwrap();
        (standing.upload, standing.reason)
    }
}

/// Changes the bytes of every piece of an article, or takes the change back.
fn flip(library: &Connection, article: ArticleId) {
    for table in ["journal", "snapshot"] {
        let sql = format!(
            "UPDATE {table} SET bytes = CASE WHEN substr(bytes, 1, 1) = x'2e' THEN substr(bytes, 2)
                                             ELSE CAST(x'2e' || bytes AS BLOB) END
             WHERE article = (SELECT n FROM article WHERE id = ?1)"
        );
        assert!(library.execute(&sql, [article.0.as_bytes()]).unwrap() > 0, "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_that_cannot_be_read_is_told_keeps_nobody_back_and_goes_once_it_can() {
    let house = House::new(Policy::solo().reference()).await;
    let mut reporter = house.device(0, "林一舟", &[Role::Reporter]).await;
    let bad = reporter.draft("桥通车", "今晨七时，").await;
    reporter.types(bad, 5, "桥通车。").await;
    // Articles that were used since: the first one is closed, and lies in the library alone.
    let mut others = Vec::new();
    for n in 0..8 {
        others.push(reporter.draft(&format!("第{n}篇"), "全文。").await);
    }
    let logs = std::fs::read_dir(house.folder.path().join("device-0/daylog")).unwrap();
    logs.for_each(|log| std::fs::remove_file(log.unwrap().path()).unwrap());
    let library = reporter.library(&house);
    flip(&library, bad);

    reporter.sync().await;
    for article in others {
        assert_eq!(house.app.newsroom().text_of(article).await.unwrap().body, "全文。");
        assert_eq!(reporter.upload(article).0, "sent");
    }
    assert_eq!(house.app.newsroom().text_of(bad).await.unwrap().body, "");
    assert_eq!(reporter.upload(bad), ("stuck".to_owned(), "damaged".to_owned()));
    let told = reporter.refused();
    let [row] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((row.article, row.kind.as_str(), row.reason.as_str()), (bad, "content", "damaged"));
    assert_eq!((row.headline.as_str(), row.advice.as_str()), ("桥通车", "retry"));
    // Tried again in vain, it is told no second time.
    reporter.galley.retry(bad).await.unwrap();
    reporter.sync().await;
    assert_eq!(reporter.refused(), told);

    // Whole again, it goes with the next greeting, and nothing is left to tell.
    flip(&library, bad);
    reporter.driver.begin().await;
    assert_eq!(house.app.newsroom().text_of(bad).await.unwrap().body, "今晨七时，桥通车。");
    assert_eq!((reporter.upload(bad).0, reporter.refused()), ("sent".to_owned(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn once_somebody_opens_it_what_can_be_read_goes_up() {
    let house = House::new(Policy::solo().reference()).await;
    let mut reporter = house.device(0, "林一舟", &[Role::Reporter]).await;
    let bad = reporter.draft("桥通车", "今晨七时。").await;
    for n in 0..8 {
        reporter.draft(&format!("第{n}篇"), "全文。").await;
    }
    let logs = std::fs::read_dir(house.folder.path().join("device-0/daylog")).unwrap();
    logs.for_each(|log| std::fs::remove_file(log.unwrap().path()).unwrap());
    flip(&reporter.library(&house), bad);
    reporter.sync().await;
    assert_eq!(reporter.upload(bad).0, "stuck");
    let opened = reporter.open(bad).await;
    assert_eq!(opened.notices.first().map(|notice| notice.code.as_str()), Some("article_damaged"));
    reporter.types(bad, 0, "重写。").await;
    reporter.sync().await;
    assert_eq!(house.app.newsroom().text_of(bad).await.unwrap().body, "重写。");
    assert_eq!((reporter.upload(bad).0, reporter.refused()), ("sent".to_owned(), Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comparison_passes_over_an_article_that_cannot_be_read_and_its_text_goes_once_it_can() {
    let house = House::new(Policy::solo().reference()).await;
    let mut reporter = house.device(0, "林一舟", &[Role::Reporter]).await;
    let bad = reporter.draft("桥通车", "今晨七时，").await;
    reporter.sync().await;
    reporter.types(bad, 5, "桥通车。").await;
    let mut other = bad;
    for n in 0..8 {
        other = reporter.draft(&format!("第{n}篇"), "全文。").await;
    }
    let logs = std::fs::read_dir(house.folder.path().join("device-0/daylog")).unwrap();
    logs.for_each(|log| std::fs::remove_file(log.unwrap().path()).unwrap());
    let library = reporter.library(&house);
    flip(&library, bad);

    // As after the library was put together from copies.
    library.execute("UPDATE account SET reconcile = 1", []).unwrap();
    reporter.driver.begin().await;
    assert_eq!(house.app.newsroom().text_of(other).await.unwrap().body, "全文。");
    assert_eq!(reporter.upload(bad), ("stuck".to_owned(), "damaged".to_owned()));

    flip(&library, bad);
    reporter.driver.begin().await;
    assert_eq!(house.app.newsroom().text_of(bad).await.unwrap().body, "今晨七时，桥通车。");
    assert_eq!((reporter.upload(bad).0, reporter.refused()), ("sent".to_owned(), Vec::new()));
}

//! Bylines, datelines and foot credits as newsrooms word them.

use galley_model::site::{CreditFrom, FootCredit, FootCreditStyle, SiteSettings};
use galley_model::{Content, Contributor, ContributorId, Source};
use galley_page::{article_address, compose_byline, compose_dateline};
use scraper::Html;

use crate::support::{Fixture, select, templates};

fn by(people: &[(&str, &str)]) -> Content {
    let person = |(n, (role, name)): (usize, &(&str, &str))| Contributor {
        id: ContributorId(format!("0190a2b4-0000-7000-8000-{n:012}").parse().unwrap()),
        name: (*name).to_owned(),
        role: (*role).to_owned(),
        unit: String::new(),
    };
    Content { contributors: people.iter().enumerate().map(person).collect(), ..Content::default() }
}

#[test]
fn bylines_name_each_role_once() {
    let check = |people: &[(&str, &str)], expected: &str| assert_eq!(compose_byline(&by(people)), expected);
    check(&[], "");
    check(&[("记者", "林一舟")], "记者 林一舟");
    check(&[("记者", "林一舟"), ("记者", "周小禾"), ("通讯员", "何敏")], "记者 林一舟 周小禾 通讯员 何敏");
    check(
        &[("记者", "林一舟"), ("编辑", "方远"), ("校对", "陈序"), ("摄影", "王影")],
        "记者 林一舟 摄影 王影",
    );
    check(&[("", "林一舟"), ("记者", " ")], "林一舟");
    check(&[("记者", "John Smith")], "记者 John Smith");
    check(&[("Reporter", "Ann Lee")], "Ann Lee");
    check(
        &[("Reporter", "Ann Lee"), ("Reporter", "Bo Chen"), ("Stringer", "Cy Dee")],
        "Ann Lee, Bo Chen and Cy Dee (stringer)",
    );
    check(&[("Reporter", "Ann Lee"), ("Editor", "Ed")], "Ann Lee");
}

#[test]
fn a_typed_byline_or_dateline_wins() {
    let content = Content {
        byline: " 本报评论员 ".to_owned(),
        dateline: "新华社北京11月23日电".to_owned(),
        ..by(&[("记者", "林一舟")])
    };
    assert_eq!(compose_byline(&content), "本报评论员");
    assert_eq!(compose_dateline(&content, &SiteSettings::chinese()), "新华社北京11月23日电");
}

#[test]
fn datelines_drop_what_nobody_fills() {
    let check = |template: &str, source: &str, people: &[(&str, &str)], expected: &str| {
        let site = SiteSettings { dateline_template: template.to_owned(), ..SiteSettings::chinese() };
        let content =
            Content { source: Source { name: source.to_owned(), ..Source::default() }, ..by(people) };
        assert_eq!(compose_dateline(&content, &site), expected, "{template}");
    };
    let template = "{source}讯（记者 {reporters} 通讯员 {stringers}）";
    check(
        template,
        "湖城晚报",
        &[("记者", "林一舟"), ("通讯员", "何敏")],
        "湖城晚报讯（记者 林一舟 通讯员 何敏）",
    );
    check(
        template,
        "湖城晚报",
        &[("记者", "林一舟"), ("记者", "周小禾")],
        "湖城晚报讯（记者 林一舟 周小禾）",
    );
    check(template, "湖城晚报", &[("通讯员", "何敏")], "湖城晚报讯（通讯员 何敏）");
    check(template, "湖城晚报", &[("编辑", "方远")], "湖城晚报讯");
    check(template, "", &[("记者", "林一舟")], "");
    check(
        template,
        "湖城晚报",
        &[("记者", "林一舟"), ("见习记者", "周小禾")],
        "湖城晚报讯（记者 林一舟 见习记者 周小禾）",
    );
    check(
        template,
        "湖城晚报",
        &[("见习记者", "周小禾"), ("通讯员", "何敏")],
        "湖城晚报讯（见习记者 周小禾 通讯员 何敏）",
    );
    check("{媒体}讯（记者 {记者} 通讯员 {通讯员}）", "本报", &[("记者", "林一舟")], "本报讯（记者 林一舟）");
    check("本报讯（记者 {reporters}）", "", &[("记者", "林一舟")], "本报讯（记者 林一舟）");
    check("本报讯（记者 {reporters}）", "", &[], "本报讯");
    check("本报讯", "", &[], "本报讯");
    check("LAKESIDE —", "", &[], "LAKESIDE —");
    check("{source} ({reporters})", "Post", &[("Reporter", "Ann Lee")], "Post (Ann Lee)");
    check("", "湖城晚报", &[("记者", "林一舟")], "");
    check("{nobody}讯", "湖城晚报", &[], "");
    check("{source}讯（未完 {reporters}", "湖城晚报", &[("记者", "林一舟")], "湖城晚报讯（未完 林一舟");
    check("{source", "湖城晚报", &[], "{source");
}

#[test]
fn foot_credits_stand_in_their_order_and_style() {
    let Fixture { content, facts, site, .. } = Fixture::read("zh");
    let check = |style: FootCreditStyle, credits: &[(&str, CreditFrom, &str)], expected: &[&str]| {
        let foot_credits = credits
            .iter()
            .map(|(label, from, name)| FootCredit {
                label: (*label).to_owned(),
                from: *from,
                name: (*name).to_owned(),
            })
            .collect();
        let site = SiteSettings { foot_credits, foot_credit_style: style, ..site.clone() };
        let block = templates().article(&content, &facts, &site).unwrap();
        assert_eq!(select(&Html::parse_fragment(&block.html()), ".credits span"), expected);
    };
    let all = [
        ("校对", CreditFrom::Contributors, ""),
        ("责任编辑", CreditFrom::ResponsibleEditor, "不印"),
        ("二审", CreditFrom::Stage(2), ""),
        ("终审", CreditFrom::Stage(9), ""),
        ("监制", CreditFrom::Fixed, "孙监"),
        ("美编", CreditFrom::Contributors, ""),
    ];
    check(FootCreditStyle::Plain, &all, &["校对：陈序", "责任编辑：周晓河", "二审：李二", "监制：孙监"]);
    check(FootCreditStyle::Bracketed, &all[..2], &["【校对：陈序】", "【责任编辑：周晓河】"]);
    check(FootCreditStyle::Plain, &[], &[]);
}

#[test]
fn an_address_is_always_an_address() {
    let id = Fixture::read("zh").facts.id;
    let check = |slug: &str, expected: &str| {
        let content = Content { slug: slug.to_owned(), ..Content::default() };
        assert_eq!(article_address(&content, id), expected, "{slug:?}");
    };
    let default = format!("/articles/{}.html", id.default_slug());
    check("lake-path", "/articles/lake-path.html");
    for slug in ["", "../x", "湖", "A", "index", "a/b", "\"><script>"] {
        check(slug, &default);
    }
}

//! English articles. The county, its towns, offices and people are invented.

use std::fmt::Write as _;

use super::{Facts, Said, fill};
use crate::random::Random;

struct Cast {
    town: &'static str,
    office: &'static str,
    subject: &'static str,
    official: String,
    resident: String,
    reporter: String,
}

pub(super) fn write(random: &mut Random, planted: Option<&str>) -> (String, Facts) {
    let cast = Cast {
        town: random.pick(&TOWNS),
        office: random.pick(&OFFICES),
        subject: random.pick(&SUBJECTS),
        official: person(random),
        resident: person(random),
        reporter: person(random),
    };
    let body = body(random, &cast, planted);
    let headline = random.pick(&HEADLINES);
    let facts = Facts {
        headline: sentence(random, headline, &cast),
        kicker: String::new(),
        section: random.pick(&["news", "photos", "features", "opinion", "notices"]),
        genre: random.pick(&["News", "Feature", "Profile"]),
        source: "Lakeside Courier".to_owned(),
        category: "staff",
        contributors: vec![("Reporter", cast.reporter.clone())],
        keywords: vec![cast.subject.to_owned(), cast.town.to_owned()],
        summary: String::new(),
        language: "en",
    };
    (body, facts)
}

fn body(random: &mut Random, cast: &Cast, planted: Option<&str>) -> String {
    let wanted = random.between(170, 350);
    let lead = random.pick(&LEADS);
    let mut body = sentence(random, lead, cast);
    let mut said = Said::default();
    let mut in_paragraph = 1;
    let mut n_words = body.split(' ').count();
    let mut planted = planted;
    while n_words < wanted {
        let ends = in_paragraph >= random.between(2, 3);
        body.push_str(if ends { "\n\n" } else { " " });
        in_paragraph = if ends { 1 } else { in_paragraph + 1 };
        let next = match planted.take() {
            Some(word) => format!("A notice about {word} hung beside the door."),
            None => {
                let at = said.fresh(random, SENTENCES.len());
                sentence(random, SENTENCES.get(at).unwrap_or(&""), cast)
            }
        };
        n_words += next.split(' ').count();
        body.push_str(&next);
    }
    body.push('\n');
    body
}

fn person(random: &mut Random) -> String {
    format!("{} {}", random.pick(&GIVEN), random.pick(&SURNAMES))
}

fn sentence(random: &mut Random, template: &str, cast: &Cast) -> String {
    fill(template, |name, into| {
        let known = match name {
            "town" => cast.town,
            "office" => cast.office,
            "subject" => cast.subject,
            "official" => &cast.official,
            "resident" => &cast.resident,
            "day" => random.pick(&["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]),
            "month" => random.pick(&["March", "April", "May", "June", "September", "October"]),
            "job" => random.pick(&["A volunteer", "The caretaker", "A teacher", "The driver", "A clerk"]),
            _ => "",
        };
        into.push_str(known);
        let _ = match name {
            "few" => write!(into, "{}", random.between(3, 28)),
            "many" => write!(into, "{}", random.between(40, 990)),
            "percent" => write!(into, "{} per cent", random.between(2, 97)),
            "money" => write!(into, "£{},{:03}", random.between(2, 980), random.between(0, 999)),
            _ => Ok(()),
        };
    })
}

const HEADLINES: [&str; 8] = [
    "{town} opens its {subject} after {few} years",
    "{many} people turn out for {subject} in {town}",
    "Council puts {money} into {subject}",
    "{town} waits for an answer on {subject}",
    "How {subject} changed one street in {town}",
    "{subject} plan wins over {town}, {percent} in favour",
    "“We had to start somewhere”: {subject} in {town}",
    "{office} to review {subject} by {month}",
];

const LEADS: [&str; 5] = [
    "{town} opened its new {subject} on {day}, {few} months later than planned and {money} under budget.",
    "More than {many} residents came to {town} town hall on {day} to argue about the {subject}.",
    "The {office} said on {day} that work on the {subject} in {town} would begin in {month}.",
    "For {few} years {resident} walked the long way round; since {day} the {subject} has stood at the end of the road.",
    "A plan for the {subject} in {town} passed by {few} votes on {day} evening.",
];

const SENTENCES: [&str; 40] = [
    "“It’s not perfect, but it’s ours,” said {resident}, who has lived here for {few} years.",
    "{official} of the {office} called the result “a fair start”.",
    "Some {many} people used it in the first week, most of them before nine in the morning.",
    "The bill came to {money}, of which the county paid {percent}.",
    "{job} counted {few} buses and not one free seat.",
    "Critics say the {subject} should have been built on the other side of the river.",
    "Work stopped twice in {month}, once for rain and once for a nesting heron.",
    "“Nobody asked us,” {resident} told the meeting, to applause.",
    "The {office} keeps the accounts open at the library for anyone who wants to see them.",
    "A survey found that {percent} of shopkeepers had noticed more custom.",
    "At the primary school next door, {many} children drew what they would like to see there.",
    "{official} promised an answer within {few} weeks.",
    "Lights along the path go out at eleven, unless someone walks by.",
    "The old oak stays: the plans were redrawn {few} times to keep it.",
    "For the first {few} days there was no charge.",
    "{job} said the queue had reached the bakery by noon.",
    "Not everyone is convinced that the {subject} will last.",
    "Neighbouring villages have already asked to see the drawings.",
    "The last public meeting ran until after midnight.",
    "Of {many} letters received, {few} were against.",
    "“You can hear the birds again,” said {resident}.",
    "The contractor put {few} people on the night shift to finish by {month}.",
    "Engineers measured the bridge again and found it {few} millimetres short.",
    "Two benches are still missing; they are expected in {month}.",
    "The mayor’s speech took four minutes, the ribbon rather longer.",
    "A café run by pupils opens on {day} mornings.",
    "Maintenance will cost {money} a year, the {office} estimates.",
    "When the river rose in {month}, the new wall held.",
    "{official}, who first proposed it, was not there to see it: she was on duty.",
    "Parking, everyone agrees, is the next problem.",
    "The waiting list now has {many} names on it.",
    "Volunteers planted {many} bulbs along the fence.",
    "The sign is in two languages, and misspelt in neither.",
    "By evening the square was empty but for {few} cyclists and a dog.",
    "{job} remembers when there was only a field.",
    "Prices at the market have risen by {percent} since {month}.",
    "An earlier plan failed in committee by a single vote.",
    "The lift works; the stairs, for now, do not.",
    "Ramps and handrails were tested by {few} wheelchair users before opening.",
    "The next step depends on a grant that will be decided in {month}.",
];

const TOWNS: [&str; 10] = [
    "Ashmere",
    "Brookholt",
    "Calder Quay",
    "Dunlow",
    "Eastwick",
    "Fenbridge",
    "Harrowgate Mill",
    "Kestrel Bay",
    "Lindale",
    "Oxley",
];
const OFFICES: [&str; 6] = [
    "county council",
    "water board",
    "highways office",
    "parish council",
    "health trust",
    "planning committee",
];
const SUBJECTS: [&str; 10] = [
    "lake path",
    "footbridge",
    "night bus",
    "library extension",
    "flood wall",
    "community kitchen",
    "market hall",
    "cycle lane",
    "health centre",
    "village school",
];
const GIVEN: [&str; 14] = [
    "Anna", "Ben", "Clara", "David", "Ewa", "Farid", "Grace", "Hugh", "Imogen", "Jack", "Kiran", "Lena",
    "Moira", "Noah",
];
const SURNAMES: [&str; 14] = [
    "Archer", "Bell", "Carter", "Doyle", "Ellis", "Fox", "Grant", "Hale", "Iqbal", "Jones", "Kaur", "Lloyd",
    "O’Neil", "Price",
];

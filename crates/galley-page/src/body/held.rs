//! What is held back until it is known whether anything stands beside it: pictures and players that are alone in
//! their paragraph or item become blocks.

use super::{Open, Writer};
use crate::embeds::Embed;
use crate::escape::{Joints, push_text};
use crate::figures::{self, Picture, Width};

/// What a paragraph or an item of a list began with, until it is known whether anything else follows.
pub(super) enum Held {
    Picture(Box<Picture>),
    Embed(Box<Embed>),
    Space,
    Break,
}

impl Held {
    pub(super) fn is_content(&self) -> bool {
        matches!(self, Self::Picture(_) | Self::Embed(_))
    }
}

impl Writer<'_> {
    /// The paragraph or item holds more than pictures: writes its start and what was held, as part of a line.
    pub(super) fn release(&mut self) {
        let Some(held) = self.held.take() else { return };
        if matches!(self.open.last(), Some(Open::Paragraph)) {
            self.out.push_str("<p>");
            self.open_with_dateline();
        }
        for held in held {
            match held {
                Held::Picture(picture) => picture.push_in_line(&mut self.out, self.language),
                Held::Embed(embed) => embed.push_link(&mut self.out),
                Held::Space => self.out.push(' '),
                Held::Break => self.out.push_str("<br>"),
            }
        }
    }

    /// The first paragraph of the article itself begins with the dateline.
    fn open_with_dateline(&mut self) {
        if self.dateline.is_empty() || self.open.len() != 1 {
            return;
        }
        self.out.push_str("<span class=\"dateline\">");
        push_text(&mut self.out, self.dateline, Joints::default());
        self.out.push_str("</span>");
        self.out.push_str(self.words.dateline_gap);
        self.dateline = "";
    }

    /// The paragraph that ends holds a player and more: then the player is a link after all.
    pub(super) fn settle_paragraph(&mut self) {
        let held = self.held.iter().flatten();
        let n_content = held.clone().filter(|held| held.is_content()).count();
        if n_content > 1 && held.clone().any(|held| matches!(held, Held::Embed(_))) {
            self.release();
        }
    }

    pub(super) fn end_paragraph(&mut self) {
        let Some(held) = self.held.take() else { return self.out.push_str("</p>") };
        match held.iter().find(|held| held.is_content()) {
            Some(Held::Embed(embed)) => embed.push_block(&mut self.out, self.language),
            Some(_) => self.push_figures(held),
            None => self.out.push_str("<p></p>"),
        }
    }

    pub(super) fn end_item(&mut self, start: usize) {
        if let Some(held) = self.held.take() {
            self.push_figures(held);
        }
        let n_of_item = self.out.get(start..).and_then(figures::n_pictures);
        self.out.push_str("</li>");
        if let Some(Open::List { n_pictures, .. }) = self.open.last_mut() {
            *n_pictures = n_pictures.zip(n_of_item).map(|(before, more)| before + more);
        }
    }

    /// What was held is pictures and nothing else.
    fn push_figures(&mut self, held: Vec<Held>) {
        let is_picture = |held| match held {
            Held::Picture(picture) => Some(*picture),
            Held::Embed(_) | Held::Space | Held::Break => None,
        };
        let pictures: Vec<Picture> = held.into_iter().filter_map(is_picture).collect();
        // Items of a gallery are as narrow as pictures beside each other.
        let in_item = self.open.iter().rev().any(|open| matches!(open, Open::Item(_) | Open::List { .. }));
        let width = if in_item || pictures.len() > 1 { Width::Half } else { Width::Column };
        match pictures.as_slice() {
            [picture] => picture.push_figure(&mut self.out, width, self.language),
            [] => {}
            pictures => {
                self.out.push_str("<div class=\"photos\">");
                pictures.iter().for_each(|picture| picture.push_figure(&mut self.out, width, self.language));
                self.out.push_str("</div>");
            }
        }
    }
}

// Photos in the text: `![](photo:<uuid>)` alone on a line is shown as a card with thumbnail, caption and credit.
//
// On the line with the caret the mark stands above its card. Not here: how a photo comes into the article.
import { Facet, StateEffect } from '@codemirror/state';
import { EditorView, WidgetType } from '@codemirror/view';
import { photoLinePattern } from './markdown';
import type { PhotoCard } from './types';

/** Where cards come from. */
export interface PhotoSource {
  photo(id: string): PhotoCard | undefined;
  thumbnail(sha256: string): string;
  open(id: string): void;
  words(key: string): string;
}

export const photoSource = Facet.define<PhotoSource, PhotoSource | undefined>({ combine: (all) => all[0] });

/** Facts of photos changed: cards are drawn anew. */
export const photosChanged = StateEffect.define<null>();

/** The photo of a line, if one stands alone there. */
export function photoOfLine(text: string): string | undefined {
  return photoLinePattern.exec(text)?.[1]?.toLowerCase();
}

/** A card in the text. */
export class PhotoWidget extends WidgetType {
  constructor(
    readonly id: string,
    readonly card: PhotoCard | undefined,
    readonly source: PhotoSource,
  ) {
    super();
  }

  override eq(other: PhotoWidget): boolean {
    return this.id === other.id && JSON.stringify(this.card) === JSON.stringify(other.card);
  }

  override toDOM(): HTMLElement {
    const { card, source } = this;
    const button = document.createElement('button');
    button.type = 'button';
    button.tabIndex = -1;
    button.className = card ? 'cm-photo' : 'cm-photo cm-photo-missing';
    button.dataset['photo'] = this.id;
    const caption = card ? card.caption : source.words('editor.photo_missing');
    button.setAttribute('aria-label', [source.words('editor.photo'), caption].filter(Boolean).join(' '));
    if (card) {
      const image = document.createElement('img');
      image.src = source.thumbnail(card.sha256);
      image.alt = '';
      image.draggable = false;
      button.append(image);
    }
    const text = document.createElement('span');
    text.className = 'cm-photo-text';
    text.append(line('cm-photo-caption', caption || source.words('editor.photo')));
    const below = [card?.credit, card?.isLead ? source.words('editor.photo_lead') : '']
      .filter(Boolean)
      .join(' · ');
    if (below) text.append(line('cm-photo-credit', below));
    button.append(text);
    return button;
  }

  override get estimatedHeight(): number {
    return 104;
  }

  override ignoreEvent(): boolean {
    return false;
  }
}

/** A click on a card opens the photo, and neither moves the caret nor takes the focus. */
export const photoClicks = EditorView.domEventHandlers({
  mousedown(event) {
    return cardOf(event) !== undefined;
  },
  click(event, view) {
    const id = cardOf(event);
    if (id === undefined) return false;
    view.state.facet(photoSource)?.open(id);
    return true;
  },
});

function cardOf(event: Event): string | undefined {
  const target = event.target instanceof Element ? event.target.closest<HTMLElement>('.cm-photo') : null;
  return target?.dataset['photo'];
}

function line(className: string, text: string): HTMLElement {
  const span = document.createElement('span');
  span.className = className;
  span.textContent = text;
  return span;
}

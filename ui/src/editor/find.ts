// Find and replace in the article, at the top of the text.
//
// CodeMirror's cursor compares by NFKD, so that Ａ finds A and （ finds (. Not here: search in all articles.
import {
  SearchQuery,
  closeSearchPanel,
  findNext,
  findPrevious,
  getSearchQuery,
  openSearchPanel,
  replaceAll,
  replaceNext,
  search,
  setSearchQuery,
} from '@codemirror/search';
import { EditorView, runScopeHandlers, type Panel } from '@codemirror/view';

const MOST_COUNTED = 999;

/** Opens the panel with the caret in the words to find, or in their replacement. */
export function openFind(view: EditorView, field: 'find' | 'replace'): boolean {
  openSearchPanel(view);
  const input = view.dom.querySelector<HTMLInputElement>(`.cm-find input[name=${field}]`);
  input?.focus();
  input?.select();
  return true;
}

/** The extension. */
export function findPanel(words: (key: string) => string) {
  return search({ top: true, createPanel: (view) => panel(view, words) });
}

function panel(view: EditorView, words: (key: string) => string): Panel {
  const dom = document.createElement('div');
  dom.className = 'cm-find';
  dom.setAttribute('role', 'search');
  dom.setAttribute('aria-label', words('editor.find'));
  const find = input('find', words('editor.find_text'));
  find.setAttribute('main-field', 'true');
  const replace = input('replace', words('editor.replace_text'));
  const exact = document.createElement('input');
  exact.type = 'checkbox';
  const exactLabel = document.createElement('label');
  exactLabel.append(exact, words('editor.match_case'));
  const count = document.createElement('span');
  count.className = 'cm-find-count';
  count.setAttribute('role', 'status');
  const run = (command: (view: EditorView) => boolean) => () => {
    command(view);
    show();
  };
  dom.append(
    find,
    count,
    button(words('editor.find_previous'), run(findPrevious)),
    button(words('editor.find_next'), run(findNext)),
    exactLabel,
    replace,
    button(words('editor.replace_one'), run(replaceNext)),
    button(words('editor.replace_all'), run(replaceAll)),
    button(words('editor.close'), () => closeSearchPanel(view) && view.focus()),
  );

  function commit(): void {
    const query = new SearchQuery({
      search: find.value,
      replace: replace.value,
      caseSensitive: exact.checked,
      literal: true,
    });
    if (!query.eq(getSearchQuery(view.state))) view.dispatch({ effects: setSearchQuery.of(query) });
    show();
  }

  /** Which match is selected, of how many. */
  function show(): void {
    const query = getSearchQuery(view.state);
    if (!query.valid) return void (count.textContent = '');
    const { main } = view.state.selection;
    const matches = query.getCursor(view.state);
    let total = 0;
    let here = 0;
    for (let next = matches.next(); !next.done && total < MOST_COUNTED; next = matches.next()) {
      total++;
      if (next.value.from === main.from && next.value.to === main.to) here = total;
    }
    const all = total === MOST_COUNTED ? `${total}+` : String(total);
    count.textContent = total ? `${here || '–'}/${all}` : words('editor.no_match');
  }

  dom.addEventListener('input', commit);
  dom.addEventListener('change', commit);
  dom.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (runScopeHandlers(view, event, 'search-panel')) return event.preventDefault();
    if (event.key === 'Escape') {
      closeSearchPanel(view);
      view.focus();
    } else if (event.key === 'Enter' && event.target === find)
      run(event.shiftKey ? findPrevious : findNext)();
    else if (event.key === 'Enter' && event.target === replace) run(replaceNext)();
    else return;
    event.preventDefault();
  });

  return {
    dom,
    top: true,
    mount() {
      const query = getSearchQuery(view.state);
      find.value = query.search;
      replace.value = query.replace;
      exact.checked = query.caseSensitive;
      commit();
      find.select();
    },
    update(update) {
      for (const tr of update.transactions) {
        for (const effect of tr.effects) {
          if (!effect.is(setSearchQuery)) continue;
          if (find.value !== effect.value.search) find.value = effect.value.search;
          if (replace.value !== effect.value.replace) replace.value = effect.value.replace;
          exact.checked = effect.value.caseSensitive;
        }
      }
      if (update.docChanged) show();
    },
  };
}

function input(name: string, label: string): HTMLInputElement {
  const element = document.createElement('input');
  element.type = 'text';
  element.name = name;
  element.placeholder = label;
  element.setAttribute('aria-label', label);
  element.autocomplete = 'off';
  element.spellcheck = false;
  return element;
}

function button(label: string, run: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = label;
  element.addEventListener('click', run);
  return element;
}

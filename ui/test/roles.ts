// Finds things in the window as a person does who hears it: by role and accessible name, never by class.
const ROLES: Record<string, string> = {
  button: 'button, [role="button"]',
  textbox: 'input:not([type]), input[type="text"], textarea, [role="textbox"], [role="searchbox"]',
  combobox: 'select, [role="combobox"]',
  option: '[role="option"]',
  tab: '[role="tab"]',
  dialog: 'dialog',
  checkbox: 'input[type="checkbox"]',
  radio: 'input[type="radio"]',
  alert: '[role="alert"]',
  status: '[role="status"]',
  menuitem: '[role="menuitem"]',
  menuitemcheckbox: '[role="menuitemcheckbox"]',
  menuitemradio: '[role="menuitemradio"]',
  file: 'input[type="file"]',
  navigation: 'nav',
  note: '[role="note"]',
};

export function nameOf(element: Element): string {
  const by = element.getAttribute('aria-labelledby');
  if (by)
    return by
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' ')
      .trim();
  const label = element.getAttribute('aria-label');
  if (label) return label;
  const labels =
    'labels' in element ? [...((element.labels as NodeListOf<HTMLLabelElement> | null) ?? [])] : [];
  if (labels.length > 0)
    return labels
      .map((one) => ownText(one))
      .join(' ')
      .trim();
  return element.matches('input, textarea, select, iframe')
    ? (element.getAttribute('title') ?? '')
    : (element.textContent ?? '').replace(/\s+/g, ' ').trim();
}

/** The words of a label without those of the controls in it. */
function ownText(label: Element): string {
  const copy = label.cloneNode(true) as Element;
  copy.querySelectorAll('input, select, textarea').forEach((control) => control.remove());
  return copy.textContent?.replace(/\s+/g, ' ').trim() ?? '';
}

export function all(role: keyof typeof ROLES, root: ParentNode = document): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(ROLES[role] ?? role)];
}

/** The one thing of a role with a name; throws with the names there are. */
export function find(role: keyof typeof ROLES, name: string, root: ParentNode = document): HTMLElement {
  const found = all(role, root).find((element) => nameOf(element) === name);
  if (!found) throw new Error(`no ${role} “${name}” among: ${all(role, root).map(nameOf).join(' | ')}`);
  return found;
}

/** Waits for something to be there, however long the machine needs. */
export async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    try {
      const found = look();
      if (found) return found;
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function type(field: HTMLElement, text: string): void {
  (field as HTMLInputElement).value = text;
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
}

export function press(
  init: KeyboardEventInit,
  target: Element = document.activeElement ?? document.body,
): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }));
}

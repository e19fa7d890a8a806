// Which tools of the toolbar fit on its one line, and which wait in the menu at its end.
//
// Pure: widths in, names out. Not here: measuring, and what a tool does.

/** What stands between tools, in pixels. */
export interface Spaces {
  /** Between neighbours. */
  gap: number;
  /** Of the line between two groups, its margins included. */
  line: number;
  /** Of the button that opens the menu of what does not fit. */
  more: number;
}

/**
 * The tools that do not fit beside each other in `room` pixels, the first of `yielding` first. A group whose tools
 * all went takes its line with it. What is not named in `yielding` stays, however narrow it gets.
 */
export function toolsAway<Tool extends string>(
  groups: readonly (readonly Tool[])[],
  widths: ReadonlyMap<Tool, number>,
  room: number,
  spaces: Spaces,
  yielding: readonly Tool[],
): Set<Tool> {
  const away = new Set<Tool>();
  for (const next of yielding) {
    if (lengthOf(groups, widths, spaces, away) <= room) break;
    away.add(next);
  }
  return away;
}

function lengthOf<Tool extends string>(
  groups: readonly (readonly Tool[])[],
  widths: ReadonlyMap<Tool, number>,
  { gap, line, more }: Spaces,
  away: ReadonlySet<Tool>,
): number {
  const shown = groups.map((group) => group.filter((tool) => !away.has(tool))).filter(({ length }) => length);
  const tools = shown.flat();
  const lines = Math.max(shown.length - 1, 0);
  const parts = tools.length + lines + (away.size > 0 ? 1 : 0);
  const wide = tools.reduce((sum, tool) => sum + (widths.get(tool) ?? 0), 0);
  return wide + lines * line + (away.size > 0 ? more : 0) + Math.max(parts - 1, 0) * gap;
}

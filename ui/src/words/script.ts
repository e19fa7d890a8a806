// Which script a text of the newsroom is written in, whatever the language of the window.

/**
 * What a text with Han characters is marked as, so that its marks stay as wide as they are in an English window; nothing
 * for other texts, which follow what is around them.
 */
export const langOf = (text: string): 'zh-Hans' | undefined =>
  /\p{Script=Han}/u.test(text) ? 'zh-Hans' : undefined;

// How long a password is, as the newsroom demands it: `galley_newsroom::secret`. Not here: whether it is right.

/** In characters. */
export const PASSWORD = { min: 10, max: 200 };

export const passwordLength = (password: string): number => [...password].length;

/** No password of the newsroom is shorter, or longer. */
export const canBePassword = (password: string): boolean =>
  passwordLength(password) >= PASSWORD.min && passwordLength(password) <= PASSWORD.max;

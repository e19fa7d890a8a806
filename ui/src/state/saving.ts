// In which order the settings are saved, since each saving may refuse what another one allows.
import type { Preferences } from '../host/generated';

type Place = Pick<Preferences, 'site_store'>;

/**
 * A site in an object store needs its address: that is given before the site moves there, and may be cleared once it has
 * left. So whoever goes back to a folder saves the choices of this computer first, everyone else the sites.
 */
export const choicesFirst = (before: Place, mine: Place): boolean =>
  before.site_store.used && !mine.site_store.used;

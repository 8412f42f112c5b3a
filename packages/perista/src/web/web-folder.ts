import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The GUI's package. */
export const WEB_PACKAGE = join(import.meta.dirname, '..', '..', '..', 'web');
/** What was built of it. */
export const WEB_FOLDER = join(WEB_PACKAGE, 'dist');

/** The built GUI; undefined where there is none. */
export const builtWeb = (): string | undefined => (existsSync(join(WEB_FOLDER, 'index.html')) ? WEB_FOLDER : undefined);

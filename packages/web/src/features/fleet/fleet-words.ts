import { fleet } from '../../i18n/en/fleet.ts';
import { addEnglish } from '../../i18n/i18n.ts';

addEnglish('fleet', fleet);

import { dosingUnit } from '../../i18n/en/dosing-unit.ts';
import { addEnglish } from '../../i18n/i18n.ts';

addEnglish('dosingUnit', dosingUnit);

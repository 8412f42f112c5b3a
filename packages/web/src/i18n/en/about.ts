/** Words of which unit this is. */
export const about = {
  title: 'About',
  unit: 'This unit',
  version: 'Perista',
  doser: 'Name',
  zone: 'Time zone of the site',
  started: 'Running since',
  hardware: 'Hardware',
  emulated: 'Emulated: no liquid moves',
  real: 'Real pumps',
  health: 'Health',
  healthy: 'All well',
  more: 'More',
  notMedical: 'Perista is not a medical device. Do not use it where a wrong dose can harm a person.',
  api: 'The API, to read and to try',
  errors: 'All error codes',
} as const;

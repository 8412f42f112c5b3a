/** Które to urządzenie. */
export const about = {
  title: 'O systemie',
  unit: 'To urządzenie',
  version: 'Perista',
  doser: 'Nazwa',
  zone: 'Strefa czasowa miejsca',
  started: 'Działa od',
  hardware: 'Sprzęt',
  emulated: 'Emulowany: żadna ciecz nie płynie',
  real: 'Prawdziwe pompy',
  health: 'Kondycja',
  healthy: 'Wszystko w porządku',
  more: 'Więcej',
  notMedical: 'Perista nie jest wyrobem medycznym. Nie używaj jej tam, gdzie błędna dawka może zaszkodzić człowiekowi.',
  api: 'API, do czytania i prób',
  errors: 'Wszystkie kody błędów',
};

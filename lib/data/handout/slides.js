/* global Reveal */
// Slides are scaled to the window. On a phone they are narrow and high, so that words stay legible.
const PHONE = matchMedia('(max-width: 640px)').matches;
Reveal.initialize({
  ...(PHONE ? { width: 600, height: 1000 } : { width: 1120, height: 700 }),
  margin: 0.05,
  center: false,
  hash: true,
  slideNumber: 'c/t',
  transition: 'none',
});
Reveal.addKeyBinding({ keyCode: 83, key: 'S', description: 'Show or hide the notes' }, () => {
  Reveal.configure({ showNotes: !Reveal.getConfig().showNotes });
});

/* global Reveal */
Reveal.initialize({
  width: 1120,
  height: 700,
  margin: 0.05,
  center: false,
  hash: true,
  slideNumber: 'c/t',
  transition: 'none',
});
Reveal.addKeyBinding({ keyCode: 83, key: 'S', description: 'Show or hide the notes' }, () => {
  Reveal.configure({ showNotes: !Reveal.getConfig().showNotes });
});

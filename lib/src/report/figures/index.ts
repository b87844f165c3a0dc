/** The figures: each a pure function from data to a Plotly specification. */
export { chart, type Chart } from './chart';
export { withChoice, type Version } from './choice';
export { effects } from './effects';
export { figure1 } from './figure1';
export { figure2 } from './figure2';
export { plainText } from './figure';
export { gainSplit, gainSplits, type GainSplit } from './gainSplit';
export { graph } from './graph';
export { historyLengths } from './historyLengths';
export { itemMap } from './itemMap';
export { languageCurves } from './languageCurves';
export { layerSets } from './layerSets';
export { matrix, type Matrix } from './matrix';
export { scoreboard } from './scoreboard';
export { learningRates } from './learningRates';
export { whenItHelps } from './whenItHelps';
export { trainingCurves, type TrainingCurve } from './trainingCurves';

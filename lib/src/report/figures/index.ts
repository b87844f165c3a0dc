/** The figures: each a pure function from data to a Plotly specification. */
export { figure1 } from './figure1';
export { figure2 } from './figure2';
export { plainText } from './figure';
export { trainingCurves, type TrainingCurve } from './trainingCurves';

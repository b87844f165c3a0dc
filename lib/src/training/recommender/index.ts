/** What the experiments, the command line and the notebooks use to train recommenders. */
export { LOSSES, MODELS, VARIANTS, type RecommenderOptions, recommenderOptions } from './options';
export { type RecommenderResult, type TrainRecommender, trainRecommender } from './trainRecommender';

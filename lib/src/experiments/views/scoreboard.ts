/** The verdict on each of the paper's claims (method 12). */
import { view } from './view';

export const scoreboard = view('scoreboard', {
  kept: () => true,
  of: (experiment) => ({
    nodes: [experiment.scoreboard()],
    make: (read) => read(experiment.scoreboard()).json.rows,
  }),
});

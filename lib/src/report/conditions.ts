/** What a profile must have for a part of the report, or a notebook, to have something to show. */
import type { Profile, TableName } from '../experiments/profiles';

export type Condition = (profile: Profile) => boolean;

export const has =
  (table: TableName): Condition =>
  (profile) =>
    profile.tables.includes(table);

/** Items, users and the oracle are of simulated data alone. */
export const simulated: Condition = ({ given }) => given === undefined;

export const hasFigure1: Condition = (profile) => profile.attention.domains.length > 0 && simulated(profile);
